"""Who a description, a document, a counted phrase or a name the entities left out stands for, on Docs made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from spacy.tokens import Doc

from pipeline.language.attribution import subject
from pipeline.language.coreference import Chains
from pipeline.language.holders import means, office_holder, persons
from pipeline.language.likelihood import Key, band, shape_of, share, signs_of
from pipeline.language.quotation import quotations
from pipeline.language.reported import counts
from pipeline.language.speakers import Speaker, Speakers
from pipeline.lexicon import load
from pipeline.stages.entities import Entity
from tests.trees import tree

OPENING = "Marta PROPN NNP nsubj 3 / Lund PROPN NNP flat 1 / arrived VERB VBD root 0 / . PUNCT . punct 3"


def entity(doc: Doc, name: str, canonical: str, label: str = "PERSON", **more: Any) -> Entity:
    start = doc.text.index(name)
    empty: dict[str, Any] = dict.fromkeys(("title", "affiliation", "country", "lat", "lon", "geonames_id", "geo_precision"))
    return Entity(
        article_id="a", mention_id=name, sentence_id=0, start=start, end=start + len(name), text=name, label=label,  # type: ignore[arg-type]
        entity_id=canonical, canonical=canonical, confidence=1.0, **(empty | more),
    )  # fmt: skip


def word(doc: Doc, text: str) -> Any:
    return next(t for t in doc if t.text == text)


def speakers(doc: Doc, *rows: Entity) -> Speakers:
    return Speakers(doc, list(rows), Chains({}))


def running(name: str, kind: str = "person") -> Speaker:
    return Speaker(name, kind, name)  # type: ignore[arg-type]


def said(subject_line: str) -> Doc:
    """The opening sentence, then "The … said so." with the given tokens before the verb."""
    n = len(subject_line.split(" / "))
    return tree(OPENING, f"{subject_line} / said VERB VBD root 0 / so ADV RB advmod {n + 1} / . PUNCT . punct {n + 1}")


LAWMAKER = "The DET DT det 2 / lawmaker NOUN NN nsubj 3"
MINISTER = "Norway PROPN NNP nmod:poss 4 / 's PART POS case 1 / finance NOUN NN compound 4 / minister NOUN NN nsubj 5"


def test_a_description_means_the_holder_of_a_fitting_title() -> None:
    doc = said(LAWMAKER)
    found = speakers(doc, entity(doc, "Marta Lund", "Marta Lund", title="senator")).of(word(doc, "lawmaker"))
    assert (found.name, found.basis) == ("Marta Lund", "office")


def test_a_description_does_not_mean_somebody_of_another_office() -> None:
    doc = said(LAWMAKER)
    row = entity(doc, "Marta Lund", "Marta Lund", title="surgeon")
    found = speakers(doc, row).of(word(doc, "lawmaker"), before=running("Marta Lund"))
    assert found.name == "lawmaker"


def test_a_tie_of_holders_is_left_to_the_running_speaker() -> None:
    doc = said(LAWMAKER)
    rows = [entity(doc, "Marta", "Marta Lund", title="senator"), entity(doc, "Lund", "Ada Lund", title="senator")]
    known = persons(rows)
    assert office_holder(word(doc, "lawmaker"), known, {}, None) is None
    held = office_holder(word(doc, "lawmaker"), known, {}, "Ada Lund")
    assert held is not None
    assert held.canonical == "Ada Lund"


def test_a_country_speaks_against_a_holder_of_another() -> None:
    doc = said(MINISTER)
    norway = entity(doc, "Norway", "Norway", "LOC", country="NOR")
    for country, expected in (("NOR", "Marta Lund"), ("CHL", "Norway's finance minister")):
        row = entity(doc, "Marta Lund", "Marta Lund", title="finance minister", country=country)
        assert speakers(doc, row, norway).of(word(doc, "minister")).name == expected


def test_indefinite_and_plural_descriptions_mean_nobody_known() -> None:
    doc = said("A DET DT det 2 / lawmaker NOUN NN nsubj 3")
    assert speakers(doc, entity(doc, "Marta Lund", "Marta Lund", title="senator")).of(word(doc, "lawmaker")).name == "lawmaker"
    doc = said("The DET DT det 2 / lawmakers NOUN NNS nsubj 3")
    assert speakers(doc, entity(doc, "Marta Lund", "Marta Lund", title="senator")).of(word(doc, "lawmakers")).name == "lawmakers"


def test_kin_is_not_symmetric() -> None:
    assert means("lawmaker", {"senator"})
    assert not means("senator", {"lawmaker"})


def test_the_running_speaker_stands_behind_a_description_by_grade() -> None:
    doc = said("The DET DT det 3 / top ADJ JJ amod 3 / diplomat NOUN NN nsubj 4")
    row = entity(doc, "Marta Lund", "Marta Lund")
    assert speakers(doc, row).of(word(doc, "diplomat"), before=running("Marta Lund")).name == "Marta Lund"


def test_a_capitalised_description_names_somebody_itself() -> None:
    doc = said("The DET DT det 2 / Army NOUN NN nsubj 3")
    assert speakers(doc).of(word(doc, "Army"), before=running("Daily Courier", "organization")).name == "Army"


def test_a_statement_is_the_running_speakers_and_a_report_its_own() -> None:
    doc = said("The DET DT det 2 / statement NOUN NN nsubj 3")
    assert speakers(doc).of(word(doc, "statement"), before=running("Marta Lund")).name == "Marta Lund"
    assert speakers(doc).of(word(doc, "statement")).name is None
    doc = said("The DET DT det 2 / report NOUN NN nsubj 3")
    assert speakers(doc).of(word(doc, "report"), before=running("Marta Lund")).name == "report"


def test_us_in_capitals_is_a_country() -> None:
    doc = said("US PROPN NNP nsubj 2")
    assert speakers(doc, entity(doc, "US", "US", "LOC", country="USA")).of(word(doc, "US")).name == "US"


def test_a_surname_the_entities_left_out_is_looked_up() -> None:
    doc = said("Lund PRON PRP nsubj 2")
    again = [t for t in doc if t.text == "Lund"][1]
    assert speakers(doc, entity(doc, "Marta Lund", "Marta Lund")).of(again).name == "Marta Lund"


def test_counted_people_are_the_speaker() -> None:
    doc = said("Some DET DT nsubj 5 / of ADP IN case 4 / her PRON PRP$ nmod:poss 4 / neighbours NOUN NNS nmod 1")
    assert speakers(doc).of(word(doc, "Some")).name == "her neighbours"


def test_an_organisation_is_named_behind_its_noun() -> None:
    doc = said("The DET DT det 2 / newspaper NOUN NN nsubj 4 / Courier PROPN NNP compound 2")
    assert speakers(doc, entity(doc, "Courier", "Courier", "ORG")).of(word(doc, "newspaper")).name == "Courier"


def test_the_newspaper_is_the_one_organisation_near() -> None:
    doc = tree(
        "The DET DT det 2 / Courier PROPN NNP nsubj 3 / asked VERB VBD root 0 / . PUNCT . punct 3",
        "The DET DT det 2 / newspaper NOUN NN nsubj 3 / said VERB VBD root 0 / so ADV RB advmod 3 / . PUNCT . punct 3",
    )
    row = entity(doc, "Courier", "Courier", "ORG")
    assert speakers(doc, row).of(word(doc, "newspaper")).name == "Courier"
    other = entity(doc, "asked", "Gazette", "ORG")
    assert speakers(doc, row, other).of(word(doc, "newspaper")).name == "newspaper"


QUOTED = (
    "The DET DT det 2 / agency NOUN NN nsubj 3 / quoted VERB VBD root 0 / Lund PROPN NNP obj 3 / as SCONJ IN mark 6 / "
    "saying VERB VBG advcl 3 / the DET DT det 8 / dam NOUN NN nsubj 9 / held VERB VBD ccomp 6 / . PUNCT . punct 3"
)


def test_whoever_is_quoted_as_saying_speaks() -> None:
    doc = tree(QUOTED, lemmas={"quoted": "quote"})
    assert [subject(word(doc, verb))[0].text for verb in ("quoted", "saying")] == ["Lund", "Lund"]  # type: ignore[union-attr]


def test_what_precedes_the_cue_is_not_said() -> None:
    doc = tree(
        "As SCONJ IN mark 3 / snow NOUN NN nsubj 3 / fell VERB VBD advcl 9 / , PUNCT , punct 9 / Lund PROPN NNP nsubj 6 / "
        "said VERB VBD root 0 / roads NOUN NNS nsubj 9 / were AUX VBD cop 9 / closed ADJ JJ ccomp 6 / . PUNCT . punct 6"
    )
    assert [[doc.text[a:b] for a, b in q.pieces] for q in quotations(doc)] == [["roads were closed"]]


def test_a_place_line_does_not_speak() -> None:
    doc = tree(
        "OSLO PROPN NNP nsubj 5 / — PUNCT : punct 5 / Officials NOUN NNS dep 5 / also ADV RB advmod 5 / said VERB VBD root 0 / "
        "roads NOUN NNS nsubj 8 / were AUX VBD cop 8 / closed ADJ JJ ccomp 5 / . PUNCT . punct 5"
    )
    (q,) = quotations(doc)
    assert q.attribution is not None
    assert q.attribution.source is not None
    assert doc.text[slice(*q.attribution.source)] == "Officials"


def test_the_subject_of_a_passive_believes_nothing() -> None:
    doc = tree(
        "Lund PROPN NNP nsubj:pass 3 / is AUX VBZ aux:pass 3 / believed VERB VBN root 0 / to PART TO mark 5 / have VERB VB xcomp 3 / "
        "left VERB VBN ccomp 5 / . PUNCT . punct 3"
    )
    assert not [q for q in quotations(doc) if counts(q, doc)]


@pytest.mark.parametrize(("score", "expected"), [(0.95, "core-high"), (0.8, "core-high"), (0.7, "core-middle"), (0.1, "core-low")])
def test_bands(score: float, expected: str) -> None:
    assert band(score) == expected


def test_shapes_of_contents() -> None:
    doc = tree(
        "roads NOUN NNS nsubj 3 / were AUX VBD cop 3 / closed ADJ JJ root 0", "to PART TO mark 2 / leave VERB VB root 0 / now ADV RB x 2"
    )
    end = doc[2].idx + 6
    assert shape_of([(0, end)], "direct", doc) == "direct"
    assert shape_of([(0, end)], "indirect", doc) == "finite"
    assert shape_of([(doc[3].idx, len(doc.text))], "indirect", doc) == "verbal"
    assert shape_of([(0, 5)], "indirect", doc) == "bare"


def test_likelihood_comes_from_the_signs_that_have_weights() -> None:
    rows = load("quote_confidence").rows
    assert len({r["sign"] for r in rows}) == len(rows)
    clause, bare = share(Key("clause", "speech", "agree", "finite")), share(Key("object", "speech", "alone", "bare"))
    assert bare < 0.4 < 0.85 < clause < 1
    assert share(Key("clause", "unheard", "alone", "finite")) == pytest.approx(share(Key("clause", "never", "alone", "finite")))
    assert share(Key("clause", "speech-base", "alone", "finite")) < share(Key("clause", "speech", "alone", "finite"))
    signs = signs_of(Key("model", "stance-negated", "core-low", "bare"))
    assert {"bias", "kind:stance", "mood:negated", "loose:core-low", "core:bare", "model:bare"} <= set(signs)
