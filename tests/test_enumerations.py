"""Lists on one line: their items open sentences, their marks do not end any."""

from __future__ import annotations

import pytest

from pipeline.text.enumerations import forced_starts, list_items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1) Open the gate 2) Let the convoy pass", ["1) Open the gate ", "2) Let the convoy pass"]),
        ("1.) Withdraw. 2.) Disarm. 3.) Vote.", ["1.) Withdraw. ", "2.) Disarm. ", "3.) Vote."]),
        ("a. the army b. the police", ["a. the army ", "b. the police"]),
        ("(1) Do it; (2) leave.", ["(1) Do it; ", "(2) leave."]),
        ("• 9. Lift the curfew • 10. Free the detainees", ["• 9. Lift the curfew ", "• 10. Free the detainees"]),
        ("Terms:\n1. Stop firing. 2. Withdraw.\nThat was all.", ["1. Stop firing. ", "2. Withdraw."]),
        ("A. Marsh met B. Ito in Geneva.", []),  # initials, not letters of a list
        ("1. The cabinet met.", []),  # one mark makes no list
        ("The vote was 3. Then 4. Then silence.", []),  # no mark opens the paragraph
        ("1) Stay 3) Go", []),  # not in order
        ("1) Stay 2. Go", []),  # not of one form
        ("", []),
    ],
)
def test_items(text: str, items: list[str]) -> None:
    found = list_items(text)
    ends = [*(i.start for i in found[1:]), None]
    assert [text[i.start : e].split("\n")[0] for i, e in zip(found, ends, strict=False)] == items


def test_forced_starts_name_the_mark_and_the_first_word_of_its_body() -> None:
    text = "1) Stay put 2) Go"
    offsets = [0, 1, 3, 8, 12, 13, 15]
    assert forced_starts(text, offsets) == {0: True, 1: False, 2: False, 4: True, 5: False, 6: False}
