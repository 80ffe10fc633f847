"""Names of persons and organisations: parts, gender, clusters, fullest forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.text import names

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "names.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_clusters(case: dict[str, Any]) -> None:
    mentions = [names.NameMention(text=n, label=case["label"], start=i) for i, n in enumerate(case["names"])]
    assert names.cluster(mentions) == case["expect"]


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Maria Gomez", "f"), ("Mr. Gomez", "m"), ("Gomez", None), ("Queen Beatrix", "f"), ("Robin Smith", None), ("Vladimir Karlov", "m"),
        ("spokeswoman Robin Smith", "f"), ("", None),
    ],
)  # fmt: skip
def test_gender(name: str, gender: str | None) -> None:
    assert names.gender(name) == gender


def test_a_title_before_the_mention_tells_gender_too() -> None:
    mentions = [
        names.NameMention(text="Peter Hale", label="PERSON", start=0),
        names.NameMention(text="Anna Hale", label="PERSON", start=20),
        names.NameMention(text="Hale", label="PERSON", start=40, before="said Mrs."),
    ]
    assert names.cluster(mentions) == [0, 1, 1]


def test_parts() -> None:
    assert names.parse("President Jimmy Karter Jr.'s") == names.PersonName(("president",), ("jimmy", "karter"))
    assert names.parse("Salim bin Rashid al-Haddad").parts == ("salim", "rashid", "haddad")
    assert names.only_titles("Rear Adm.")
    assert not names.only_titles("Adm. Hale")


@pytest.mark.parametrize(
    ("texts", "label", "fullest"),
    [
        (["Orlova", "President Irina Orlova", "Irina Orlova's"], "PERSON", "Irina Orlova"),
        (["HRW", "Human Rights Watch"], "ORG", "Human Rights Watch"),
        (["the United Nations", "UN"], "ORG", "United Nations"),
        (["U.S.", "United States"], "LOC", "United States"),
        (["Armenians", "Armenian"], "NORP", "Armenians"),
    ],
)
def test_the_fullest_name(texts: list[str], label: str, fullest: str) -> None:
    assert names.canonical(texts, label) == fullest


def test_acronyms() -> None:
    assert names.expands("HRW", "Human Rights Watch")
    assert names.expands("MoD", "Ministry of Defence")
    assert not names.expands("HRW", "Red Cross")
    assert names.acronym_country("CIA") == "USA"
    assert names.acronym_country("RSF") is None  # two organisations, one of no country


def test_nouns_for_persons_and_bodies() -> None:
    assert names.person_noun("spokeswoman")
    assert names.noun_gender("spokeswoman") == "f"
    assert names.nominal_labels("company") == {"ORG"}
    assert "PERSON" in names.nominal_labels("minister")
    assert names.nominal_labels("banana") == frozenset()


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        ("Veldian Times", True),
        ("Reuters", True),
        ("the Associated Press", True),
        ("State TV", True),
        ("Redwing", False),
        ("Red Cross", False),
    ],
)
def test_news_media(name: str, medium: bool) -> None:
    assert names.is_news_medium(name) is medium


def test_given_names_and_known_acronyms() -> None:
    assert names.is_given_name("Irina")
    assert not names.is_given_name("General")
    assert names.known_acronym("UNHCR")
    assert names.known_acronym("U.N.")
    assert not names.known_acronym("QXZV")
