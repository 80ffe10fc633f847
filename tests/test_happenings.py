"""Which mentions and clusters of an article are one happening."""

from __future__ import annotations

import datetime as dt

from pipeline.text.happenings import Told, alike, clusters

DAY, NEXT = dt.date(2021, 3, 4), dt.date(2021, 3, 5)


def told(sentence: int, stem: str, **more: object) -> Told:
    return Told(type="ASSAULT", mode=None, stem=stem, sentence=sentence, head=10 * sentence, **more)  # type: ignore[arg-type]


def test_clusters_are_joined_by_what_their_mentions_tell_together() -> None:
    mentions = [
        told(3, "raid", actors=frozenset({"army"}), start=DAY, end=DAY),
        told(20, "shoot", recipients=frozenset({"mayor"})),
        told(30, "kill", recipients=frozenset({"mayor"}), start=DAY, end=DAY),
        told(40, "raid", start=DAY, end=DAY, actors=frozenset({"army"})),
        told(60, "shoot", actors=frozenset({"army"}), start=DAY, end=DAY, recipients=frozenset({"mayor"})),
    ]
    numbers, merges = clusters(mentions)
    assert len(set(numbers)) == 1
    assert all(m.reason for m in merges)
    assert len(merges) == len(mentions) - 1  # each join can be undone by dropping its merge


def test_clusters_that_contradict_each_other_stay_apart() -> None:
    mentions = [
        told(3, "raid", actors=frozenset({"army"}), recipients=frozenset({"mayor"}), start=DAY, end=DAY),
        told(30, "raid", actors=frozenset({"army"}), recipients=frozenset({"mayor"}), start=NEXT, end=NEXT),
    ]
    assert len(set(clusters(mentions)[0])) == 2


def test_numbers_follow_the_first_mention() -> None:
    mentions = [
        told(1, "raid", recipients=frozenset({"a"}), start=DAY, end=DAY),
        told(30, "strike", recipients=frozenset({"b"}), start=NEXT, end=NEXT),
        told(31, "raid", recipients=frozenset({"a"}), start=DAY, end=DAY),
    ]
    assert clusters(mentions)[0] == [0, 1, 0]


def test_a_shared_number_of_dead_tells_more_than_other_parties() -> None:
    one = [told(1, "blast", killed=17.0, recipients=frozenset({"crowd"}))]
    other = [told(9, "attack", killed=17.0, recipients=frozenset({"people"}))]
    score, reason = alike(one, other)
    assert reason == "same number killed"
    assert score > alike(one, [told(9, "attack", killed=3.0, recipients=frozenset({"people"}))])[0]
