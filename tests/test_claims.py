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
from spacy.tokens import Doc, Span

from pipeline.article import Article
from pipeline.language import unclaimed
from pipeline.lexicon import Lexicon, load
from pipeline.schema import Row, arrow_schema
from pipeline.stages.claims import Claim, claims
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Sentence
from pipeline.text import numbers

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
    parted = {"text": "He said so as troops freed 12 hostages near Zarand.", "tokens": [list(t) for t in case["tokens"]]}
    parted["tokens"][2:2] = [["so", "so", "ADV", "RB", 1, "advmod"], ["as", "as", "SCONJ", "IN", 5, "mark"]]
    for token in parted["tokens"][4:]:
        token[4] += 2 if token[4] > 1 else 0
    parted["tokens"][5][5] = "advcl"  # an adverbial clause of the reporting is the article's own voice
    so = quote_of(parted["text"], "so", "said", "tree-clause/name")
    assert [c.claimed_by for c in read(parted, so)] == [None]
    assert [c.claimed_by for c in read(parted, dataclasses.replace(so, rule="tree-adjunct/name"))] == ["Ministry"]


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


def test_one_of_a_nationality_counts_without_a_noun() -> None:
    """ "one Bolivian" is a person, though tagged as an adjective; and the language core's name tells it is one."""
    text = "The storm hurt six people, including one Bolivian, on Monday."
    words = text.replace(",", " ,").replace(".", " .").split()
    tags = ["DT", "NN", "VBD", "CD", "NNS", ",", "VBG", "CD", "JJ", ",", "IN", "NNP", "."]
    heads = [1, 2, 2, 4, 2, 8, 8, 8, 4, 8, 11, 2, 2]
    deps = ["det", "nsubj", "root", "nummod", "obj", "punct", "case", "nummod", "nmod", "punct", "case", "obl", "punct"]
    lemmas = ["the", "storm", "hurt", "six", "people", ",", "include", "one", "bolivian", ",", "on", "Monday", "."]
    pos = ["DET", "NOUN", "VERB", "NUM", "NOUN", "PUNCT", "VERB", "NUM", "ADJ", "PUNCT", "ADP", "PROPN", "PUNCT"]
    spaces = [text[i : i + 1] == " " for i in ends(text, words)]
    doc = Doc(VOCAB, words=words, spaces=spaces, tags=tags, heads=heads, deps=deps, lemmas=lemmas, pos=pos)
    doc.set_ents([Span(doc, 8, 9, label="NORP")])
    article = Article(article_id="a", uri="a.txt", text=text)
    whole, part = claims(article, doc, Context(sentence(text)))  # type: ignore[arg-type]
    assert isinstance(part, Claim)
    assert isinstance(whole, Claim)
    assert (part.text, part.unit, part.category, part.part_of) == ("one Bolivian", "person", "injured", whole.claim_id)


def ends(text: str, words: Sequence[str]) -> list[int]:
    """Where each word ends in the text."""
    out, at = [], 0
    for word in words:
        at = text.index(word, at) + len(word)
        out.append(at)
    return out


