"""Which words become triggers: readings of the lexicon, marks of the language core, and the two weighed; acts told through others."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from spacy.tokens import Doc

from pipeline.language import embedding, factuality
from pipeline.language.arguments import compile_arguments
from pipeline.language.doc import new_vocab
from pipeline.language.factuality import compile_cues
from pipeline.language.triggers import Marked, Reading, compile_patterns, readings
from pipeline.language.weighing import WEIGHTS, Candidate, Sentence, choose, decide, heading
from pipeline.lexicon import load
from pipeline.text.normalise import fold_with_offsets
from pipeline.training import fit_triggers, mine_patterns
from pipeline.training.coded import Coded, Gold

PATTERNS = compile_patterns(load("event_patterns"), load("event_word_classes"), load("sectors"))
ARGUMENTS = compile_arguments(load("event_arguments"), load("support_verbs"))
CUES = compile_cues(load("factuality_cues"))
CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "triggers.jsonl").read_text(encoding="utf-8").splitlines()]


def made(tokens: list[list[object]]) -> Doc:
    """A Doc of [word, lemma, UPOS, tag, head, relation]."""
    words, lemmas, pos, tags, heads, deps = zip(*tokens, strict=True)
    return Doc(new_vocab(), words=words, lemmas=lemmas, pos=pos, tags=tags, heads=heads, deps=deps)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_case(case: dict[str, object]) -> None:
    doc = made(case["tokens"])  # type: ignore[arg-type]
    found = [[doc[t.first : t.last + 1].text, t.type, t.mode] for t in decide(doc, 0, len(doc) - 1, PATTERNS, {}, model=False)]
    assert found == case["expect"]


def reading(kind: str, prior: float, specific: int = 2) -> Reading:
    return Reading(0, 0, 0, kind, None, prior, specific, f"pattern:{kind}")


def types(known: list[Reading], spans: list[Marked], seen: float = 0.9, figurative: bool = False, **weights: float) -> list[str]:
    sentence = Sentence((Candidate(0, tuple(known), tuple(spans)),), seen, figurative)
    return [t.type for t in choose(sentence, dataclasses.replace(WEIGHTS, **weights), model=True)]


def test_a_mark_of_another_type_speaks_for_the_lexicons_reading_too() -> None:
    known, spans = [reading("RETREAT", 0.35)], [Marked(0, 0, "ASSAULT", 0.6)]
    assert types(known, [], other_mark=0.5) == [], "the prior alone is too small"
    assert types(known, spans, other_mark=1.0) == ["RETREAT"], "something happened, and the lexicon knows what"


def test_a_quiet_sentence_asks_for_surer_words() -> None:
    known = [reading("AID", 0.6)]
    assert types(known, [], seen=0.9, quiet=0.9) == ["AID"]
    assert types(known, [], seen=0.0, quiet=0.9) == []


def test_sport_takes_from_words_of_war_alone() -> None:
    assert types([reading("ASSAULT", 0.6)], [], figurative=False) == ["ASSAULT"]
    assert types([reading("ASSAULT", 0.6)], [], figurative=True) == []
    assert types([reading("AGREE", 0.6)], [], figurative=True) == ["AGREE"]


def test_the_most_specific_reading_wins_where_it_says_that_nothing_happened() -> None:
    assert types([reading("NONE", 0.4, 6), reading("ASSAULT", 0.9, 2)], []) == []


def test_a_verb_whose_lemma_was_guessed_is_found_by_its_form() -> None:
    doc = made(
        [
            ["Police", "police", "NOUN", "NNS", 1, "nsubj"],
            ["freed", "fre", "VERB", "VBD", 1, "root"],
            ["hostages", "hostage", "NOUN", "NNS", 1, "obj"],
        ]
    )
    assert readings(doc, doc[1], PATTERNS)[0].type == "RETREAT"
    plain = made(
        [
            ["Police", "police", "NOUN", "NNS", 1, "nsubj"],
            ["fre", "fre", "VERB", "VB", 1, "root"],
            ["hostages", "hostage", "NOUN", "NNS", 1, "obj"],
        ]
    )
    assert readings(plain, plain[1], PATTERNS) == [], "only an inflected form has another stem"


def test_those_who_do_it_are_not_the_act() -> None:
    doc = made([["Protesters", "protest", "NOUN", "NNS", 1, "nsubj"], ["waited", "wait", "VERB", "VBD", 1, "root"]])
    assert all(r.type != "PROTEST" for r in readings(doc, doc[0], PATTERNS))
    act = made([["Protests", "protest", "NOUN", "NNS", 1, "nsubj"], ["continued", "continue", "VERB", "VBD", 1, "root"]])
    assert readings(act, act[0], PATTERNS)[0].type == "PROTEST"


THREAT = [
    ["Rebels", "rebel", "NOUN", "NNS", 1, "nsubj"], ["threatened", "threaten", "VERB", "VBD", 1, "root"],
        ["to", "to", "PART", "TO", 3, "mark"],
    ["attack", "attack", "VERB", "VB", 1, "xcomp"], ["soldiers", "soldier", "NOUN", "NNS", 3, "obj"],
]  # fmt: skip
REFUSAL = [
    ["Paris", "Paris", "PROPN", "NNP", 1, "nsubj"], ["refused", "refuse", "VERB", "VBD", 1, "root"], ["to", "to", "PART", "TO", 3, "mark"],
    ["lift", "lift", "VERB", "VB", 1, "xcomp"], ["sanctions", "sanction", "NOUN", "NNS", 3, "obj"], ["on", "on", "ADP", "IN", 6, "case"],
    ["Chile", "Chile", "PROPN", "NNP", 4, "nmod"],
]  # fmt: skip


def inner(tokens: list[list[object]], kind: str, heads: dict[int, str]) -> list[str]:
    doc = made(tokens)
    return [t.text for t in embedding.recipients(doc[1], kind, heads, ARGUMENTS, PATTERNS.classes)]


def test_a_threat_is_to_whom_the_threatened_act_is_done_to() -> None:
    assert inner(THREAT, "THREATEN", {1: "THREATEN", 3: "ASSAULT"}) == ["soldiers"]
    assert inner(THREAT, "CONSULT", {1: "CONSULT", 3: "ASSAULT"}) == [], "a meeting is not with those who are attacked"


def test_a_refusal_reaches_through_the_act_and_its_noun() -> None:
    assert inner(REFUSAL, "REJECT", {1: "REJECT", 3: "CONCEDE", 4: "SANCTION"}) == ["Chile"]
    assert inner([*REFUSAL[:4], ["documents", "document", "NOUN", "NNS", 3, "obj"]], "REJECT", {1: "REJECT"}) == [], "things are no party"


def will(*between: str, passive: bool = False) -> Doc:
    verb = 1 + len(between)
    tokens: list[list[object]] = [["They", "they", "PRON", "PRP", verb, "nsubj:pass" if passive else "nsubj"]]
    for word in between:
        tokens.append(
            [
                word,
                word,
                "AUX" if word in ("will", "did", "be") else "PART",
                "MD" if word == "will" else "RB",
                verb,
                "aux" if word in ("will", "did") else "aux:pass" if word == "be" else "advmod",
            ]
        )
    return made([*tokens, ["release", "release", "VERB", "VB", verb, "root"], ["prisoners", "prisoner", "NOUN", "NNS", verb, "obj"]])


@pytest.mark.parametrize(
    ("between", "kind", "expect"),
    [
        (("will", "not"), "RETREAT", True),
        (("will", "never"), "RETREAT", True),
        (("will",), "RETREAT", False),
        (("did", "not"), "RETREAT", False),
        (("will", "not"), "ASSAULT", False),
    ],
)
def test_what_one_will_not_do_is_refused(between: tuple[str, ...], kind: str, expect: bool) -> None:
    doc = will(*between)
    assert factuality.refused(doc[len(between) + 1], kind) is expect


def test_a_passive_is_no_refusal() -> None:
    doc = will("will", "not", "be", passive=True)
    assert not factuality.refused(doc[4], "RETREAT")


def purpose(tag: str, form: str) -> str:
    doc = made([
        ["Workers", "worker", "NOUN", "NNS", 1, "nsubj"], [form, "gather", "VERB", tag, 1, "root"], ["to", "to", "PART", "TO", 3, "mark"],
        ["protest", "protest", "VERB", "VB", 1, "advcl"],
    ])  # fmt: skip
    return factuality.of(doc[3], CUES, ARGUMENTS.support)[0]


def test_what_was_done_for_a_purpose_took_place() -> None:
    assert purpose("VBD", "gathered") == "asserted"
    assert purpose("VBP", "gather") == "hypothetical"


def test_a_pledged_act_is_to_come() -> None:
    doc = made([
        ["Britain", "Britain", "PROPN", "NNP", 1, "nsubj"], ["pledged", "pledge", "VERB", "VBD", 1, "root"],
        ["to", "to", "PART", "TO", 3, "mark"],
        ["accept", "accept", "VERB", "VB", 1, "xcomp"], ["refugees", "refugee", "NOUN", "NNS", 3, "obj"],
    ])  # fmt: skip
    assert factuality.of(doc[3], CUES, ARGUMENTS.support)[0] == "future"


# ---------------------------------------------------------------- what fits them


def article(name: str, word: str, lemma: str, kind: str | None) -> Coded:
    from pipeline.stages.sentences import Sentence as Row

    doc = made(
        [
            ["Rebels", "rebel", "NOUN", "NNS", 1, "nsubj"],
            [word, lemma, "VERB", "VBD", 1, "root"],
            ["soldiers", "soldier", "NOUN", "NNS", 1, "obj"],
        ]
    )
    row = Row(article_id="0" * 16, sentence_id=0, paragraph=0, start=0, end=len(doc.text), text=doc.text, kind="body")
    at = doc[1].idx
    return Coded(name, doc, (row,), (Gold(at, at + len(word), kind),) if kind else ())


def test_the_search_finds_weights_under_which_rows_are_right() -> None:
    stories = [fit_triggers.prepare(article(f"a{k}", "attacked", "attack", "ASSAULT")) for k in range(3)]
    shy = dataclasses.replace(WEIGHTS, bias=-9.0)
    assert fit_triggers.figures(stories, shy)["typed"] == 0
    best = fit_triggers.search(stories, shy, {"bias": (-9.0, 0.0, 3.0)})
    assert fit_triggers.figures(stories, best)["typed"] == 1
    assert best.bias > -9.0


def test_coding_without_need_costs() -> None:
    stories = [fit_triggers.prepare(article(f"a{k}", "attacked", "attack", None)) for k in range(3)]
    free = dataclasses.replace(WEIGHTS, bias=9.0)
    assert fit_triggers.figures(stories, free)["overcoded"] == 1
    assert fit_triggers.worth(stories, free) < fit_triggers.worth(stories, dataclasses.replace(WEIGHTS, bias=-9.0))


def test_priors_are_shares_drawn_to_their_kind_and_levels_are_measured() -> None:
    seen = mine_patterns.tally([article("a", "attacked", "attack", "ASSAULT"), article("b", "attacked", "attack", None)], PATTERNS)
    key = next(k for k in seen if k[1] == "ASSAULT")
    assert (seen[key].met, seen[key].right) == (2, 1)
    row = {"lemma": "attack", "pos": "VERB", "frame": "", "type": "ASSAULT", "mode": "", "prior": "0.9"}
    unmet = row | {"lemma": "maul", "prior": "0.4"}
    tallies = {("pattern:attack/VERB", "ASSAULT"): mine_patterns.Tally(2, 1)}
    assert [p for _, p in mine_patterns.new_priors([row, unmet], tallies, {0.4: 0.7})] == [0.5, 0.7]
    levels = mine_patterns.worth_of_levels({("pattern:maul/VERB", "ASSAULT"): mine_patterns.Tally(8, 8)}, [row, unmet], tallies)
    assert levels[0.4] == pytest.approx((8 + 2 * 0.4) / 10)


def pair(kind: str) -> mine_patterns.Pair:
    doc = made(
        [
            ["Oslo", "Oslo", "PROPN", "NNP", 1, "nsubj"],
            ["zorked", "zork", "VERB", "VBD", 1, "root"],
            ["Lima", "Lima", "PROPN", "NNP", 1, "obj"],
        ]
    )
    return mine_patterns.Pair(doc, ((0, 4),), ((12, 16),), kind)


def test_rows_are_proposed_where_other_sentences_agree() -> None:
    found = list(mine_patterns.propose([pair("AID")] * 6, PATTERNS))
    assert found == [{"lemma": "zork", "pos": "VERB", "frame": "", "type": "AID", "n": 6, "precision": 1.0}]
    assert list(mine_patterns.propose([pair("AID"), pair("ACCUSE")] * 3, PATTERNS)) == []


def test_coded_triggers_are_found_through_other_quotation_marks() -> None:
    folded, at = fold_with_offsets("“No”  —\nno")
    assert folded == '"No" - no'
    assert at[-2:] == [8, 9]


def test_a_refusal_read_from_a_denied_act_says_so_in_its_rule() -> None:
    case = next(c for c in CASES if c["why"] == "what somebody will not do is refused")
    found = decide(made(case["tokens"]), 0, 5, PATTERNS, {}, model=False)
    assert [t.rule.endswith("+refused") for t in found] == [True]


def test_headings_inside_a_story_need_a_sure_word() -> None:
    doc = made(
        [
            ["Talks", "talk", "NOUN", "NNS", 1, "nsubj"],
            ["ended", "end", "VERB", "VBD", 1, "root"],
            ["Joint", "joint", "ADJ", "JJ", 3, "amod"],
            ["operations", "operation", "NOUN", "NNS", 3, "root"],
        ]
    )
    assert heading(doc, 2, 3)
    assert not heading(doc, 0, 1)  # the title
    seen = Sentence((Candidate(3, (Reading(3, 3, 3, "ASSAULT", None, 0.8, 2, "x"),), (Marked(3, 3, "ASSAULT", 0.6),)),), 0.6, False)
    assert len(choose(seen, model=True)) == 1
    assert choose(dataclasses.replace(seen, heading=True), model=True) == []


def test_priors_set_by_hand_are_kept() -> None:
    row = {"lemma": "raze", "pos": "VERB", "frame": "", "type": "ASSAULT", "mode": "", "prior": "0.9", "by": "hand", "example": ""}
    met = {("pattern:raze/VERB", "ASSAULT"): mine_patterns.Tally(met=10, right=1)}
    assert list(mine_patterns.new_priors([row], met, {})) == []
    assert [p for _, p in mine_patterns.new_priors([row | {"by": ""}], met, {})] != [0.9]


def test_what_is_asked_is_refused_to_whoever_asks() -> None:
    doc = made(
        [
            ["Carvia", "Carvia", "PROPN", "NNP", 1, "nsubj"],
            ["rejected", "reject", "VERB", "VBD", 1, "root"],
            ["demands", "demand", "NOUN", "NNS", 1, "obj"],
            ["by", "by", "ADP", "IN", 4, "case"],
            ["miners", "miner", "NOUN", "NNS", 2, "nmod"],
        ]
    )
    types = {1: "REJECT", 2: "REQUEST"}
    found = embedding.recipients(doc[1], "REJECT", types, ARGUMENTS, PATTERNS.classes)
    assert [t.text for t in found] == ["miners"]
    assert embedding.recipients(doc[1], "SANCTION", types, ARGUMENTS, PATTERNS.classes) == ()
