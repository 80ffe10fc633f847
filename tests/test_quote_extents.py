"""How far a content reaches, and who is taken for the subject of its cue; trees by hand, with the parser's usual mistakes."""

from __future__ import annotations

import dataclasses

import pytest
from spacy.tokens import Doc

from pipeline.language.attribution import Attribution, subject
from pipeline.language.beside import named_within, person_beside
from pipeline.language.closing import closing
from pipeline.language.coreference import resolve
from pipeline.language.cues import entry
from pipeline.language.extents import content_of, until_participle
from pipeline.language.headlines import headline
from pipeline.language.marked import Marks, led_in, within_sentence
from pipeline.language.quotation import quotations
from pipeline.stages.entities import Entity
from tests.trees import tree

SAID = (
    "Guards NOUN NNS nsubj 2 / said VERB VBD root 0 / the DET DT det 4 / gate NOUN NN nsubj:pass 6 / was AUX VBD aux:pass 6 / "
    "shut VERB VBN ccomp 2 / and CCONJ CC cc 10 / the DET DT det 9 / road NOUN NN nsubj:pass 10 / cleared VERB VBN conj 2 / "
    ". PUNCT . punct 2"
)
ADDED = (
    "Guards NOUN NNS nsubj 2 / said VERB VBD root 0 / it PRON PRP nsubj 4 / closed VERB VBD ccomp 2 / early ADV RB advmod 4 / "
    ", PUNCT , punct 4 / adding VERB VBG advcl 4 / that SCONJ IN mark 10 / nobody PRON NN nsubj 10 / came VERB VBD ccomp 7 / "
    ". PUNCT . punct 2"
)


def word(doc: Doc, text: str) -> int:
    return next(t.i for t in doc if t.text == text)


def attribution(doc: Doc, text: str, frame: str = "clause") -> Attribution:
    start = doc.text.index(text)
    return Attribution((word(doc, "said"),), entry("say"), (0, 6), 0, [(start, start + len(text))], frame, "tree", 0.9)


def test_a_coordinated_clause_hung_on_the_cue_is_said_too() -> None:
    doc = tree(SAID)
    short, long = attribution(doc, "the gate was shut"), attribution(doc, "the gate was shut and the road cleared")
    assert content_of(doc, short, long, frozenset()) == long.content
    assert content_of(doc, long, short, frozenset()) == long.content


def test_another_cue_ends_the_content() -> None:
    doc = tree(ADDED)
    long, short = attribution(doc, "it closed early, adding that nobody came"), attribution(doc, "it closed early")
    assert content_of(doc, long, short, {word(doc, "adding")}) == short.content
    assert content_of(doc, long, short, set()) == long.content


@pytest.mark.parametrize(("frame", "core"), [("infinitive", True), ("object", True), ("host", False), ("adjunct", False)])
def test_which_frames_the_core_knows_better(frame: str, core: bool) -> None:
    doc = tree(SAID)
    held, seen = attribution(doc, "the gate", frame), attribution(doc, "shut")
    assert content_of(doc, held, seen, frozenset()) == (seen if core else held).content


def test_a_participle_that_reports_ends_the_content() -> None:
    doc = tree(ADDED)
    (whole,) = attribution(doc, "it closed early, adding that nobody came").content
    ((a, b),) = until_participle(doc, [whole], (1,))
    assert doc.text[a:b] == "it closed early"
    pieces = [(doc.text.index(x), doc.text.index(x) + len(x)) for x in ("it closed early", "nobody came")]
    assert until_participle(doc, pieces, (1,)) == pieces[:1]
    assert until_participle(doc, [whole], (word(doc, "adding"),)) == [whole]


def test_words_within_quoted_words_end_with_their_sentence() -> None:
    text = "He said: “Lund says she is late. So what? It rains.”"
    doc = Doc(tree(SAID).vocab, words=text.split(" "))
    start, cue = text.index("she"), (text.index("says"), text.index("says") + 4)
    for depth, end in ((0, len(text) - 2), (1, text.index(". So"))):
        ((a, b),) = within_sentence([(start, len(text) - 2)], cue, Marks.of(doc), text, depth)
        assert (a, b) == (start, end)


# ---------------------------------------------------------------- subjects

