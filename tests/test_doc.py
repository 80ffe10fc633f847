"""The Doc made again from its rows is the Doc: text, tokens, tree, sentences, entities and span groups."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.article import Article
from pipeline.errors import ModelError
from pipeline.execute import check_rows
from pipeline.language.doc import new_vocab, rebuild, sentence_bounds
from pipeline.stages.sentences import Mark, Sentence, Token, marks, sentences, tokens

NLP = spacy.blank("en")
VOCAB = new_vocab()
MARKS = " \n\t\r\x00\x0b\x1c\u2028\u00a0\u200b\u202e\u200f\ufeff\U0001f600é\"'.,-$"
PIECES = [*MARKS, "\n\n", "  ", " \n ", "U.S.-led", "don't", "He said.", "\r\n"]
HOSTILE = st.lists(st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from(PIECES)), max_size=40).map("".join)


def article(text: str, title_end: int = 0) -> Article:
    return Article(article_id="0" * 16, uri="x", text=text, title_end=title_end)


def rows(doc: Doc, title_end: int = 0) -> tuple[list[Sentence], list[Token], list[Mark]]:
    """The Doc's rows, checked as the runner checks them."""
    a, ctx = article(doc.text, title_end), SimpleNamespace()
    made: list[list[Any]] = []
    for row, function in ((Sentence, sentences), (Token, tokens), (Mark, marks)):
        made.append(check_rows(row, list(function(a, doc, ctx)), a))  # type: ignore[arg-type]
    return made[0], made[1], made[2]


def again(doc: Doc) -> Doc:
    _, t, m = rows(doc)
    return rebuild(article(doc.text), t, m, VOCAB)


def content(doc: Doc) -> dict[str, Any]:
    """All that a stage may look at."""
    tree = doc.has_annotation("DEP")
    return {
        "text": doc.text,
        "tokens": [(t.text, t.idx, t.whitespace_, t.is_space, t.lemma_, t.shape_, t.is_stop, t.like_num) for t in doc],
        "tags": [(t.tag_, t.pos_) for t in doc if not t.is_space],
        "tree": [(t.head.i, t.dep_) for t in doc if not t.is_space] if tree else None,
        "sentences": [(s[0].i, len(s)) for s in doc.sents],
        "ents": [(e.start, e.end, e.label_) for e in doc.ents],
        "spans": {k: sorted((s.start, s.end, s.label_) for s in g) for k, g in doc.spans.items()},
        "scores": {k: list(g.attrs.get("scores", ())) for k, g in doc.spans.items()},
    }


def parsed(text: str, breaks: list[int] | None = None) -> Doc:
    """A Doc with sentences, a tree in which all hang on the sentence's first word, tags, names and marks."""
    plain = NLP.make_doc(text)
    words = [t for t in plain if not t.is_space]
    begins = {words[0].i} if words else set()
    gap = False
    for before, t in itertools.pairwise(words):
        gap = "\n" in text[before.idx + len(before) : t.idx]
        if gap or (breaks and t.i in breaks):
            begins.add(t.i)
    heads: list[int] = []
    root = words[0].i if words else 0
    for t in plain:
        if t.i in begins:
            root = t.i
        heads.append(max(t.i - 1, 0) if t.is_space and t.i else min(1, len(plain) - 1) if t.is_space else root)
    doc = Doc(
        plain.vocab,
        words=[t.text for t in plain],
        spaces=[bool(t.whitespace_) for t in plain],
        tags=["_SP" if t.is_space else "NN" for t in plain],
        pos=["SPACE" if t.is_space else "NOUN" for t in plain],
        lemmas=[t.text if t.is_space else t.lower_ for t in plain],
        heads=heads,
        deps=["dep" if t.is_space else "root" if heads[t.i] == t.i else "obl" for t in plain],
    )
    doc.set_ents([Span(doc, t.i, t.i + 1, label="ORG") for t in words if t.text[:1].isupper()], default="outside")
    for key, found in (("names", list(doc.ents)), ("cue", [Span(doc, t.i, t.i + 1, label="CUE") for t in words if t.is_lower])):
        doc.spans[key] = SpanGroup(
            doc, name=key, spans=found, attrs={"scores": [round(1 / (s.start + 2), 4) for s in found]} if found else {}
        )
    return doc


