"""Where happenings are placed: signs of candidate places over trees written down, their weights, and sure links of the language core."""

from __future__ import annotations

import types
from typing import Any

import pytest
from spacy.tokens import Doc

from pipeline.article import Article
from pipeline.errors import LexiconError
from pipeline.language.doc import new_vocab
from pipeline.language.eventcoding import _with_links
from pipeline.language.mention import Mention, Party
from pipeline.language.parties import names_of
from pipeline.language.placing import Placer
from pipeline.language.ranking import compile_weights, score
from pipeline.language.triggers import compile_patterns
from pipeline.language.whereabouts import Whereabouts
from pipeline.lexicon import Lexicon, load

CLASSES = compile_patterns(load("event_patterns"), load("event_word_classes"), load("sectors")).classes
WORDS = [
    ("Shells", "NOUN", 1, "nsubj"), ("hit", "VERB", 1, "root"), ("Avdel", "PROPN", 5, "nmod:poss"), ("'s", "PART", 2, "case"),
    ("western", "ADJ", 5, "amod"), ("outskirts", "NOUN", 1, "obj"), ("near", "ADP", 7, "case"), ("Brone", "PROPN", 1, "obl"),
    (".", "PUNCT", 1, "punct"), ("Fighting", "NOUN", 10, "nsubj"), ("went", "VERB", 10, "root"), ("on", "ADV", 10, "advmod"),
    (".", "PUNCT", 10, "punct"),
]  # fmt: skip


def doc() -> Doc:
    words, pos, heads, deps = (list(column) for column in zip(*WORDS, strict=True))
    return Doc(new_vocab(), words=words, spaces=[w != "Avdel" for w in words], pos=pos, lemmas=words, tags=pos, heads=heads, deps=deps)


def row(text: str, start: int, sentence: int, country: str | None, precision: str = "city") -> Any:
    return types.SimpleNamespace(
        start=start, end=start + len(text), text=text, canonical=text, label="LOC", entity_id=text, country=country, lat=None, lon=None,
        geonames_id=None, geo_precision=precision, sentence_id=sentence, title=None, affiliation=None,
    )  # fmt: skip


def mention(of: Doc, word: int, sentence: int, kind: str = "ASSAULT", **cells: Any) -> Mention:
    start = of[word].idx
    return Mention(
        start=start, end=start + len(of[word]), head=of[word], sentence=sentence, paragraph=0, title=False, type=kind, mode=None,
        confidence=1.0, rule="", **cells,
    )  # fmt: skip


def whereabouts(of: Doc, weights: dict[str, dict[str, float]], links: Any = None) -> Whereabouts:
    names = names_of([row("Avdel", of[2].idx, 0, "UKR"), row("Brone", of[7].idx, 0, "UKR")])
    second = of[9].idx
    sentences = [
        types.SimpleNamespace(sentence_id=k, paragraph=0, start=s, end=e, kind="body")
        for k, (s, e) in enumerate(((0, second), (second, len(of.text))))
    ]
    placer = Placer(Article(article_id="0" * 16, uri="t", text=of.text), of, names, sentences, CLASSES)
    return Whereabouts(placer, {"place": {}, "place-told": {}, "country": {}} | weights, links or {})


def test_signs_of_the_mention_s_own_sentence() -> None:
    of = doc()
    where = whereabouts(of, {})
    signs = {c.key: where.features(c, mention(of, 1, 0)) for c in where.candidates}
    assert "in:stands" in signs["brone"]
    assert "own:same" in signs["brone"]
    assert "in:part" in signs["avdel"]
    assert not any(s.startswith("own:") for s in signs["avdel"])


def test_a_place_goes_on_into_the_next_sentence() -> None:
    of = doc()
    where = whereabouts(of, {})
    signs = {c.key: where.features(c, mention(of, 9, 1)) for c in where.candidates}
    assert {"before:1:stands", "last"} <= set(signs["brone"])
    assert "last" not in signs["avdel"]


def test_the_likeliest_place_is_told_where_it_is_likely_enough() -> None:
    of = doc()
    for told, text, country in ((5.0, "Brone", "UKR"), (-5.0, None, "UKR")):
        later = mention(of, 9, 1)
        whereabouts(of, {"place": {"last": 1.0}, "place-told": {"bias": told}}).place([[later]])
        assert later.where is not None
        assert (later.where.text, later.where.country) == (text, country)
        assert later.where.basis == ("paragraph" if text else "story")


