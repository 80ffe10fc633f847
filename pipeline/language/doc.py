"""The Doc and the rows that keep it: what of a Doc goes into `sentences`, `tokens` and `marks`, and the Doc made from these rows again.

Every stage after those three is given a Doc made by `rebuild`, whether the encoder has just run or its rows were read from Parquet, so that
both give the same rows. White space is not in the tables: it is reconstructed from the gaps between tokens by spaCy's own rule (one space
belongs to the token before it, what is left of a run of white space is a token of its own).
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

    from pipeline.stages.sentences import Mark, Token

BLANK_LINE = re.compile(r"[^\S\n]*\n[^\S\n]*\n")
SCORE_DIGITS = 4  # finer differences are the arithmetic of one processor, not knowledge
LAYERS = {  # span group -> layer of `marks`; groups of another spaCy pipeline keep their name
    "names": "name",
    "triggers": "trigger",
    "attributions": "attribution",
    "arguments": "argument",
    "antecedents": "antecedent",
}
GROUPS = {layer: group for group, layer in LAYERS.items()}
LOOSE_ENTITY = "ent"  # layer of entities that are in no span group `names`: another spaCy pipeline's


class HasText(Protocol):
    @property
    def text(self) -> str: ...


def sentence_bounds(doc: Doc, cuts: Iterable[int] = ()) -> list[tuple[int, int, int]]:
    """(first token, last token, paragraph number) of every sentence, without white space at its ends.

    A blank line ends a sentence even where the model saw none, and so do `cuts`: offsets at which a label or credit meets the story
    (a cut inside a token comes after it). Raises ModelError where the Doc has no sentence boundaries.
    """
    if not doc.has_annotation("SENT_START") and len(doc) > 1:
        raise ModelError("the model sets no sentence boundaries", "use a spaCy pipeline with a parser, senter or sentencizer")
    from spacy.attrs import IDX, IS_SPACE, SENT_START, SPACY

    bounds: list[tuple[int, int, int]] = []
    paragraph, first, last = 0, -1, -1
    gap = ""  # white space since the last token
    starting = False  # whether the model sees a sentence begin since then
    left = sorted(cuts, reverse=True)
    layout = doc.to_array([IDX, IS_SPACE, SPACY]).tolist()
    starts = (doc.to_array(SENT_START) == 1).tolist()
    for i, (offset, is_space, blank) in enumerate(layout):
        starting = starting or starts[i]
        if is_space:
            gap += doc[i].text_with_ws
            continue
        broken = last >= 0 and "\n" in gap and BLANK_LINE.search(gap) is not None
        cut = False
        while left and left[-1] <= offset:
            cut = left.pop() >= 0
        if first >= 0 and (broken or cut or starting):
            bounds.append((first, last, paragraph))
            first = -1
        paragraph += broken
        first, last = (i if first < 0 else first), i
        gap, starting = " " if blank else "", False
    if first >= 0:
        bounds.append((first, last, paragraph))
    return bounds


def heads_within(doc: Doc, cuts: Iterable[int] = ()) -> list[int] | None:
    """Head of every token as a token index, or None where the Doc has no tree.

    White space is nobody's head, heads stay within the sentences that `sentence_bounds` gives, and further roots hang on the first.
    """
    if not doc.has_annotation("DEP"):
        return None
    from spacy.attrs import HEAD, IS_SPACE

    array = doc.to_array([HEAD, IS_SPACE])
    heads: list[int] = (array[:, 0].astype(np.int64) + np.arange(len(doc))).tolist()
    space = array[:, 1].astype(bool).tolist()
    for first, last, _ in sentence_bounds(doc, cuts):
        inside = [i for i in range(first, last + 1) if not space[i]]
        for i in inside:
            head, steps = heads[i], 0
            while space[head] and heads[head] != head and steps < len(doc):
                head, steps = heads[head], steps + 1
            heads[i] = i if space[head] or not first <= head <= last else head
        roots = [i for i in inside if heads[i] == i]
        for other in roots[1:]:
            heads[other] = roots[0]
    return heads


class Word(NamedTuple):
    """A token that is no white space, as plain values: cheaper by far than asking spaCy's Token for one attribute after the other."""

    i: int
    start: int
    end: int
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str


def words_of(doc: Doc) -> list[Word]:
    """The words of a Doc in order; attributes that the model does not set are ""."""
    from spacy.attrs import DEP, IDX, IS_SPACE, LEMMA, LENGTH, POS, TAG

    strings = doc.vocab.strings
    known: dict[int, str] = {}

    def text(key: int) -> str:
        found = known.get(key)
        if found is None:
            found = known[key] = strings[key]
        return found

    rows = doc.to_array([IS_SPACE, IDX, LENGTH, LEMMA, POS, TAG, DEP]).tolist()
    return [
        Word(i, start, start + length, token.text, text(lemma), text(pos), text(tag), text(dep))
        for i, (token, (is_space, start, length, lemma, pos, tag, dep)) in enumerate(zip(doc, rows, strict=True))
        if not is_space
    ]


def scored_spans(doc: Doc) -> list[tuple[str, Span, float | None]]:
    """(layer of `marks`, span, score or None) of all span groups and entities, sorted by offset."""
    found: list[tuple[str, Span, float | None]] = []
    named: set[tuple[int, int, str]] = set()
    for key, group in doc.spans.items():
        layer, spans = LAYERS.get(key, key), list(group)
        scores = group.attrs.get("scores")
        values: Iterable[float | None] = scores if scores is not None and len(scores) == len(spans) else itertools.repeat(None, len(spans))
        found += [(layer, span, _score(value)) for span, value in zip(spans, values, strict=True)]
        if layer == "name":
            named = {(span.start, span.end, span.label_) for span in spans}
    found += [(LOOSE_ENTITY, span, None) for span in doc.ents if (span.start, span.end, span.label_) not in named]
    kept = (f for f in found if f[1].text.strip())
    return sorted(kept, key=lambda f: (f[1].start_char, f[1].end_char, f[0], f[1].label_, -1.0 if f[2] is None else f[2]))