@pytest.mark.parametrize(
    ("text", "tokens", "name", "wanted"),
    [
        (
            "Norland Hospital reported treating 19 people.",
            [
                ["Norland", "Norland", "PROPN", "NNP", 1, "compound"], ["Hospital", "Hospital", "PROPN", "NNP", 2, "nsubj"],
                ["reported", "report", "VERB", "VBD", 2, "root"], ["treating", "treat", "VERB", "VBG", 2, "xcomp"],
                ["19", "19", "NUM", "CD", 5, "nummod"], ["people", "people", "NOUN", "NNS", 3, "obj"], [".", ".", "PUNCT", ".", 2, "punct"],
            ],
            "Norland Hospital",
            "Norland Hospital",
        ),
        (
            "Norland Hospital built 19 wards.",
            [
                ["Norland", "Norland", "PROPN", "NNP", 1, "compound"], ["Hospital", "Hospital", "PROPN", "NNP", 2, "nsubj"],
                ["built", "build", "VERB", "VBD", 2, "root"], ["19", "19", "NUM", "CD", 4, "nummod"],
                ["wards", "ward", "NOUN", "NNS", 2, "obj"], [".", ".", "PUNCT", ".", 2, "punct"],
            ],
            "Norland Hospital",
            None,
        ),
        (
            "Norstat figures show mines sold 90 boats.",
            [
                ["Norstat", "Norstat", "PROPN", "NNP", 1, "compound"], ["figures", "figure", "NOUN", "NNS", 2, "nsubj"],
                ["show", "show", "VERB", "VBP", 2, "root"], ["mines", "mine", "NOUN", "NNS", 4, "nsubj"],
                ["sold", "sell", "VERB", "VBD", 2, "ccomp"], ["90", "90", "NUM", "CD", 6, "nummod"],
                ["boats", "boat", "NOUN", "NNS", 4, "obj"], [".", ".", "PUNCT", ".", 2, "punct"],
            ],
            "Norstat",
            "Norstat",
        ),
        (
            "Papers cite Norstat's estimate of 40 miners.",
            [
                ["Papers", "paper", "NOUN", "NNS", 1, "nsubj"], ["cite", "cite", "VERB", "VBP", 1, "root"],
                ["Norstat", "Norstat", "PROPN", "NNP", 4, "nmod:poss"], ["'s", "'s", "PART", "POS", 2, "case"],
                ["estimate", "estimate", "NOUN", "NN", 1, "obj"], ["of", "of", "ADP", "IN", 7, "case"],
                ["40", "40", "NUM", "CD", 7, "nummod"], ["miners", "miner", "NOUN", "NNS", 4, "nmod"], [".", ".", "PUNCT", ".", 1, "punct"],
            ],
            "Norstat",
            "Norstat",
        ),
        (
            "Police named the dead as Dahl, aged 25.",
            [
                ["Police", "police", "NOUN", "NN", 1, "nsubj"], ["named", "name", "VERB", "VBD", 1, "root"],
                ["the", "the", "DET", "DT", 3, "det"], ["dead", "dead", "ADJ", "JJ", 1, "obj"], ["as", "as", "ADP", "IN", 5, "case"],
                ["Dahl", "Dahl", "PROPN", "NNP", 1, "obl"], [",", ",", "PUNCT", ",", 7, "punct"], ["aged", "aged", "ADJ", "JJ", 5, "amod"],
                ["25", "25", "NUM", "CD", 7, "obl:npmod"], [".", ".", "PUNCT", ".", 1, "punct"],
            ],
            "Police",
            "Police",
        ),
    ],
    ids=["a verb of reporting", "another verb", "figures of an office", "an estimate's owner", "named as"],
)  # fmt: skip
def test_whoever_reports_a_figure_answers_for_it(text: str, tokens: list[list[Any]], name: str, wanted: str | None) -> None:
    found = read({"text": text, "tokens": tokens}, entity(text, name, "ORG"))
    assert [c.claimed_by for c in found] == [wanted]


@pytest.mark.parametrize("content", ["near Zarand", "hostages near Zarand", "troops freed"])
def test_a_content_cut_beside_its_figure(content: str) -> None:
    """The verb's clause is no complement here, so only the place of the content tells; a comma between keeps the figure out."""
    case = reported()
    case["tokens"][3][5] = "dep"
    assert [c.claimed_by for c in read(case, quote_of(case["text"], content, "said", "tree-clause/name"))] == ["Ministry"]
    apart = {"text": "He said troops freed, 12 hostages, near Zarand.", "tokens": [list(t) for t in case["tokens"]]}
    apart["tokens"][4:4] = [[",", ",", "PUNCT", ",", 3, "punct"]]
    apart["tokens"][7:7] = [[",", ",", "PUNCT", ",", 3, "punct"]]
    for k, token in enumerate(apart["tokens"]):
        token[4] = {5: 6, 7: 9}.get(token[4], token[4]) if k not in (4, 7) else 3
    if content != "hostages near Zarand":
        assert [c.claimed_by for c in read(apart, quote_of(apart["text"], content, "said", "tree-clause/name"))] == [None]


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("It has grown over the last three years.", False),
        ("It closed three years ago.", True),
        ("It closed more than three years ago.", False),
        ("Sales fell in the first nine months of 2019.", True),
        ("Sales fell in the first nine months of the mandate.", False),
        ("The six-week siege ended.", False),
    ],
)
def test_durations_that_are_dates(text: str, dated: bool) -> None:
    (span,) = numbers.quantities(text)
    assert unclaimed.is_date(text, span, []) is dated
