"""A quantity in a text, as it is found and while it is being read."""

from __future__ import annotations

import bisect
import dataclasses

from pipeline.text import number_gates
from pipeline.text.number_words import Cardinal
from pipeline.text.units import Money, Unit


@dataclasses.dataclass(frozen=True, slots=True)
class NumberSpan:
    """A quantity at text[start:end] (modifier, currency and unit included); the figure itself at [number_start:number_end)."""

    start: int
    end: int
    number_start: int
    number_end: int
    value: float | None
    low: float | None
    high: float | None
    modifier: str
    kind: str  # the codebook's claim kinds
    form: str  # cardinal, vague, fraction, range, score, ratio
    unit: str | None = None
    unit_basis: str | None = None  # how a currency was named: iso, symbol, name, noun, ambiguous
    candidates: tuple[str, ...] = ()  # the currencies an ambiguous sign may mean
    per: str | None = None  # denominator of a rate: "day", "barrel"
    si_value: float | None = None
    si_unit: str | None = None
    hyphen: bool = False  # the unit is bound by a hyphen and describes what follows ("three-day")
    words: bool = False
    plain: bool = False  # digits alone, without separator, point or scale
    modifier_end: int | None = None
    gate: str | None = None  # why the figure is no quantity


@dataclasses.dataclass(slots=True)
class Draft:
    """A quantity in the making."""

    start: int
    end: int
    number_start: int
    number_end: int
    first: Cardinal
    second: Cardinal | None = None
    form: str = "cardinal"
    between: bool = False
    money: Money | None = None
    unit: Unit | None = None
    hyphen: bool = False
    factor: float = 1.0
    add: float = 0.0


class MaskedText:
    """A text with its masked spans, for one run of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.masks = number_gates.masked(text)
        self.starts = [m[0] for m in self.masks]

    def mask_at(self, pos: int) -> tuple[int, int, str] | None:
        """The masked span that holds pos."""
        k = bisect.bisect_right(self.starts, pos) - 1
        return self.masks[k] if k >= 0 and pos < self.masks[k][1] else None


def tidy(value: float) -> float:
    """Takes the binary dust off a product."""
    return float(f"{value:.15g}")
