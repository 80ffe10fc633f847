"""The language core as a spaCy pipeline: `spacy.load("models/wire_en")`, or `load_model` for this and any other spaCy pipeline."""

from __future__ import annotations

import json
import pathlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import spacy
from spacy.attrs import DEP, HEAD, IDX, IS_SPACE, LEMMA, ORTH, POS, SPACY, TAG
from spacy.language import Language
from spacy.parts_of_speech import IDS as POS_IDS
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.errors import ModelError
from pipeline.language.annotate import Annotation, Annotator
from pipeline.language.encoder import Encoder
from pipeline.language.labels import Labels
from pipeline.language.paths import SHIPPED, model_path
from pipeline.language.pieces import Pieces
from pipeline.text.enumerations import forced_starts

FILES = ("encoder.onnx", "pairs.npz", "labels.json", "lemmas.json", "tokenizer.json", "calibration.json")


class WireEncoder:
    """Runs the encoder and sets tags, lemmas, tree, entities and span groups of a Doc."""

    def __init__(self, name: str = "wire") -> None:
        self.name = name
        self._folder: pathlib.Path | None = None
        self._parts: tuple[Encoder, Annotator] | None = None

    def _load(self) -> tuple[Encoder, Annotator]:
        """The session and the annotator, made on first use."""
        if self._parts is None:
            if self._folder is None:
                raise ModelError("the component 'wire' has no model files", "load it by spacy.load('models/wire_en')")
            calibration = json.loads((self._folder / "calibration.json").read_text(encoding="utf-8"))
            weights = np.load(self._folder / "pairs.npz")["relation"]
            lemmas = json.loads((self._folder / "lemmas.json").read_text(encoding="utf-8"))
            labels = Labels.load(self._folder / "labels.json")
            self._parts = (Encoder(self._folder), Annotator(labels, weights, calibration, lemmas))
        return self._parts

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 1) -> Iterator[Doc]:
        """Annotates a stream of Docs in order. Each is encoded by itself, whatever `batch_size` says: the int8 graph scales activations by
        what is encoded together, and a text's annotation must not depend on its neighbours."""
        encoder, annotator = self._load()
        for doc in stream:
            at, words, paragraphs, pieces = _read(doc, encoder)
            if words:
                _annotate(
                    doc,
                    at,
                    annotator(
                        words,
                        paragraphs,
                        encoder.run([(pieces, paragraphs)])[0].outputs,
                        forced_starts(doc.text, [doc[i].idx for i in at]),
                    ),
                )
            else:
                _leave_blank(doc)
            yield doc

    def to_disk(self, path: str | pathlib.Path, **_: Any) -> None:
        """Copies the model's files."""
        target = pathlib.Path(path)
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES if self._folder else ():
            shutil.copy(self._folder / name, target / name)  # type: ignore[operator]

    def from_disk(self, path: str | pathlib.Path, **_: Any) -> WireEncoder:
        """Points at the model's files; they are read on first use. Raises ModelError where one is missing."""
        folder = pathlib.Path(path)
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:
            raise ModelError(f"{folder} lacks {', '.join(missing)}", "install the model again, or make it by `make train`")
        self._folder, self._parts = folder, None
        return self

    def __getstate__(self) -> dict[str, Any]:
        """A session does not pickle: a copy in another process makes its own."""
        return {"name": self.name, "_folder": self._folder, "_parts": None}


def _read(doc: Doc, encoder: Encoder) -> tuple[list[int], list[str], list[int], Pieces]:
    """Indices and texts of a Doc's words (white space left out), the first word of each paragraph, and the words' pieces."""
    texts = [token.text for token in doc]
    layout = doc.to_array([IS_SPACE, SPACY]).astype(bool).tolist()
    at: list[int] = []
    words: list[str] = []
    blank: list[bool] = []
    opens: list[bool] = []
    gap, opening = False, True
    for i, (text, (is_space, has_blank)) in enumerate(zip(texts, layout, strict=True)):
        if is_space:
            gap, opening = True, opening or "\n" in text
            continue
        at.append(i)
        words.append(text)
        blank.append(gap)
        opens.append(opening)
        gap, opening = has_blank, False
    paragraphs = [i for i, first in enumerate(opens) if first]
    return at, words, paragraphs, encoder.cut(words, blank, opens)


