"""The entities stage on Docs built by hand."""

from __future__ import annotations

from types import SimpleNamespace

from spacy.tokens import Doc, Span

from pipeline.article import Article
from pipeline.stages.entities import Entity, entities
from pipeline.stages.sentences import Sentence
from tests.trees import tree


def run(doc: Doc, *, dateline: str | None = None, boilerplate: tuple[int, ...] = ()) -> list[Entity]:
    article = Article(article_id="a1", uri="x", text=doc.text, dateline_place=dateline)
    sentences = [
        Sentence(
            article_id="a1", sentence_id=n, paragraph=0, start=s.start_char, end=s.end_char, text=s.text,
            kind="boilerplate" if n in boilerplate else "body",
        )
        for n, s in enumerate(doc.sents)
    ]  # fmt: skip
    rows = list(entities(article, doc, SimpleNamespace(rows=lambda row: sentences, settings=None)))  # type: ignore[arg-type]
    assert all(doc.text[r.start : r.end] == r.text for r in rows)  # type: ignore[attr-defined]
    return rows  # type: ignore[return-value]


MET = (
    "Veldian ADJ JJ amod 3 / Foreign PROPN NNP compound 3 / Minister PROPN NNP compound 4 / Irina PROPN NNP nsubj 6 "
    "/ Orlova PROPN NNP flat 4 "
    "/ met VERB VBD root 0 / reporters NOUN NNS obj 6 / in ADP IN case 9 / Baku PROPN NNP obl 6 / . PUNCT . punct 6"
)
SAID = "Orlova PROPN NNP nsubj 2 / left VERB VBD root 0 / . PUNCT . punct 2"


def test_mentions_of_one_person_share_entity_title_and_fullest_name() -> None:
    first, place, second = run(tree(MET, SAID, names=[("Irina Orlova", "PERSON"), ("Baku", "LOC"), ("Orlova", "PERSON")]))
    assert first.entity_id == second.entity_id != place.entity_id
    assert first.mention_id != second.mention_id
    assert (first.canonical, second.canonical) == ("Irina Orlova", "Irina Orlova")
    assert first.title == second.title == "Veldian Foreign Minister"
    assert (first.sentence_id, second.sentence_id) == (0, 1)


def test_a_nationality_before_the_title_is_the_affiliation() -> None:
    text = MET.replace("Veldian", "Armenian")
    (nation, person, _) = run(tree(text, names=[("Armenian", "NORP"), ("Irina Orlova", "PERSON"), ("Baku", "LOC")]))
    assert (person.title, person.affiliation, person.country) == ("Foreign Minister", "Armenia", "ARM")
    assert (nation.country, nation.lat, nation.geo_precision) == ("ARM", None, None)


def test_places_have_coordinates_and_persons_none() -> None:
    person, place = run(tree(MET, names=[("Irina Orlova", "PERSON"), ("Baku", "LOC")]))
    assert (place.country, place.geo_precision) == ("AZE", "city")
    assert place.lat is not None
    assert place.lon is not None
    assert abs(place.lat - 40.4) < 0.3
    assert abs(place.lon - 49.9) < 0.3
    assert (person.lat, person.lon, person.geonames_id, person.geo_precision) == (None, None, None, None)


def test_an_office_in_apposition() -> None:
    doc = tree(
        "Irina PROPN NNP nsubj 13 / Orlova PROPN NNP flat 1 / , PUNCT , punct 6 / the DET DT det 6 / security NOUN NN compound 6 "
        "/ adviser NOUN NN appos 1 "
        "/ to ADP IN case 9 / President PROPN NNP compound 9 / Peter PROPN NNP nmod 6 / Hale PROPN NNP flat 9 / , PUNCT , punct 6 "
        "/ has AUX VBZ aux 13 "
        "/ left VERB VBN root 0 / . PUNCT . punct 13",
        names=[("Irina Orlova", "PERSON"), ("Peter Hale", "PERSON")],
    )
    adviser, president = run(doc)
    assert adviser.title == "security adviser to President Peter Hale"
    assert president.title == "President"


def test_organisations_know_their_country_by_name_neighbour_or_acronym() -> None:
    doc = tree(
        "The DET DT det 4 / Armenian ADJ JJ amod 4 / Defense PROPN NNP compound 4 / Ministry PROPN NNP nsubj 8 / and CCONJ CC cc 7 "
        "/ the DET DT det 7 "
        "/ CIA PROPN NNP conj 4 / met VERB VBD root 0 / Redwing PROPN NNP obj 8 / . PUNCT . punct 8",
        names=[("Armenian", "NORP"), ("Defense Ministry", "ORG"), ("CIA", "ORG"), ("Redwing", "ORG")],
    )
    _, ministry, agency, group = run(doc)
    assert (ministry.country, ministry.affiliation) == ("ARM", "Armenia")
    assert (agency.country, group.country) == ("USA", None)


def test_boilerplate_has_no_entities() -> None:
    doc = tree(MET, SAID, names=[("Irina Orlova", "PERSON"), ("Baku", "LOC"), ("Orlova", "PERSON")])
    assert {r.sentence_id for r in run(doc, boilerplate=(0,))} == {1}


def test_titles_alone_are_no_persons_and_possessives_no_part_of_names() -> None:
    doc = tree(
        "Rear PROPN NNP compound 3 / Adm. PROPN NNP compound 3 / Hale PROPN NNP nmod:poss 5 / 's PART POS case 3 "
        "/ ship NOUN NN nsubj 6 / sank VERB VBD root 0 / . PUNCT . punct 6",
        names=[("Rear Adm.", "PERSON"), ("Hale's", "PERSON")],
    )
    (row,) = run(doc)
    assert (row.text, row.title) == ("Hale", "Rear Adm.")


