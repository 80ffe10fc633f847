"""Marks of the language core that are no triggers by what else it says."""

from __future__ import annotations

import spacy
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.language.triggers import marked


def _doc(actor: float, score: float) -> Doc:
    """Gunmen attacked the village: three marks, and who attacked."""
    nlp = spacy.blank("en")
    words, tags = ["Gunmen", "attacked", "the", "village"], ["NOUN", "VERB", "DET", "NOUN"]
    doc = Doc(nlp.vocab, words=words, pos=tags)
    marks = [Span(doc, i, i + 1, label="ASSAULT") for i in (0, 1, 2)]
    doc.spans["triggers"] = SpanGroup(doc, name="triggers", spans=marks, attrs={"scores": [score, 0.9, 0.95]})
    link = Span(doc, 0, 1, label=f"actor@{doc[1].idx}")
    doc.spans["arguments"] = SpanGroup(doc, name="arguments", spans=[link], attrs={"scores": [actor]})
    return doc


def _texts(doc: Doc) -> list[str]:
    return [doc[m.first].text for m in marked(doc)]


def test_who_certainly_does_something_is_no_event() -> None:
    assert _texts(_doc(actor=0.97, score=0.8)) == ["attacked"]


def test_a_mark_surer_than_that_stands() -> None:
    assert _texts(_doc(actor=0.97, score=0.95)) == ["Gunmen", "attacked"]
    assert _texts(_doc(actor=0.6, score=0.8)) == ["Gunmen", "attacked"]


def test_function_words_tell_no_event() -> None:
    assert "the" not in _texts(_doc(actor=0.1, score=0.99))
