"""Countries, the gazetteer and the geocoder, by tables of cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import lexicon
from pipeline.errors import LexiconError
from pipeline.text import gazetteer
from pipeline.text.countries import capital_of, countries_in, country_name, country_of, find_countries, is_nationality, metonym_of
from pipeline.text.places import Toponym, distance_km, geocode

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    rows = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [pytest.param(row, id=row["why"]) for row in rows]


@pytest.mark.parametrize("case", cases("countries"))
def test_countries(case: dict[str, Any]) -> None:
    assert {"country": country_of(case["text"]), "nationality": is_nationality(case["text"])} == case["expect"]


@pytest.mark.parametrize("case", cases("places"))
def test_geocode(case: dict[str, Any]) -> None:
    text = case["text"]
    mentions = [Toponym(name=n, start=text.index(n), end=text.index(n) + len(n)) for n in case["names"]]
    places = geocode(mentions, text, countries=case.get("countries", ()))
    assert [[p.country, p.precision] if p else None for p in places] == case["expect"]


def test_countries_inside_a_phrase() -> None:
    assert countries_in("four Saudi men and a Jordanian") == ["SAU", "JOR"]
    text = "the Democratic Republic of the Congo and U.S. troops"
    assert [(code, text[a:b]) for code, a, b in find_countries(text)] == [("COD", "Democratic Republic of the Congo"), ("USA", "U.S.")]


def test_capitals_and_metonyms_are_told_apart() -> None:
    assert (capital_of("Moscow"), capital_of("Kyiv"), capital_of("Gotham")) == ("RUS", "UKR", None)
    kremlin = metonym_of("the Kremlin")
    assert kremlin is not None
    assert (kremlin.country, kremlin.sector) == ("RUS", "GOV")
    assert metonym_of("Moscow") is None


def test_every_country_code_has_a_name_and_every_metonym_a_known_country() -> None:
    for row in lexicon.load("metonyms").rows:
        assert not row["country"] or country_name(row["country"]), row["name"]
    for row in lexicon.load("acronyms").rows:
        assert not row["country"] or country_name(row["country"]), row["acronym"]
    for row in lexicon.load("regions").rows:
        assert not row["country"] or country_name(row["country"]), row["name"]
        assert -90 <= float(row["lat"]) <= 90
        assert -180 <= float(row["lon"]) <= 180


def test_dateline_tips_the_balance() -> None:
    text = "Police in Alexandria arrested two."
    mention = [Toponym(name="Alexandria", start=10, end=20)]
    (egypt,) = geocode(mention, text, dateline_place="Cairo")
    (virginia,) = geocode(mention, text, dateline_place="Washington, D.C.", countries=["USA"] * 6)
    assert egypt is not None
    assert egypt.country == "EGY"
    assert virginia is not None
    assert virginia.country == "USA"


def test_confidence_falls_with_rivals() -> None:
    (clear,) = geocode([Toponym(name="Ouagadougou", start=0, end=11)])
    (doubtful,) = geocode([Toponym(name="Springfield", start=0, end=11)])
    assert clear is not None
    assert doubtful is not None
    assert clear.confidence > 0.9 > doubtful.confidence
    assert doubtful.alternatives > clear.alternatives


def test_the_gazetteer_is_the_one_its_record_names() -> None:
    manifest = lexicon.load("gazetteer").rows[0]
    _, digest = lexicon.load_bytes(manifest["file"])
    assert digest == manifest["blake2b"]
    assert len(gazetteer.load()) == int(manifest["places"])


def test_a_missing_index_says_what_to_do() -> None:
    with pytest.raises(LexiconError, match=r"no 'nowhere\.npz'"):
        lexicon.load_bytes("nowhere.npz")


def test_lookup_finds_own_and_other_names() -> None:
    found = gazetteer.load().lookup("Kiev")
    assert any(c.name == "Kyiv" and c.country == "UKR" and not c.own for c in found)
    assert gazetteer.load().lookup("Zzyqxland") == []
    assert gazetteer.load().lookup("") == []


def test_corrections_add_move_and_drop() -> None:
    import io

    import numpy as np

    raw, _ = lexicon.load_bytes("gazetteer.npz")
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    empty = dict.fromkeys(("action", "name", "aliases", "kind", "country", "admin1", "lat", "lon", "population", "geonames_id"), "")
    rows = (
        empty
        | {"action": "add", "name": "Qarabulaq Camp", "aliases": "Camp Q", "kind": "city", "country": "AZE", "lat": "40.1", "lon": "47.2"},
        empty | {"action": "move", "name": "Texas", "kind": "admin1", "country": "USA", "lat": "1.0", "lon": "2.0"},
        empty | {"action": "drop", "name": "Ouagadougou"},
    )
    corrected = gazetteer.Gazetteer(arrays, lexicon.Lexicon("test", tuple(empty), rows, ""))
    assert [c.lat for c in corrected.lookup("Camp Q")] == [40.1]
    assert (corrected.lookup("Texas")[0].lat, corrected.lookup("Texas")[0].lon) == (1.0, 2.0)
    assert corrected.lookup("Ouagadougou") == []
    with pytest.raises(LexiconError, match="action"):
        gazetteer.Gazetteer(arrays, lexicon.Lexicon("test", tuple(empty), (empty | {"action": "rename", "name": "X"},), ""))


def test_place_keys_ignore_how_a_name_is_spelt() -> None:
    keys = {gazetteer.place_key(n) for n in ("Saint-Étienne", "St. Etienne", "ST ETIENNE", "the Saint Étienne")}
    assert keys == {"st etienne"}


def test_distances() -> None:
    assert distance_km((51.5, -0.1), (48.85, 2.35)) == pytest.approx(341, abs=5)
    assert distance_km((10.0, 10.0), (10.0, 10.0)) == 0.0