def _annotate(doc: Doc, at: list[int], found: Annotation) -> None:
    """Lays an annotation on a Doc. White space hangs on the token before it (the first on the one after it)."""
    add = doc.vocab.strings.add
    keys = {text: add(text) for texts in (found.xpos, found.lemmas, found.relations) for text in set(texts)}
    count = len(doc)
    # White space first, words over it; relative heads and hashes alike are 64 bits, which spaCy takes as unsigned.
    rows = np.empty((count, 5), np.uint64)
    rows[:, 0], rows[:, 1], rows[:, 4] = add("_SP"), POS_IDS["SPACE"], add("dep")
    rows[:, 2] = doc.to_array(ORTH)
    here = np.array(at, np.int64)
    heads = np.full(count, -1, np.int64)
    heads[:1] = min(1, count - 1)
    heads[here] = here[found.heads] - here
    rows[here, 0] = [keys[x] for x in found.xpos]
    rows[here, 1] = [POS_IDS[x] for x in found.upos]
    rows[here, 2] = [keys[x] for x in found.lemmas]
    rows[:, 3] = heads.view(np.uint64)
    rows[here, 4] = [keys[x] for x in found.relations]
    doc.from_array([TAG, POS, LEMMA, HEAD, DEP], rows)  # type: ignore[arg-type]  # 64-bit keys, as spaCy's stub does not say
    _set_groups(doc, at, found)


def _leave_blank(doc: Doc) -> None:
    """Marks a Doc of white space alone as annotated, so that `doc.sents` and `doc.ents` work."""
    for token in doc:
        token.is_sent_start = token.i == 0  # before the tree: spaCy fixes sentences once there is one
        token.pos_, token.tag_ = "SPACE", "_SP"
    doc.set_ents([], default="outside")
    for key in ("names", "timex", "source", "cue", "content", "triggers", "attributions", "arguments", "antecedents"):
        doc.spans[key] = SpanGroup(doc, name=key, attrs={"scores": []})


def _set_groups(doc: Doc, at: list[int], found: Annotation) -> None:
    """Entities and span groups with their probabilities; links carry the offset of what they belong to in their label."""

    def span(first: int, end: int, label: str) -> Span:
        return Span(doc, at[first], at[end - 1] + 1, label=label)

    def put(key: str, spans: list[Span], scores: list[float]) -> None:
        doc.spans[key] = SpanGroup(doc, name=key, spans=spans, attrs={"scores": [round(s, 4) for s in scores]})

    names = found.spans["names"]
    put("names", [span(a, b, label) for a, b, label, _ in names], [s[3] for s in names])
    doc.set_ents(list(doc.spans["names"]), default="outside")
    for key in ("timex", "triggers"):
        put(key, [span(a, b, label) for a, b, label, _ in found.spans[key]], [s[3] for s in found.spans[key]])
    for part in ("source", "cue", "content"):
        parts = [s for s in found.spans["quotation"] if s[2] == part]
        put(part, [span(a, b, label) for a, b, label, _ in parts], [s[3] for s in parts])
    offset = doc.to_array(IDX)[at].tolist()
    links = found.attributions
    put("attributions", [span(s[0], s[1], f"{s[2]}@{offset[cue]}") for s, cue, _ in links], [p for _, _, p in links])
    put("arguments", [span(w, w + 1, f"{role}@{offset[t]}") for w, t, role, _ in found.arguments], [a[3] for a in found.arguments])
    put("antecedents", [span(w, w + 1, f"antecedent@{offset[a]}") for w, a, _ in found.antecedents], [a[2] for a in found.antecedents])


@Language.factory(
    "wire",
    assigns=["token.pos", "token.tag", "token.lemma", "token.head", "token.dep", "token.is_sent_start", "doc.ents", "doc.spans"],
    default_config={},
)
def create_wire(nlp: Language, name: str) -> WireEncoder:
    """Factory of the component (entry point `spacy_factories`)."""
    return WireEncoder(name)


def blank_pipeline() -> Language:
    """An English pipeline with our tokenizer and the component, without model files."""
    config: dict[str, Any] = {"nlp": {"tokenizer": {"@tokenizers": "newsledger.WordTokenizer.v1"}}}
    nlp = spacy.blank("en", config=config)
    nlp.max_length = 20_000_000  # the encoder reads in windows: length costs time, not memory per character squared
    nlp.add_pipe("wire")
    return nlp


def load_model(name: str | pathlib.Path = SHIPPED) -> Language:
    """Loads the shipped model, or any installed spaCy pipeline by name or path. Raises ModelError where there is none."""
    shipped = str(name).rstrip("/") == SHIPPED or pathlib.Path(name).is_dir()
    try:
        nlp = spacy.load(model_path(name) if shipped else str(name))
    except OSError as error:
        remedy = "give --model the path or name of an installed spaCy pipeline"
        raise ModelError(f"cannot load the language model {str(name)!r}: {error}", remedy) from error
    nlp.max_length = max(nlp.max_length, 20_000_000)
    return nlp


def word_tokenizer() -> Callable[[Language], Any]:
    """Registered tokenizer `newsledger.WordTokenizer.v1` (entry point `spacy_tokenizers`)."""
    from pipeline.language.tokenizer import create_tokenizer

    return create_tokenizer