def test_scores_of_the_core_become_confidence_and_labels_agree() -> None:
    doc = tree(SAID, SAID, SAID)
    spans = [Span(doc, 0, 1, label="PERSON"), Span(doc, 3, 4, label="ORG"), Span(doc, 6, 7, label="PERSON")]
    doc.spans["names"] = spans
    doc.spans["names"].attrs["scores"] = [0.95, 0.4, 0.9]
    rows = run(doc)
    assert [(r.label, r.confidence) for r in rows] == [("PERSON", 0.95), ("PERSON", 0.4), ("PERSON", 0.9)]
    assert len({r.entity_id for r in rows}) == 1


def test_labels_of_other_pipelines_are_mapped_or_left_out() -> None:
    doc = tree(MET, names=[("Irina Orlova", "PERSON"), ("Baku", "GPE")])
    doc.ents = [*doc.ents, Span(doc, 6, 7, label="CARDINAL")]
    assert [r.label for r in run(doc)] == ["PERSON", "LOC"]


def test_the_same_article_gives_the_same_rows() -> None:
    made = [run(tree(MET, SAID, names=[("Irina Orlova", "PERSON"), ("Baku", "LOC"), ("Orlova", "PERSON")])) for _ in range(2)]
    assert made[0] == made[1]


def title_of(*sentences: str) -> str | None:
    (person,) = [row for row in run(tree(*sentences, names=[("Irina Orlova", "PERSON")])) if row.label == "PERSON"]
    return person.title


def test_an_office_with_a_phrase_of_its_own_before_the_name() -> None:
    text = (
        "Minister PROPN NNP nsubj 6 / of ADP IN case 3 / Labour PROPN NNP nmod 1 / Irina PROPN NNP nmod 1 / Orlova PROPN NNP flat 4 "
        "/ left VERB VBD root 0 / . PUNCT . punct 6"
    )
    assert title_of(text) == "Minister of Labour"


def test_an_office_with_an_owner_before_a_comma_that_the_tree_hung_elsewhere() -> None:
    text = (
        "The DET DT det 2 / republic NOUN NN nmod:poss 5 / 's PART POS case 2 / foreign ADJ JJ amod 5 / minister NOUN NN nsubj 10 "
        "/ , PUNCT , punct 5 / Irina PROPN NNP nmod 5 / Orlova PROPN NNP flat 7 / , PUNCT , punct 5 / left VERB VBD root 0"
    )
    assert title_of(text) == "foreign minister"


def test_a_noun_before_a_comma_without_article_is_no_office() -> None:
    text = (
        "Unlike ADP IN case 2 / ministers NOUN NNS obl 6 / , PUNCT , punct 2 / Irina PROPN NNP nsubj 6 / Orlova PROPN NNP flat 4 "
        "/ left VERB VBD root 0"
    )
    assert title_of(text) is None


def test_the_owner_of_an_office_is_the_affiliation() -> None:
    text = (
        "Norway PROPN NNP nmod:poss 4 / 's PART POS case 1 / foreign ADJ JJ amod 4 / minister NOUN NN nsubj 7 / Irina PROPN NNP flat 4 "
        "/ Orlova PROPN NNP flat 5 / left VERB VBD root 0"
    )
    _, person = run(tree(text, names=[("Norway", "LOC"), ("Irina Orlova", "PERSON")]))
    assert (person.title, person.affiliation, person.country) == ("foreign minister", "Norway", "NOR")


def test_a_place_and_its_country_marked_as_one_are_two() -> None:
    text = (
        "Talks NOUN NNS nsubj 2 / opened VERB VBD root 0 / in ADP IN case 4 / Sofia PROPN NNP obl 2 / , PUNCT , punct 6 "
        "/ Bulgaria PROPN NNP appos 4"
    )
    city, country = run(tree(text, names=[("Sofia, Bulgaria", "LOC")]))
    assert (city.text, city.geo_precision, country.text, country.geo_precision) == ("Sofia", "city", "Bulgaria", "country")
    assert city.entity_id != country.entity_id


def test_a_person_cut_in_two_is_one() -> None:
    text = (
        "Abdel PROPN NNP nsubj 5 / - PUNCT HYPH punct 1 / Fattah PROPN NNP flat 1 / Orlov PROPN NNP flat 1 / left VERB VBD root 0 "
        "/ . PUNCT . punct 5"
    )
    doc = tree(text)
    doc.ents = [Span(doc, 0, 2, label="PERSON"), Span(doc, 2, 3, label="PERSON")]
    (person,) = run(doc)
    assert person.text == person.canonical == doc[0:4].text


def test_a_town_taken_for_a_person_is_a_place_where_it_stands_as_one() -> None:
    text = "Troops NOUN NNS nsubj 2 / stayed VERB VBD root 0 / in ADP IN case 4 / Mansfield PROPN NNP obl 2 / . PUNCT . punct 2"
    (place,) = run(tree(text, names=[("Mansfield", "PERSON")]))
    assert (place.label, place.geo_precision) == ("LOC", "city")


def test_a_name_marked_once_is_a_row_wherever_it_stands() -> None:
    first, again = run(tree(MET, SAID, names=[("Irina Orlova", "PERSON")]))
    assert (again.text, again.entity_id) == ("Orlova", first.entity_id)
    assert 0.0 < again.confidence < first.confidence
