"""Event triggers, parties, factuality and clusters: tables of cases over trees written down, so that no model decides them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc, SpanGroup

from pipeline.errors import LexiconError
from pipeline.evaluation.events import role_of, type_of
from pipeline.language import factuality
from pipeline.language.arguments import compile_arguments, find
from pipeline.language.coreference import Chains
from pipeline.language.doc import new_vocab
from pipeline.language.factuality import compile_cues
from pipeline.language.frames import Classes, parse
from pipeline.language.mention import Party
from pipeline.language.parties import Cast, compile_sectors, names_of, phrase_of, sector_of
from pipeline.language.triggers import by_token, compile_patterns, marked
from pipeline.language.weighing import decide
from pipeline.lexicon import load
from pipeline.stages.events import LEXICONS, Event
from pipeline.text.crossarticle import Happening, join
from pipeline.text.happenings import Told, clusters, stem_of

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "events.jsonl").read_text(encoding="utf-8").splitlines()]
PATTERNS = compile_patterns(load("event_patterns"), load("event_word_classes"), load("sectors"))
ARGUMENTS = compile_arguments(load("event_arguments"), load("support_verbs"))
CUES = compile_cues(load("factuality_cues"))


def doc_of(case: dict[str, Any]) -> Doc:
    words, lemmas, pos, tags, heads, deps = zip(*case["tokens"], strict=True)
    at, spaces = 0, []
    for word in words:
        at = case["text"].index(word, at) + len(word)
        spaces.append(case["text"][at : at + 1] == " ")
    return Doc(new_vocab(), words=words, spaces=spaces, lemmas=lemmas, pos=pos, tags=tags, heads=heads, deps=deps)


def coded(case: dict[str, Any]) -> list[dict[str, Any]]:
    doc = doc_of(case)
    found = []
    for trigger in decide(doc, 0, len(doc) - 1, PATTERNS, {}, model=False):
        head = doc[trigger.head]
        told = find(head, trigger.type, ARGUMENTS, PATTERNS.classes)
        actor, recipient = (next((phrase_of(t).text for t in side if t.pos_ != "PRON"), None) for side in (told.actors, told.recipients))
        value, _ = factuality.of(head, CUES, ARGUMENTS.support)
        found.append(
            {
                "trigger": doc[trigger.first : trigger.last + 1].text,
                "type": trigger.type,
                "mode": trigger.mode,
                "actor": actor,
                "recipient": recipient,
                "factuality": value,
            }
        )
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{c['why']}: {c['text'][:30]}" for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    found = coded(case)
    if case["expect"] is None:
        assert [f for f in found if f["type"] in ("ASSAULT", "TERRITORY") and f["trigger"] != "war"] == [], case["why"]
    else:
        same = [f for f in found if f["trigger"] == case["expect"]["trigger"]]
        assert same == [case["expect"]], case["why"]


def with_model(case: dict[str, Any], word: str, label: str, score: float) -> list[str]:
    doc = doc_of(case)
    token = next(t for t in doc if t.text == word)
    span = doc[token.i : token.i + 1]
    doc.spans["triggers"] = SpanGroup(doc, spans=[doc.char_span(span.start_char, span.end_char, label=label)], attrs={"scores": [score]})
    marks = by_token(doc, marked(doc))
    return [t.type for t in decide(doc, 0, len(doc) - 1, PATTERNS, marks, model=True) if t.first <= token.i <= t.last]


def test_model_and_lexicon_together() -> None:
    case = next(c for c in CASES if c["text"].startswith("Guards fired"))
    assert with_model(case, "fired", "ASSAULT", 0.8) == ["ASSAULT"]
    assert with_model(case, "fired", "ASSAULT", 0.05) == [], "what the core hardly believes needs more than a prior"
    film = next(c for c in CASES if "shot a film" in c["text"])
    assert with_model(film, "shot", "ASSAULT", 0.6) == [], "an entry that says what is no event outweighs a doubtful mark"


def test_every_pattern_is_of_the_codebook() -> None:
    types = {*json.loads(json.dumps(list(Event.__annotations__)))}
    assert "event_type" in types
    crossings = {(r["type"], r["mode"]) for r in load("crosswalk").rows}
    known = {t for t, _ in crossings}
    modes = {
        "AGREE": set(),
        "SUPPORT": set(),
        "CONCEDE": set(),
        "COOPERATE": set(),
        "DISCOVER": set(),
        "TOLL": set(),
        "RESPONSIBILITY": set(),
        "DISASTER": set(),
        "TERRITORY": set(),
        "CONSULT": {"visit", "third-party", "multilateral", "phone"},
        "AID": {"humanitarian", "economic", "military", "peacekeeping"},
        "RETREAT": {"withdraw", "release", "disarm", "ceasefire", "access", "resign"},
        "REQUEST": {"assist", "change", "yield", "meet"},
        "REJECT": {"assist", "change", "yield", "meet"},
        "ACCUSE": {"disapprove", "investigate", "allege"},
        "THREATEN": {"restrict", "arrest", "relations", "expel", "territory", "violence"},
        "PROTEST": {"demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize"},
        "SANCTION": {"convict", "expel", "withdraw", "discontinue"},
        "MOBILIZE": {"troops", "weapons", "police", "militia"},
        "COERCE": {"seize", "restrict", "censor", "curfew", "martial-law", "arrest", "deport", "withhold", "misinformation", "cyber"},
        "ASSAULT": {
            "abduct",
            "beat",
            "torture",
            "sexual",
            "targeted",
            "destroy",
            "primitive",
            "firearms",
            "explosives",
            "suicide-attack",
            "aerial",
            "drone",
            "heavy-weapons",
            "crowd-control",
            "unconventional",
        },
    }
    assert set(modes) == known
    for row in load("event_patterns").rows:
        assert row["type"] in {*known, "NONE"}, row
        assert not row["mode"] or row["type"] == "NONE" or row["mode"] in modes[row["type"]], row
        assert 0 <= float(row["prior"]) <= 1, row


@pytest.mark.parametrize("frame", ["objs=deal", "obj=@nothing"])
def test_a_wrong_frame_names_what_is_allowed(frame: str) -> None:
    with pytest.raises(LexiconError) as error:
        parse(frame, Classes({"deal": frozenset({"pact"})}))
    assert error.value.remedy.startswith("use one of")


def test_lexicons_of_the_stage_load() -> None:
    assert all(load(name).rows for name in LEXICONS)


@pytest.mark.parametrize(
    ("phrase", "sector"),
    [
        ("riot police", "COP"),
        ("foreign minister", "GOV"),
        ("armed rebel", "REB"),
        ("supreme court", "JUD"),
        ("aid worker", "NGO"),
        ("asylum seeker", "REF"),
        ("drug cartel", "CRM"),
        ("united nations", "IGO"),
        ("former president", "ELI"),
        ("truck driver", "LAB"),
        ("wooden table", None),
    ],
)
def test_sectors(phrase: str, sector: str | None) -> None:
    assert sector_of(phrase.split(), compile_sectors(load("sectors"))) == sector


def told(**cells: Any) -> Told:
    return Told(**{"type": "ASSAULT", "mode": None, "stem": "attack", "sentence": 0, "head": 1} | cells)


def test_mentions_of_one_happening_share_a_cluster() -> None:
    day = dt.date(2020, 3, 4)
    mentions = [
        told(head=3, recipients=frozenset({"convoy"}), start=day, end=day, place="gao", lead=True),
        told(head=9, sentence=1, stem="kill", recipients=frozenset({"soldiers"}), killed=5.0, bound=3),
        told(head=20, sentence=4, definite=True, general=True),
        told(head=30, sentence=5, start=dt.date(2019, 1, 1), end=dt.date(2019, 1, 1), factuality="historical"),
        told(head=40, sentence=6, type="CONSULT", stem="talk"),
    ]
    numbers, merges = clusters(mentions)
    assert numbers == [0, 0, 0, 1, 2]
    assert [m.reason for m in merges] == ["one sentence", "same word"]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"country": "MLI"}, "another country"),
        ({"start": dt.date(2020, 5, 1), "end": dt.date(2020, 5, 1)}, "another day"),
        ({"killed": 40.0}, "another number"),
    ],
)
def test_what_contradicts_is_another_happening(other: dict[str, Any], why: str) -> None:
    day = dt.date(2020, 3, 4)
    first = told(country="NER", start=day, end=day, killed=5.0, recipients=frozenset({"convoy"}))
    second = told(sentence=1, recipients=frozenset({"convoy"}), **other)
    assert clusters([first, second])[0] == [0, 1], why


def test_stems_join_verbs_and_nouns() -> None:
    assert stem_of("bombing") == stem_of("bomb")
    assert stem_of("visit") != stem_of("attack")


def happening(**cells: Any) -> Happening:
    day = dt.date(2021, 6, 2)
    plain: dict[str, Any] = {
        "key": "k1",
        "article": "a1",
        "copy": None,
        "type": "ASSAULT",
        "stems": frozenset({"attack"}),
        "countries": frozenset({"MLI"}),
        "places": frozenset({"gao"}),
        "actors": frozenset(),
        "recipients": frozenset({"convoy"}),
        "start": day,
        "end": day,
        "killed": None,
        "published": day,
        "words": frozenset(),
    }
    return Happening(**(plain | cells))


def test_articles_join_on_place_party_and_date() -> None:
    day = dt.date(2021, 6, 2)
    first = happening()
    again = happening(key="k2", article="a2", published=day + dt.timedelta(days=1))
    later = happening(key="k3", article="a3", start=day + dt.timedelta(days=20), end=day + dt.timedelta(days=20))
    elsewhere = happening(key="k4", article="a4", places=frozenset({"kidal"}), recipients=frozenset({"market"}))
    assert join([again, first, later, elsewhere]) == {"k1": "k1", "k2": "k1", "k3": "k3", "k4": "k4"}


def test_clusters_of_one_article_are_never_joined() -> None:
    assert join([happening(), happening(key="k2")]) == {"k1": "k1", "k2": "k2"}


def test_near_copies_join_without_a_date() -> None:
    said = frozenset({"attack\x1fThe attack killed five."})
    first = happening(start=None, end=None, words=said)
    copy = happening(key="k2", article="a2", copy="a1", start=None, end=None, words=said)
    other = happening(key="k3", article="a3", start=None, end=None, words=said)
    assert join([first, copy, other]) == {"k1": "k1", "k2": "k1", "k3": "k3"}


def test_mappings_of_training_corpora() -> None:
    assert type_of("rams", "conflict.attack.bombing") == "ASSAULT"
    assert type_of("rams", "personnel.endposition.firinglayoff") is None
    assert role_of("rams", "personnel.endposition.quitretire", "employee") == "actor"
    assert role_of("rams", "justice.arrestjaildetain.arrestjaildetain", "detainee") == "recipient"
    assert role_of("rams", "conflict.attack.bombing", "instrument") is None


@pytest.mark.parametrize(
    ("word", "reports", "expected"),
    [("it", True, "army"), ("it", False, None), ("them", True, None)],
    ids=["subject of a report", "no report", "object of a report"],
)
def test_whom_an_unresolved_pronoun_of_a_report_means(word: str, reports: bool, expected: str | None) -> None:
    words = ["The", "army", "said", "it", "freed", "them", "."]
    pos = ["DET", "NOUN", "VERB", "PRON", "VERB", "PRON", "PUNCT"]
    tags = ["DT", "NN", "VBD", "PRP", "VBD", "PRP", "."]
    deps = ["det", "nsubj", "root", "nsubj", "ccomp", "obj", "punct"]
    doc = Doc(new_vocab(), words=words, pos=pos, tags=tags, lemmas=words, heads=[1, 2, 2, 4, 2, 4, 2], deps=deps)
    told = [(doc[3].idx, doc[5].idx + 4, Party(doc[1].idx, doc[1].idx + 4, "army"))] if reports else []
    party = Cast(doc, names_of([]), Chains({}), {}, (), told).party(next(t for t in doc if t.text == word))
    assert (party.text if party else None) == expected
