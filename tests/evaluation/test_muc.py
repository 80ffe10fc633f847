"""Which clusters count as incidents by MUC-4's guidelines."""

from __future__ import annotations

import datetime as dt
import types
from typing import Any

import pytest

from pipeline.evaluation.muc import _incidents, _template

PUBLISHED = dt.date(2021, 3, 10)


def row(**more: Any) -> Any:
    """An event as far as the measure reads it: guards robbed of nothing, one man killed on 8 March."""
    cells: dict[str, Any] = {
        "event_type": "ASSAULT", "event_mode": None, "factuality": "asserted", "cluster_id": "c1", "trigger_lemma": "kill",
        "actor": "gunmen", "actor_sector": "UAF", "recipient": "the mayor", "recipient_sector": "GOV", "recipient_entity_id": "m",
        "killed_low": None, "killed_best": None, "injured_low": None, "injured_best": None, "place": None, "country": "PER",
        "geo_basis": "none",
        "date_start": dt.date(2021, 3, 8), "date_end": dt.date(2021, 3, 8),
    }  # fmt: skip
    return types.SimpleNamespace(**(cells | more))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"trigger_lemma": "clash"}, "fighting in general is no incident"),
        ({"recipient_sector": "MIL", "recipient": "two soldiers"}, "armed forces are no targets"),
        ({"recipient": None, "recipient_entity_id": None}, "neither a target nor a count"),
        ({"factuality": "future"}, "it has not happened"),
        ({"date_start": dt.date(2020, 3, 8), "date_end": dt.date(2020, 3, 8)}, "a year back"),
        ({"date_start": dt.date(2021, 1, 1), "date_end": dt.date(2021, 12, 31)}, "some time in the year"),
        ({"event_type": "COERCE", "event_mode": "seize", "actor_sector": "COP"}, "the police seize by law"),
        ({"event_type": "ACCUSE"}, "words"),
        ({"date_start": None, "date_end": None, "recipient_entity_id": None}, "nothing makes it specific"),
    ],
)
def test_what_is_no_incident(more: dict[str, Any], why: str) -> None:
    assert len(_incidents([row()], PUBLISHED)) == 1
    assert _incidents([row(**more)], PUBLISHED) == [], why


def test_one_victim_is_one_incident_unless_the_dates_differ() -> None:
    taken = row(cluster_id="c2", trigger_lemma="kidnap", date_start=None, date_end=None)
    assert len(_incidents([row(), taken], PUBLISHED)) == 1
    later = row(cluster_id="c2", date_start=dt.date(2021, 3, 9), date_end=dt.date(2021, 3, 9))
    assert len(_incidents([row(), later], PUBLISHED)) == 2


def test_a_country_stands_in_for_a_missing_place() -> None:
    assert _template([row()])["location"] == ["Peru"]
    assert _template([row(), row(place="Lima")])["location"] == ["Lima"]