POSSESSOR = (
    "Norway PROPN NNP nsubj 4 / 's PART POS case 1 / navy NOUN NN nsubj 4 / said VERB VBD root 0 / it PRON PRP nsubj 6 / "
    "sailed VERB VBD ccomp 4"
)
APPOSED = (
    "Seaward PROPN NNP nsubj 6 / , PUNCT , punct 5 / a DET DT det 5 / rights NOUN NNS compound 5 / group NOUN NN nsubj 6 / "
    "said VERB VBD root 0 / "
    "it PRON PRP nsubj 8 / sued VERB VBD ccomp 6"
)
ACROSS = (
    "“ PUNCT `` punct 6 / The DET DT det 3 / reply NOUN NN nsubj 6 / hurts VERB VBZ ccomp 6 / ” PUNCT '' punct 4 / "
    "said VERB VBD root 0 / "
    "founder NOUN NN nsubj 6 / Lund PROPN NNP flat 7"
)
AFTER = "Lund PROPN NNP compound 2 / says VERB VBZ root 0 / talks NOUN NNS nsubj 2 / will AUX MD aux 5 / resume VERB VB ccomp 2"
OTHER = (
    "Police NOUN NNS nsubj 4 / did AUX VBD aux 4 / not PART RB advmod 4 / answer VERB VB root 0 / but CCONJ CC cc 7 / "
    "Lund PROPN NNP nsubj 7 / "
    "called VERB VBD conj 4 / it PRON PRP obj 7 / false ADJ JJ xcomp 7 / and CCONJ CC cc 11 / added VERB VBD conj 4"
)
QUOTED = (
    "NRW PROPN NNP nsubj 2 / quoted VERB VBD root 0 / Lund PROPN NNP nsubj 2 / as SCONJ IN mark 5 / saying VERB VBG advcl 2 / "
    "it PRON PRP nsubj 7 / failed VERB VBD ccomp 5"
)
TOLD = (
    "The DET DT det 2 / owner NOUN NN nsubj:pass 4 / was AUX VBD aux:pass 4 / quoted VERB VBN root 0 / Tuesday PROPN NNP obl:unmarked 4 / "
    "as SCONJ IN mark 7 / saying VERB VBG advcl 4 / it PRON PRP nsubj 9 / failed VERB VBD ccomp 7"
)


@pytest.mark.parametrize(
    ("sentence", "cue", "who"),
    [
        pytest.param(POSSESSOR, "said", "navy", id="beside the cue, not the possessor"),
        pytest.param(APPOSED, "said", "Seaward", id="the name, not its description"),
        pytest.param(ACROSS, "said", "founder", id="not across a mark"),
        pytest.param(AFTER, "says", "Lund", id="not the content's own subject"),
        pytest.param(OTHER, "added", "Lund", id="of the clause between"),
        pytest.param(QUOTED, "quoted", "Lund", id="whom a medium quotes as saying it"),
        pytest.param(QUOTED, "saying", "Lund", id="who is quoted as saying"),
        pytest.param(TOLD, "saying", "owner", id="not the day it was quoted on"),
    ],
)
def test_subjects(sentence: str, cue: str, who: str) -> None:
    doc = tree(sentence, lemmas={"quoted": "quote"})
    found = subject(doc[word(doc, cue)])[0]
    assert found is not None
    assert found.text == who


def test_a_clause_keeps_the_subject_the_tree_hung_on_the_cue() -> None:
    assert [q.start for q in quotations(tree(AFTER, lemmas={"says": "say"}))] == [len("Lund says ")]


# ---------------------------------------------------------------- closers, colons, headlines

INVERTED = (
    "Shells NOUN NNS nsubj 2 / fell VERB VBD root 0 / nearby ADV RB advmod 2 / , PUNCT , punct 5 / reports VERB VBZ advcl 2 / "
    "Seaward PROPN NNP obl 5 / . PUNCT . punct 2"
)


def test_a_cue_before_its_subject_closes_a_sentence() -> None:
    doc = tree(INVERTED)
    found = closing(doc[4])
    assert found is not None
    assert found[0].text == "Seaward"
    assert [doc.text[a:b] for a, b in found[1]] == ["Shells fell nearby"]
    addressed = INVERTED.replace("Shells NOUN NNS nsubj 2", "Shells NOUN NNS nsubj 5")  # it has its subject: what follows is told it
    assert closing(tree(addressed)[4]) is None


