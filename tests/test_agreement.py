"""Mentions of one name in a text agree on its kind."""

from __future__ import annotations

import pytest

from pipeline.language.agreement import agree


def test_the_surer_mentions_outvote_the_odd_one() -> None:
    words = ["Odhikar", "said", "so", ".", "Odhikar", "left", ".", "Later", "Odhikar", "spoke"]
    names = [(0, 1, "ORG", 0.9), (4, 5, "PERSON", 0.6), (8, 9, "ORG", 0.7)]
    found = agree(names, words)
    assert [n[2] for n in found] == ["ORG", "ORG", "ORG"]
    assert found[0] == names[0]
    assert found[1][3] == pytest.approx(0.6 * 1.6 / 2.2)


def test_a_full_name_tells_what_its_last_word_is() -> None:
    words = ["Junichiro", "Koizumi", "ruled", ".", "The", "Koizumi", "cabinet", "fell"]
    found = agree([(0, 2, "PERSON", 0.99), (5, 6, "ORG", 0.5)], words)
    assert [n[2] for n in found] == ["PERSON", "PERSON"]


def test_an_organisation_says_nothing_of_its_last_word() -> None:
    words = ["Radio", "Kigali", "closed", "in", "Kigali"]
    names = [(0, 2, "ORG", 0.99), (4, 5, "LOC", 0.5)]
    assert agree(names, words) == names


def test_dates_and_sums_of_money_take_no_part() -> None:
    words = ["March", "fell", "in", "March", ",", "said", "March"]
    names = [(0, 1, "DATE", 0.9), (3, 4, "DATE", 0.9), (6, 7, "PERSON", 0.4)]
    assert agree(names, words) == names


def test_a_tie_leaves_each_as_it_was() -> None:
    words = ["Jordan", "and", "Jordan"]
    names = [(0, 1, "PERSON", 0.5), (2, 3, "LOC", 0.5)]
    assert agree(names, words) == names


def test_case_is_no_difference() -> None:
    found = agree([(0, 1, "LOC", 0.9), (1, 2, "ORG", 0.4)], ["GAZA", "Gaza"])
    assert [n[2] for n in found] == ["LOC", "LOC"]