def test_neither_place_nor_country_is_told_without_likelihood() -> None:
    of = doc()
    later = mention(of, 9, 1)
    whereabouts(of, {"place-told": {"bias": -5.0}, "country": {"bias": -5.0}}).place([[later]])
    assert later.where is None


def test_mentions_of_a_happening_are_placed_together() -> None:
    of = doc()
    first, later = mention(of, 1, 0), mention(of, 9, 1)
    whereabouts(of, {"place": {"own:same": 2.0, "long-before": 0.5}, "place-told": {"bias": 5.0}}).place([[first, later]])
    assert first.where is not None
    assert later.where is not None
    assert first.where.text == later.where.text == "Brone"


def test_a_sure_link_of_the_core_counts() -> None:
    of = doc()
    first = mention(of, 1, 0)
    where = whereabouts(of, {"place-told": {"bias": 5.0}}, {first.start: [("place", of[2], 0.9)]})
    where.place([[first]])
    assert first.where is not None
    assert first.where.text == "Avdel"


@pytest.mark.parametrize(
    ("kind", "home"), [("COERCE", "TUR"), ("ASSAULT", "SYR"), ("PROTEST", "TUR")], ids=["own ground", "the recipient's", "protest"]
)
def test_whose_ground_an_act_is_done_on(kind: str, home: str) -> None:
    of = doc()
    parties = {"actors": (Party(0, 1, "a", country="TUR"),), "recipients": (Party(2, 3, "b", country="SYR"),)}
    assert whereabouts(of, {}).home(mention(of, 1, 0, kind, **parties)) == home


def test_weights_add_up() -> None:
    assert score(["a", "b", "unknown"], {"bias": -1.0, "a": 0.5, "b": 0.5}) == 0.0


@pytest.mark.parametrize(("slot", "weight"), [("colour", "1"), ("place", "heavy")])
def test_a_wrong_line_of_weights_is_refused(slot: str, weight: str) -> None:
    with pytest.raises(LexiconError):
        compile_weights(Lexicon("slot_weights", ("slot", "feature", "weight"), ({"slot": slot, "feature": "f", "weight": weight},), weight))


class Everyone:
    """A cast in which each word is a party."""

    def party(self, head: Any) -> Party:
        return Party(head.idx, head.idx + len(head), head.text)


@pytest.mark.parametrize(
    ("likely", "rules", "expected"),
    [(0.6, (), "Brone"), (0.6, ("Avdel",), "Avdel"), (0.9, ("Avdel",), "Brone"), (0.3, (), None)],
    ids=["fills an empty slot", "does not overrule when unsure", "stands above the rules when sure", "too unlikely"],
)
def test_links_of_the_core_join_the_rules(likely: float, rules: tuple[str, ...], expected: str | None) -> None:
    of = doc()
    mine = tuple(Party(t.idx, t.idx + len(t), t.text) for t in of if t.text in rules)
    actors, recipients = _with_links(mine, (), [("actor", of[7], likely)], of[1], Everyone())  # type: ignore[arg-type]
    assert [a.text for a in actors] == ([expected] if expected else [])
    assert recipients == ()


def named(of: Doc, *words: str) -> tuple[Party, ...]:
    return tuple(Party(t.idx, t.idx + len(t), t.text) for t in of if t.text in words)


@pytest.mark.parametrize(
    ("links", "actors", "recipients"),
    [
        ([("actor", 7, 0.9), ("recipient", 7, 0.85)], ["Brone"], []),
        ([("actor", 7, 0.6), ("recipient", 7, 0.7)], [], ["Brone"]),
        ([("place", 7, 0.95), ("recipient", 7, 0.7)], [], []),
        ([("place", 7, 0.95), ("recipient", 7, 0.9)], [], ["Brone"]),
    ],
    ids=["the likelier of two sure roles", "the likelier of two doubtful ones", "rather a place", "surely whom and where"],
)
def test_a_word_has_one_role(links: list[tuple[str, int, float]], actors: list[str], recipients: list[str]) -> None:
    of = doc()
    found = _with_links((), (), [(role, of[i], p) for role, i, p in links], of[1], Everyone())  # type: ignore[arg-type]
    assert [[p.text for p in side] for side in found] == [actors, recipients]


@pytest.mark.parametrize(("likely", "left"), [(0.95, []), (0.6, ["Brone"])], ids=["surely the place", "perhaps the place"])
def test_a_sure_place_is_no_party(likely: float, left: list[str]) -> None:
    of = doc()
    _, recipients = _with_links((), named(of, "Brone"), [("place", of[7], likely)], of[1], Everyone())  # type: ignore[arg-type]
    assert [p.text for p in recipients] == left