def _score(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), SCORE_DIGITS)


@functools.cache
def _defaults() -> type:
    from spacy.lang.en import English

    return English


@functools.cache
def _story_doc() -> Callable[..., Any]:
    from spacy.tokens import Doc

    class StoryDoc(Doc):
        """A Doc that knows its text: spaCy's own `text` puts it together from the tokens each time, which loops over sentences pay for."""

        story: str | None = None

        @property
        def text(self) -> str:
            return super().text if self.story is None else self.story

    return StoryDoc


def new_vocab() -> Vocab:
    """A vocabulary for rebuilt Docs: English's lexical attributes (`is_stop`, `like_num`, `shape_`…) and no model's."""
    return _defaults()().vocab  # type: ignore[no-any-return]


def rebuild(article: HasText, tokens: Sequence[Token], marks: Sequence[Mark], vocab: Vocab) -> Doc:
    """The Doc of an article from its rows of `tokens` and `marks`, both sorted by start. doc.text is article.text.

    Raises ValueError where the rows do not fit the text.
    """
    text = article.text
    words, spaces, rows = _pieces(text, tokens)
    if "".join([w + " " if s else w for w, s in zip(words, spaces, strict=True)]) != text:
        raise ValueError("the rows of `tokens` do not cover the article's text")
    at = [i for i, row in enumerate(rows) if row is not None]  # token_id -> index in the Doc
    tree = any(t.head is not None for t in tokens)
    doc: Any = _story_doc()(
        vocab,
        words=words,
        spaces=spaces,
        tags=_annotation(["_SP" if r is None else r.tag or "" for r in rows], any(t.tag for t in tokens)),
        pos=_annotation(["SPACE" if r is None else r.pos or "" for r in rows], any(t.pos for t in tokens)),
        lemmas=_annotation([w if r is None else r.lemma or "" for w, r in zip(words, rows, strict=True)], any(t.lemma for t in tokens)),
        heads=_heads(rows, at) if tree else None,
        deps=["dep" if r is None else r.dep or "dep" for r in rows] if tree else None,
        sent_starts=None if tree else _sentence_starts(rows),
    )
    doc.story = text
    _set_spans(doc, marks)
    return doc  # type: ignore[no-any-return]


def _pieces(text: str, tokens: Sequence[Token]) -> tuple[list[str], list[bool], list[Token | None]]:
    """Words, whether a space follows each, and the row of each (None for white space)."""
    words: list[str] = []
    spaces: list[bool] = []
    rows: list[Token | None] = []
    end = 0

    def gap(until: int) -> None:
        between = text[end:until]
        if words and between.startswith(" "):
            spaces[-1], between = True, between[1:]
        if between:
            words.append(between)
            spaces.append(False)
            rows.append(None)

    for row in tokens:
        gap(row.start)
        words.append(text[row.start : row.end])
        spaces.append(False)
        rows.append(row)
        end = row.end
    gap(len(text))
    return words, spaces, rows


def _annotation(values: list[str], present: bool) -> list[str] | None:
    return values if present else None


def _heads(rows: Sequence[Token | None], at: Sequence[int]) -> list[int]:
    """Heads by index. White space hangs on the token before it, at the very start on the one after it."""
    heads = []
    for i, row in enumerate(rows):
        if row is None:
            heads.append(i - 1 if i else min(1, len(rows) - 1))
        else:
            heads.append(at[row.head] if row.head is not None else i)
    return heads


def _sentence_starts(rows: Sequence[Token | None]) -> list[bool]:
    """True at the first token of each sentence; white space before the first word belongs to the first sentence."""
    starts, seen = [i == 0 for i in range(len(rows))], None
    for i, row in enumerate(rows):
        if row is not None:
            starts[i] = starts[i] or (seen is not None and row.sentence_id != seen)
            seen = row.sentence_id
    return starts


def _set_spans(doc: Doc, marks: Sequence[Mark]) -> None:
    from spacy.attrs import IDX, LENGTH
    from spacy.tokens import Span, SpanGroup
    from spacy.util import filter_spans

    offsets = doc.to_array([IDX, LENGTH]).tolist()
    first = {offset: i for i, (offset, _) in enumerate(offsets)}
    after = {offset + length: i + 1 for i, (offset, length) in enumerate(offsets)}
    groups: dict[str, tuple[list[Span], list[float | None]]] = {}
    for mark in marks:
        span = Span(doc, first[mark.start], after[mark.end], label=mark.label)
        spans, scores = groups.setdefault(GROUPS.get(mark.layer, mark.layer), ([], []))
        spans.append(span)
        scores.append(mark.score)
    loose, _ = groups.pop(LOOSE_ENTITY, ([], []))
    named, _ = groups.get("names", ([], []))
    for key, (spans, scores) in groups.items():
        attrs = {} if all(s is None for s in scores) else {"scores": [0.0 if s is None else s for s in scores]}
        doc.spans[key] = SpanGroup(doc, name=key, spans=spans, attrs=attrs)
    doc.set_ents(filter_spans([*named, *loose]), default="outside")
