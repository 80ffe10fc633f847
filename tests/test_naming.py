"""Names that the language core left unmarked or cut, on Docs built by hand."""

from __future__ import annotations

from pipeline.language.naming import Found, joins, name_end, stands_as_place, unmarked
from tests.trees import tree


def marked(doc: object) -> list[Found]:
    return [Found(e.start, e.end, e.label_, 0.9) for e in doc.ents]  # type: ignore[attr-defined]


def found(*sentences: str, names: list[tuple[str, str]] | None = None) -> list[tuple[str, str]]:
    doc = tree(*sentences, names=names or [])
    return [(doc[n.start : n.end].text, n.label) for n in unmarked(doc, marked(doc))]


MET = "Irina PROPN NNP nsubj 3 / Orlova PROPN NNP flat 1 / met VERB VBD root 0 / Redwing PROPN NNP obj 3 / . PUNCT . punct 3"


def test_a_marked_name_is_found_again_and_a_person_by_the_surname() -> None:
    again = "Redwing PROPN NNP nsubj 2 / thanked VERB VBD root 0 / Orlova PROPN NNP obj 2 / . PUNCT . punct 2"
    assert found(MET, again, names=[("Irina Orlova", "PERSON"), ("Redwing", "ORG")]) == [("Redwing", "ORG"), ("Orlova", "PERSON")]


def test_a_name_the_core_tagged_a_pronoun_is_found_too() -> None:
    again = "Orlova PRON PRP nsubj 2 / left VERB VBD root 0 / . PUNCT . punct 2"
    assert found(MET, again, names=[("Irina Orlova", "PERSON")]) == [("Orlova", "PERSON")]


def test_part_of_a_longer_name_is_no_name() -> None:
    again = "Anna PROPN NNP nsubj 3 / Orlova PROPN NNP flat 1 / left VERB VBD root 0 / . PUNCT . punct 3"
    assert ("Orlova", "PERSON") not in found(MET, again, names=[("Irina Orlova", "PERSON")])


def test_a_title_before_a_surname_is_none_of_it() -> None:
    again = "President PROPN NNP compound 2 / Orlova PROPN NNP nsubj 3 / left VERB VBD root 0 / . PUNCT . punct 3"
    assert found(MET, again, names=[("Irina Orlova", "PERSON")]) == [("Orlova", "PERSON")]


def test_countries_buildings_and_acronyms_need_no_context() -> None:
    text = (
        "Norway PROPN NNP nsubj 2 / told VERB VBD root 0 / the DET DT det 4 / Kremlin PROPN NNP obj 2 / and CCONJ CC cc 6 "
        "/ UNHCR PROPN NNP conj 4"
    )
    assert found(text) == [("Norway", "LOC"), ("Kremlin", "ORG"), ("UNHCR", "ORG")]


def test_an_acronym_in_a_headline_of_capitals_tells_nothing() -> None:
    assert found("TALKS NOUN NNS nsubj 3 / UNHCR PROPN NNP flat 1 / STALLED VERB VBD root 0") == []


def test_a_country_inside_another_name_is_none() -> None:
    assert found("Norway PROPN NNP compound 2 / Today PROPN NNP nsubj 3 / said VERB VBD root 0") == []


def test_a_given_name_with_its_surname_is_a_person() -> None:
    assert found("Peter PROPN NNP nsubj 3 / Haleburn PROPN NNP flat 1 / left VERB VBD root 0") == [("Peter Haleburn", "PERSON")]


def test_a_place_that_begins_with_a_given_name_is_no_person() -> None:
    assert found("Santiago PROPN NNP nsubj 3 / Atitlan PROPN NNP flat 1 / flooded VERB VBD root 0") == []


def test_pieces_of_one_persons_name() -> None:
    doc = tree("Abdel PROPN NNP nsubj 5 / - PUNCT HYPH punct 1 / Fattah PROPN NNP flat 1 / Hale PROPN NNP flat 1 / left VERB VBD root 0")
    assert joins(doc, 2, 2)
    assert name_end(doc, doc[2:3], 5) == 3  # Hale hangs on Abdel, which is outside
    assert name_end(doc, doc[0:3], 5) == 4
    apart = tree("Hale PROPN NNP nsubj 4 / and CCONJ CC cc 3 / Dunn PROPN NNP conj 1 / left VERB VBD root 0")
    assert not joins(apart, 1, 2)


def test_in_a_town_stands_a_place() -> None:
    doc = tree(
        "Troops NOUN NNS nsubj 2 / stayed VERB VBD root 0 / in ADP IN case 4 / Mansfield PROPN NNP obl 2 / . PUNCT . punct 2",
        "Members NOUN NNS nsubj 2 / stayed VERB VBD root 0 / in ADP IN case 4 / Congress PROPN NNP obl 2 / . PUNCT . punct 2",
        names=[("Mansfield", "PERSON"), ("Congress", "ORG")],
    )
    town, body = doc.ents
    assert stands_as_place(town)
    assert not stands_as_place(body)
