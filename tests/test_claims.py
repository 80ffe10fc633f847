"""The claims stage on hand-checked trees: behaviour as data (cases/claims.jsonl), and what it joins from other stages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from pipeline.article import Article
from pipeline.lexicon import Lexicon, load
from pipeline.schema import Row, arrow_schema
from pipeline.stages.claims import Claim, claims
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Sentence

CASES = [json.loads(line) for line in (pathlib.Path(__file__).parent / "cases" / "claims.jsonl").read_text(encoding="utf-8").splitlines()]
VOCAB = spacy.blank("en").vocab


class Context:
    settings: Any = None

    def __init__(self, *rows: Row) -> None:
        self.held = rows

    def rows(self, row: type[Any]) -> Sequence[Any]:
        return [r for r in self.held if isinstance(r, row)]

    def lexicon(self, name: str) -> Lexicon:
        return load(name)


def parsed(case: dict[str, Any]) -> Doc:
    """The Doc of a case: tokens are [form, lemma, upos, xpos, head, relation]."""
    words = [t[0] for t in case["tokens"]]
    spaces, at = [], 0
    for word in words:
        at = case["text"].index(word, at) + len(word)
        spaces.append(case["text"][at : at + 1] == " ")
    return Doc(
        VOCAB,
        words=words,
        spaces=spaces,
        lemmas=[t[1] for t in case["tokens"]],
        pos=[t[2] for t in case["tokens"]],
        tags=[t[3] for t in case["tokens"]],
        heads=[t[4] for t in case["tokens"]],
        deps=[t[5] for t in case["tokens"]],
        sent_starts=[i == 0 for i in range(len(words))],
    )


def sentence(text: str, kind: str = "body") -> Sentence:
    return Sentence(article_id="a", sentence_id=0, paragraph=0, start=0, end=len(text), text=text, kind=kind)  # type: ignore[arg-type]


def read(case: dict[str, Any], *rows: Row, kind: str = "body") -> list[Claim]:
    article = Article(article_id="a", uri="a.txt", text=case["text"])
    found = list(claims(article, parsed(case), Context(sentence(case["text"], kind), *rows)))  # type: ignore[arg-type]
    assert all(isinstance(c, Claim) and article.text[c.start : c.end] == c.text for c in found)
    return [c for c in found if isinstance(c, Claim)]


def case_of(why: str) -> dict[str, Any]:
    return next(c for c in CASES if c["why"] == why)


FIELDS = ("modifier", "kind", "unit", "counted", "counted_group", "predicate", "category", "negated", "hedged")


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_cases(case: dict[str, Any]) -> None:
    got = read(case)
    assert [c.text for c in got] == [e[0] for e in case["expect"]]
    for claim, expected in zip(got, case["expect"], strict=True):
        assert (claim.value, claim.low, claim.high) == pytest.approx(tuple(expected[1:4])), claim
        for field, wanted in zip(FIELDS, expected[4:], strict=True):
            if wanted is not None or field in ("unit", "counted", "counted_group"):
                assert getattr(claim, field) == wanted, (field, claim)


def entity(text: str, name: str, label: str, **more: Any) -> Entity:
    start = text.index(name)
    given = {
        "article_id": "a", "mention_id": "m", "sentence_id": 0, "start": start, "end": start + len(name), "text": name, "label": label,
        "entity_id": "e", "canonical": name, "title": None, "affiliation": None, "country": None,
        "lat": None, "lon": None, "geonames_id": None,
        "geo_precision": None, "confidence": 1.0,
    }  # fmt: skip
    return Entity(**{**given, **more})


def test_a_claim_inside_a_quote_is_its_speakers() -> None:
    case = case_of("a passive and its modifier")
    blank = {f.name: None for f in dataclasses.fields(Quote)}
    quote = Quote(**{**blank, "quote_id": "q", "start": 0, "end": 31, "segments": "0:31", "speaker": "Ministry of Health"})  # type: ignore[arg-type]
    outside = Quote(**{**blank, "quote_id": "r", "start": 0, "end": 60, "segments": "40:60", "speaker": "Nobody"})  # type: ignore[arg-type]
    assert [(c.claimed_by, c.quote_id) for c in read(case, quote, outside)] == [("Ministry of Health", "q")]
    assert [(c.claimed_by, c.quote_id) for c in read(case, outside)] == [(None, None)]


def test_a_part_names_its_whole() -> None:
    whole, part, others = read(case_of("a part of a whole takes its category; a second verb has its own"))
    assert part.part_of == whole.claim_id
    assert whole.part_of is None
    assert others.part_of is None


def test_date_and_place_of_the_clause() -> None:
    case = case_of("coordinated plurals are one claim")
    start = case["text"].index("Monday")
    blank = {f.name: None for f in dataclasses.fields(DateRow)}
    day = dt.date(2023, 5, 1)
    date = DateRow(**{**blank, "start": start, "end": start + 6, "text": "Monday", "type": "DATE", "date_start": day, "date_end": day})  # type: ignore[arg-type]
    (claim,) = read(case, date, entity(case["text"], "Kasra", "LOC"))
    assert (claim.date_start, claim.date_end) == (day, day)
    lives = case_of("the lives of those counted")
    assert [c.place for c in read(lives, entity(lives["text"], "Kasra", "LOC"))] == ["Kasra"]


def test_an_open_dollar_takes_the_storys_country() -> None:
    case = case_of("money without a country stays open")
    (here,) = read(case, entity(case["text"], "Perth", "LOC", country="AUS"))
    assert (here.unit, here.unit_basis) == ("AUD", "place")
    (open_one,) = read(case)
    assert (open_one.unit, open_one.unit_basis) == (None, "ambiguous")


def test_numbers_of_dates_are_no_claims() -> None:
    case = case_of("a passive and its modifier")
    blank = {f.name: None for f in dataclasses.fields(DateRow)}
    inside = DateRow(**{**blank, "start": 0, "end": 19, "text": "x", "type": "DATE"})  # type: ignore[arg-type]
    assert read(case, inside) == []


def test_boilerplate_makes_no_claims() -> None:
    assert read(case_of("a passive and its modifier"), kind="boilerplate") == []


def test_ids_come_from_content() -> None:
    case = case_of("two verbs, two categories")
    first, second = read(case), read(case)
    assert [c.claim_id for c in first] == [c.claim_id for c in second]
    assert len({c.claim_id for c in first}) == len(first)


def test_a_doc_of_another_pipeline_is_no_error() -> None:
    """Tags and relations may be empty or of another scheme."""
    case = case_of("a passive and its modifier")
    words = [t[0] for t in case["tokens"]]
    doc = Doc(VOCAB, words=words, spaces=[True] * (len(words) - 2) + [False, False])
    article = Article(article_id="a", uri="a.txt", text=case["text"])
    assert doc.text == case["text"]
    (claim,) = claims(article, doc, Context(sentence(case["text"])))  # type: ignore[arg-type]
    assert isinstance(claim, Claim)
    assert claim.value == 286
    assert claim.category in ("other", "killed")


def test_the_row_is_a_schema() -> None:
    names = arrow_schema(Claim).names
    assert names[:17] == [
        "article_id", "claim_id", "sentence_id", "start", "end", "text", "value", "low", "high", "modifier", "kind", "unit", "counted",
        "counted_group", "predicate", "category", "date_start",
    ]  # fmt: skip


def quote_of(text: str, content: str, cue: str, rule: str, **more: Any) -> Quote:
    start = text.index(content)
    given: dict[str, Any] = {f.name: None for f in dataclasses.fields(Quote)} | {
        "quote_id": "q", "start": start, "end": start + len(content), "segments": f"{start}:{start + len(content)}", "speaker": "Ministry",
        "cue_start": text.index(cue), "cue_end": text.index(cue) + len(cue), "cue_class": "say", "rule": rule,
    }  # fmt: skip
    return Quote(**(given | more))


def reported() -> dict[str, Any]:
    """ "He said troops freed 12 hostages near Zarand." with its tree."""
    text = "He said troops freed 12 hostages near Zarand."
    tokens = [
        ["He", "he", "PRON", "PRP", 1, "nsubj"], ["said", "say", "VERB", "VBD", 1, "root"],
        ["troops", "troops", "NOUN", "NNS", 3, "nsubj"],
        ["freed", "free", "VERB", "VBD", 1, "ccomp"], ["12", "12", "NUM", "CD", 5, "nummod"],
        ["hostages", "hostage", "NOUN", "NNS", 3, "obj"],
        ["near", "near", "ADP", "IN", 7, "case"], ["Zarand", "Zarand", "PROPN", "NNP", 3, "obl"], [".", ".", "PUNCT", ".", 1, "punct"],
    ]  # fmt: skip
    return {"text": text, "tokens": tokens}


def test_a_figure_in_the_complement_of_a_reporting_verb_is_the_speakers_though_the_content_is_cut_short() -> None:
    case = reported()
    short = quote_of(case["text"], "troops freed", "said", "tree-clause/name")
    assert [(c.claimed_by, c.quote_id) for c in read(case, short)] == [("Ministry", None)]
    case["tokens"][3][5] = "advcl"  # an adverbial clause of the reporting is the article's own voice
    assert [c.claimed_by for c in read(case, short)] == [None]
    assert [c.claimed_by for c in read(case, dataclasses.replace(short, rule="tree-adjunct/name"))] == ["Ministry"]


def test_whoever_denies_does_not_claim() -> None:
    case = reported()
    whole = quote_of(case["text"], "troops freed 12 hostages", "said", "tree-clause/name")
    assert [c.claimed_by for c in read(case, whole)] == ["Ministry"]
    assert [(c.claimed_by, c.quote_id) for c in read(case, dataclasses.replace(whole, cue_class="deny"))] == [(None, "q")]


def test_a_figure_between_commas_after_a_person_is_an_age() -> None:
    text = "Tomas Arel, 28, was freed."
    tokens = [
        ["Tomas", "Tomas", "PROPN", "NNP", 6, "nsubj:pass"], ["Arel", "Arel", "PROPN", "NNP", 0, "flat"],
        [",", ",", "PUNCT", ",", 0, "punct"],
        ["28", "28", "NUM", "CD", 0, "appos"], [",", ",", "PUNCT", ",", 0, "punct"], ["was", "be", "AUX", "VBD", 6, "aux:pass"],
        ["freed", "free", "VERB", "VBN", 6, "root"], [".", ".", "PUNCT", ".", 6, "punct"],
    ]  # fmt: skip
    case = {"text": text, "tokens": tokens}
    (claim,) = read(case, entity(text, "Tomas Arel", "PERSON"))
    assert (claim.text, claim.kind, claim.unit, claim.value, claim.category, claim.si_unit) == (
        "28",
        "age",
        "year",
        28.0,
        "other",
        "second",
    )
    assert [c.kind for c in read(case, entity(text, "Tomas Arel", "ORG"))] == ["count"]