def test_a_colon_leads_words_in_from_the_paragraph_before() -> None:
    doc = Doc(
        tree(SAID).vocab, words=["Lund", "writes", ":", "\n\n", "“", "Go", "on", ".", "”"], spaces=[True, *[False] * 4, True, *[False] * 3]
    )
    att = Attribution((1,), entry("write"), (0, 4), 0, [], "none", "none", 0.0)
    words = [(doc.text.index("Go"), doc.text.index(".") + 1)]
    assert led_in(att, words, doc)
    assert not led_in(dataclasses.replace(att, content=words), words, doc)
    assert not led_in(att, [(0, 4)], doc)


LED = (
    "Lund PROPN NNP nsubj 2 / brings VERB VBZ root 0 / us PRON PRP iobj 2 / details NOUN NNS obj 2 / : PUNCT : punct 2",
    (
        "“ PUNCT `` punct 5 / The DET DT det 3 / river NOUN NN nsubj 5 / is AUX VBZ cop 5 / high ADJ JJ root 0 / "
        ". PUNCT . punct 5 / ” PUNCT '' punct 5"
    ),
)


def test_a_name_leads_in_without_a_reporting_word() -> None:
    (found,) = quotations(tree(*LED, names=[("Lund", "PERSON")]))
    assert found.attribution is not None
    assert found.attribution.speaker == 0
    assert found.type == "direct"


def test_a_headline_keeps_its_source_on_its_side() -> None:
    title = (
        "Lund PROPN NNP root 0 / on ADP IN case 3 / talks NOUN NNS nmod 1 / with ADP IN case 6 / the DET DT det 6 / "
        "crew NOUN NN nmod 3 / "
        "last ADJ JJ amod 8 / week NOUN NN nmod 1 / : PUNCT : punct 1 / “ PUNCT `` punct 11 / Like ADP IN advcl 1 / "
        "friends NOUN NNS obl 11 / ” PUNCT '' punct 11"
    )
    doc = tree(title, names=[("Lund", "PERSON")])
    found = headline(doc, 0, len(doc.text))
    assert found is not None
    assert found.source is not None
    assert doc.text[slice(*found.source)].startswith("Lund on talks")
    assert found.source[1] <= doc.text.index(":")


# ---------------------------------------------------------------- speakers


def entity(doc: Doc, name: str, label: str) -> Entity:
    start = doc.text.index(name)
    empty = dict.fromkeys(("title", "affiliation", "country", "lat", "lon", "geonames_id", "geo_precision"))
    return Entity(
        article_id="a", mention_id=name, sentence_id=0, start=start, end=start + len(name), text=name, label=label,  # type: ignore[arg-type]
        entity_id=name, canonical=name, confidence=1.0, **empty,
    )  # fmt: skip


MINISTER = (
    "The DET DT det 2 / minister NOUN NN nsubj 6 / in ADP IN case 5 / Oslo PROPN NNP compound 5 / Lund PROPN NNP nmod 2 / "
    "said VERB VBD root 0"
)


def test_a_name_behind_a_preposition_is_not_the_office() -> None:
    doc = tree(MINISTER, names=[("Lund", "PERSON")])
    at = {4: entity(doc, "Lund", "PERSON")}
    assert person_beside(doc, at, (0, len("The minister")), doc[1], 5) is None


def test_the_only_name_in_a_phrase() -> None:
    doc = tree(MINISTER, names=[("Lund", "PERSON")])
    one, two = entity(doc, "Lund", "PERSON"), entity(doc, "Oslo", "LOC")
    found = named_within(doc, {4: one}, (0, len(doc.text)))
    assert found is not None
    assert found.text == "Lund"
    assert named_within(doc, {4: one, 3: two}, (0, len(doc.text))) is None


WITNESS = (
    "Karin PROPN NNP nsubj 2 / watched VERB VBD root 0 / it PRON PRP obj 2 / . PUNCT . punct 2",
    (
        "“ PUNCT `` punct 4 / Marta PROPN NNP nsubj 3 / shouted VERB VBD ccomp 7 / , PUNCT , punct 3 / ” PUNCT '' punct 3 / "
        "she PRON PRP nsubj 7 / said VERB VBD root 0"
    ),
)


def test_who_is_named_in_quoted_words_alone_does_not_say_them() -> None:
    doc = tree(*WITNESS, names=[("Karin", "PERSON"), ("Marta", "PERSON")])
    link = resolve(doc, [entity(doc, "Karin", "PERSON"), entity(doc, "Marta", "PERSON")]).get(word(doc, "she"))
    assert link is not None
    assert link.canonical == "Karin"
