"""Quotations and their speakers, on the recorded trees of tests/cases/quotes.jsonl.

A token there is [text, space after, tag, pos, lemma, head, relation, starts a sentence].
"""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from pipeline.article import Article
from pipeline.evaluation.quotes import alike, near, scores
from pipeline.language.cues import entries, forms
from pipeline.language.marked import jaccard
from pipeline.language.quotation import quotations
from pipeline.language.reported import counts
from pipeline.lexicon import load
from pipeline.schema import columns
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote, quotes
from pipeline.stages.sentences import Sentence

VOCAB = spacy.blank("en").vocab
CASES = [json.loads(x) for x in (Path(__file__).parent / "cases" / "quotes.jsonl").read_text("utf-8").splitlines()]
BY_TEXT = {c["text"]: c for c in CASES}


def doc_of(tree: list[list[Any]]) -> Doc:
    words, spaces, tags, pos, lemmas, heads, deps, starts = (list(x) for x in zip(*tree, strict=True))
    return Doc(VOCAB, words=words, spaces=spaces, tags=tags, pos=pos, lemmas=lemmas, heads=heads, deps=deps, sent_starts=starts)


def found(doc: Doc) -> list[list[Any]]:
    out = []
    for q in quotations(doc):
        if counts(q, doc):
            att = q.attribution
            cue = " ".join(doc[i].text for i in att.cue) or None if att else None
            source = doc.text[slice(*att.source)] if att and att.source else None
            out.append([q.type, [doc.text[a:b] for a, b in q.pieces], cue, source])
    return out


@pytest.mark.parametrize("case", [pytest.param(c, id=c["why"]) for c in CASES])
def test_quotations(case: dict[str, Any]) -> None:
    assert found(doc_of(case["tree"])) == case["expect"]


def entity(text: str, name: str, canonical: str, label: str, **more: Any) -> Entity:
    start = text.index(name)
    empty = dict.fromkeys(("title", "affiliation", "country", "lat", "lon", "geonames_id", "geo_precision"))
    return Entity(
        article_id="a", mention_id=name, sentence_id=0, start=start, end=start + len(name), text=name, label=label,  # type: ignore[arg-type]
        entity_id=canonical, canonical=canonical, confidence=1.0, **(empty | more),
    )  # fmt: skip


def rows(text: str, *entities: Entity, boilerplate: bool = False) -> list[Quote]:
    doc = doc_of(BY_TEXT[text]["tree"])
    kind = "boilerplate" if boilerplate else "body"
    sentence = Sentence(article_id="a", sentence_id=0, paragraph=0, start=0, end=len(text), text=text, kind=kind)  # type: ignore[arg-type]
    held = {Sentence: [sentence], Entity: list(entities)}
    ctx: Any = types.SimpleNamespace(rows=lambda row: held.get(row, []), settings=None, lexicon=load)
    made = list(quotes.stage.function(Article(article_id="a", uri="u", text=text), doc, ctx))  # type: ignore[attr-defined]
    for r in made:
        assert text[r.start : r.end] == r.text
        assert r.content == " ".join(text[int(a) : int(b)] for a, b in (s.split(":") for s in r.segments.split()))
        assert (r.cue is None and r.cue_start is None) or text[r.cue_start : r.cue_end] == r.cue
        assert (r.speaker_text is None and r.speaker_start is None) or text[r.speaker_start : r.speaker_end] == r.speaker_text
    return made


def test_the_mention_beside_the_cue_becomes_the_fullest_name() -> None:
    text = "Karimi told reporters that the border would stay closed."
    (row,) = rows(text, entity(text, "Karimi", "Hassan Karimi", "PERSON", title="foreign minister", country="NOR"))
    assert (row.speaker_text, row.speaker, row.speaker_kind, row.speaker_entity_id) == (
        "Karimi",
        "Hassan Karimi",
        "person",
        "Hassan Karimi",
    )
    assert (row.speaker_role, row.speaker_country, row.addressee, row.medium) == (
        "foreign minister",
        "NOR",
        "reporters",
        "press_conference",
    )
    assert (row.cue_lemma, row.cue_class, row.type) == ("tell", "say", "indirect")