@settings(max_examples=150, deadline=None)
@given(text=HOSTILE, breaks=st.lists(st.integers(0, 30), max_size=4))
def test_hostile_texts_come_back_as_they_were(text: str, breaks: list[int]) -> None:
    doc = parsed(text, breaks)
    if not any(not t.is_space for t in doc):
        return
    found = again(doc)
    expected, got = content(doc), content(found)
    expected["spans"] = {k: v for k, v in expected["spans"].items() if v}
    expected["scores"] = {k: v for k, v in expected["scores"].items() if k in expected["spans"]}
    assert got == expected
    assert rows(found) == rows(doc)


@pytest.mark.parametrize(
    "text",
    [
        "One sentence.",
        "  Leading space. And more.",
        "Title of it\n\nThe body. It goes on.\n\n\n  Last paragraph. ",
        "Tabs\tand\u00a0hard spaces  and \n single breaks",
        "Zero\u200bwidth and \u202eright to left\u202c marks \U0001f600\U0001f1e6\U0001f1ff.",
        "NUL \x00 in the middle\r\nand a carriage return.",
    ],
)
def test_texts_with_odd_spaces(text: str) -> None:
    doc = parsed(text)
    assert content(again(doc)) == content(doc)
    assert [s.text for s in rows(doc)[0]] == [text[s.start : s.end] for s in rows(doc)[0]]


def test_a_pipeline_without_a_tree_or_tags() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp("One here. Two there.\n\nThree.")
    found = again(doc)
    assert [s.text.strip() for s in found.sents] == ["One here.", "Two there.", "Three."]
    assert not found.has_annotation("DEP")
    assert not found.has_annotation("TAG")
    assert [t.head for t in rows(doc)[1]] == [None] * 8
    assert rows(found) == rows(doc)


def test_a_pipeline_without_sentences_is_refused() -> None:
    with pytest.raises(ModelError, match="no sentence boundaries"):
        sentence_bounds(NLP("One here. Two there."))


def test_entities_outside_a_names_group_come_back() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp("Anna met Boris.")
    doc.ents = [Span(doc, 0, 1, label="PERSON"), Span(doc, 2, 3, label="PERSON")]
    found = again(doc)
    assert [(e.text, e.label_) for e in found.ents] == [("Anna", "PERSON"), ("Boris", "PERSON")]
    assert not found.spans
    assert [(m.layer, m.score) for m in rows(doc)[2]] == [("ent", None)] * 2


def test_links_keep_their_labels_and_overlap() -> None:
    doc = parsed("Anna said Boris lied.")
    found = [Span(doc, 0, 1, label="source@5"), Span(doc, 2, 4, label="content@5"), Span(doc, 2, 3, label="source@16")]
    doc.spans["attributions"] = SpanGroup(doc, name="attributions", spans=found, attrs={"scores": [0.9, 0.8, 0.7]})
    made = again(doc)
    back = made.spans["attributions"]
    assert {(s.text, s.label_): p for s, p in zip(back, back.attrs["scores"], strict=True)} == {
        ("Anna", "source@5"): 0.9,
        ("Boris lied", "content@5"): 0.8,
        ("Boris", "source@16"): 0.7,
    }
    assert {m.layer for m in rows(doc)[2]} == {"name", "cue", "attribution"}


def test_a_blank_line_ends_a_sentence_whatever_the_model_says() -> None:
    plain = NLP.make_doc("Boats counted\n\nEmeka counted 14.")
    n = len(plain)
    doc = Doc(plain.vocab, words=[t.text for t in plain], spaces=[bool(t.whitespace_) for t in plain], heads=[n - 2] * n, deps=["dep"] * n)
    made, toks, _ = rows(doc)
    assert [(s.text, s.paragraph) for s in made] == [("Boats counted", 0), ("Emeka counted 14.", 1)]
    assert [t.head for t in toks] == [0, 0, 4, 4, 4, 4]
    assert [s.text.strip() for s in again(doc).sents] == ["Boats counted", "Emeka counted 14."]
    assert rows(again(doc)) == rows(doc)


def test_kinds_of_sentences() -> None:
    text = "Boats counted\n\nEmeka counted them.\n\nImage copyright Reuters\n\nHe went home."
    kinds = [(s.text, s.kind, s.paragraph) for s in rows(parsed(text), title_end=13)[0]]
    assert kinds == [
        ("Boats counted", "title", 0),
        ("Emeka counted them.", "body", 1),
        ("Image copyright Reuters", "boilerplate", 2),
        ("He went home.", "body", 3),
    ]


def test_rows_that_do_not_fit_the_text_are_refused() -> None:
    _, t, m = rows(parsed("One here."))
    with pytest.raises(ValueError, match="do not cover"):
        rebuild(article("One here."), [t[1], t[0]], m, VOCAB)