def test_kinds_of_speakers() -> None:
    text = "Norway said it would send troops."
    assert rows(text, entity(text, "Norway", "Norway", "LOC", country="NOR"))[0].speaker_kind == "country"
    text = "The Foreign Ministry announced that the border would open."
    assert rows(text, entity(text, "Foreign Ministry", "Foreign Ministry", "ORG"))[0].speaker_kind == "organization"
    (row,) = rows("Three soldiers were killed in the raid, officials said.")
    assert (row.speaker, row.speaker_kind) == ("officials", "unnamed")
    assert {r.speaker_kind for r in rows("The rebels vowed to take the town.")} == {"group"}


def test_a_reopened_paragraph_keeps_its_speaker() -> None:
    text = "“The dam is safe,” Karimi said.\n\n“We have checked it.\n\n“It will hold,” he added."
    made = rows(text, entity(text, "Karimi", "Hassan Karimi", "PERSON"))
    assert [r.speaker for r in made] == ["Hassan Karimi"] * 3
    assert [r.cue for r in made] == ["said", None, "added"]
    assert made[0].confidence > made[1].confidence


def test_nobody_is_guessed_where_no_name_is_near() -> None:
    text = "“The dam is safe,” Karimi said.\n\n“We have checked it.\n\n“It will hold,” he added."
    assert all(r.speaker != "Hassan Karimi" for r in rows(text))


def test_boilerplate_is_left_out() -> None:
    assert rows("Norway said it would send troops.", boilerplate=True) == []


def test_ids_are_made_from_content_and_differ() -> None:
    text = "Karimi said officials had told him that the dam was safe."
    first, second = rows(text), rows(text)
    assert [r.quote_id for r in first] == [r.quote_id for r in second]
    assert len({r.quote_id for r in first}) == len(first) == 2


def test_a_pipeline_without_tree_or_parts_does_no_harm() -> None:
    doc = Doc(VOCAB, words=["“", "We", "go", ",", "”", "he", "said", "."], spaces=[False, True, False, False, True, True, False, False])
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = False
    assert [q.type for q in quotations(doc)] == []


FRAMES = frozenset(
    [
        "that",
        "quote",
        "np",
        "npq",
        "to",
        "obj-to",
        "ing",
        "pred",
        "as",
        "of",
        "for",
        "on",
        "about",
        "against",
        "at",
        "adjunct",
        "cited",
        "bare",
    ]
)


def test_the_lexicon_of_reporting_words_keeps_its_rules() -> None:
    table = load("reporting_verbs").rows
    classes = next(c.values for c in columns(Quote) if c.name == "cue_class")
    assert classes is not None
    assert len(table) > 400
    assert len({(r["lemma"], r["pos"]) for r in table}) == len(table)
    for row in table:
        assert row["class"] in classes, row
        assert row["strength"] in ("reported", "claimed", "accused", "denied"), row
        assert row["kind"] in ("speech", "stance", "evidence", "attitude"), row
        assert set(row["pattern"].split()) <= FRAMES, row
        assert row["example"], row
    assert forms()["denied"] == "deny"
    assert forms()["told"] == "tell"
    assert forms()["urging"] == "urge"
    assert ("according", "ADP") in entries()


def test_measures() -> None:
    assert jaccard([(0, 10)], [(5, 15)]) == pytest.approx(1 / 3)
    assert scores(1, 2, 4) == (0.5, 0.25, pytest.approx(1 / 3))
    assert scores(0, 0, 0) == (0.0, 0.0, 0.0)
    assert near([], [])
    assert near([(0, 5)], [(4, 9)])
    assert not near([(0, 5)], [])
    assert alike("the Foreign Ministry", "Ministry")
    assert not alike("Karimi", "Noor")
