"""Gates: whether words that may be temporal ("May", "2000", "the year", "second") are so where they stand."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.text.date_grammar import Core
from pipeline.text.date_lexicon import context
from pipeline.text.date_meaning import Duration, Partial, Unit
from pipeline.text.date_tokens import Tokens

TEMPORAL_BEFORE = frozenset("p7654iEAdbxekfLXTHCPFVc")  # prepositions, modifiers, relations: a time may follow
AFTER_OF = frozenset("MmWwnORIYJtH")


def plausible(tokens: Tokens, core: Core) -> bool:
    """Whether a core may stand; certain ones always may."""
    gate = GATES.get(core.rule)
    return gate is None or core.sure or gate(tokens, core)


def _around(tokens: Tokens, core: Core) -> tuple[str, str, str, str]:
    """(class before, word before, class after, word after); blanks at the edges."""
    first, last, kinds = core.first, core.last, tokens.kinds
    before = (kinds[first - 1], tokens.low[first - 1]) if first else ("_", "")
    after = (kinds[last], tokens.low[last]) if last < len(kinds) else ("_", "")
    return *before, *after


def _bare_day(tokens: Tokens, core: Core) -> bool:
    first = core.first
    return first > 1 and tokens.kinds[first - 1] == "t" and tokens.low[first - 2] in context("before-day")


def _bare_part(tokens: Tokens, core: Core) -> bool:
    kind, _, after, _ = _around(tokens, core)
    if kind not in "p7654:&,._":
        return False  # "spent the night"
    return after != "f" or tokens.kinds[core.last + 1 : core.last + 2] in AFTER_OF


def _two_years(tokens: Tokens, core: Core) -> bool:
    """No part of a telephone or serial number: nothing but the two years hangs together by hyphens."""
    kinds, first, last = tokens.kinds, core.first, core.last
    if kinds[first - 1 : first] in ("-", "/", "4", "6", "~") and first > 1 and kinds[first - 2] == "Y":  # the second of the pair
        return kinds[last : last + 1] != "-" and kinds[max(0, first - 3) : first - 2] != "-"
    return kinds[first - 1 : first] != "-" and kinds[last + 2 : last + 3] != "-"


def _month(tokens: Tokens, core: Core) -> bool:
    kind, word, after, _ = _around(tokens, core)
    if kind in "&:,-46":  # "April and May", "between March and May"
        before = tokens.kinds[max(0, core.first - 4) : core.first - 1]
        return kind in "46" or any(k in before for k in "Mi")
    if kind in TEMPORAL_BEFORE and word not in context("not-before-month") and kind != "H":
        return not (kind == "k" and word == "after")
    return after in "46-" and core.last + 1 < len(tokens.kinds) and tokens.kinds[core.last + 1] in "Mm"


def _year(tokens: Tokens, core: Core) -> bool:
    kind, word, after, following = _around(tokens, core)
    year = core.meaning.year if isinstance(core.meaning, Partial) else None
    if year is None or kind in "%@" or after in "%" or word in context("before-counted-year") or (kind in "nNY" and word.isdigit()):
        return False
    led = kind in "p7654iEAdbxfMGgW`&-/ek" and not (kind in "pk" and word in context("not-before-year"))
    if kind == "-" and core.first > 1:
        led = tokens.kinds[core.first - 2] in "YMEAd" and tokens.kinds[max(0, core.first - 3) : core.first - 2] != "-"
        if not led:
            return False
    if kind == "~" and word not in context("circa"):
        return False
    if after == "-" and tokens.kinds[core.last + 1 : core.last + 2] in ("n", "N"):
        return False  # 2015-1-32
    counted = after == "#" and (following.endswith("s") or following in context("counted-people")) and following not in context("no-plural")
    if counted and (not led or kind in "`/e~" or year % 100 == 0 or word in context("counting")):
        return kind == "t" and 1900 <= year <= 2035 and year % 100 != 0
    if after in "uqUz" and not led:
        return False
    if 1900 <= year <= 2035:
        return led or (kind not in "~1" and (year % 100 != 0 or kind == "_"))
    if kind == "t" and 1500 <= year < 1900 and year % 100 and after == "#" and following.isalpha():
        return True  # "the 1784 treaty"
    return led and (1000 <= year < 1900 or (year < 2100 and kind in "p6")) and not (after == "#" and following.isalpha() and counted)


def _short_year(tokens: Tokens, core: Core) -> bool:
    kind, word, _, _ = _around(tokens, core)
    return (kind in "p756Mf" and word not in context("not-before-short-year")) or kind in "EAd"


def _season(tokens: Tokens, core: Core) -> bool:
    kind, word, after, _ = _around(tokens, core)
    sure = tokens.kinds[core.first] == "G"
    if kind in "EAdb":
        return True
    if kind == "t":
        leads = core.first > 1 and tokens.kinds[core.first - 2] in "pfk7654ebx"
        return sure or (leads and tokens.low[core.first - 2] not in context("not-before-season"))
    if kind == "f":
        return sure
    return kind in "p7654" and word in context("before-season") and after not in "U"


def _weekday(tokens: Tokens, core: Core) -> bool:
    kind, word, after, _ = _around(tokens, core)
    return (kind in "p765" and word in context("before-weekday")) or after in "-" or kind in "LX"


def _unit(tokens: Tokens, core: Core) -> bool:
    kind, _, after, following = _around(tokens, core)
    unit = core.meaning.unit if isinstance(core.meaning, Unit) else ""
    if unit == "day":
        return kind in "ek" or (kind == "p" and core.first > 1 and tokens.kinds[core.first - 2] in "ek")
    if kind == "f":
        return core.first > 1 and (tokens.kinds[core.first - 2] in "xbdEAhzOL8u" or tokens.low[core.first - 2] in context("part-of"))
    return after not in "nN" and (after != "f" or following != "of")


def _duration(tokens: Tokens, core: Core) -> bool:
    meaning = core.meaning
    if not isinstance(meaning, Duration):
        return True
    name = meaning.unit.name
    kind, word, _, _ = _around(tokens, core)
    if core.last - core.first == 2 and kind in "#nNY%j" and any(k in "nNY%" for k in tokens.kinds[max(0, core.first - 5) : core.first]):
        return False  # "700 seats a week": a rate
    return name not in ("second", "season", "quarter", "night", "weekend") and not (name == "minute" and word == "in")


def _bare_plural(tokens: Tokens, core: Core) -> bool:
    kind, _, after, following = _around(tokens, core)
    return kind not in "-'9nNY/" and after not in "Y" and following != "old"


def _decade(tokens: Tokens, core: Core) -> bool:
    return _around(tokens, core)[0] in "tEAd-" or tokens.low[core.first].startswith("'")  # "in his 30s" is an age


def _coded(tokens: Tokens, core: Core) -> bool:
    return core.last - core.first > 1 or _around(tokens, core)[0] in "p7564iEAd"  # "Q1" alone may be a quartile


def _clock(tokens: Tokens, core: Core) -> bool:
    """ "Proverbs 6:16", "a 3:15 ratio": hours and minutes alone want a word of time or a date before them."""
    kind, word, _, _ = _around(tokens, core)
    return kind in "4567iek~-,`nYWR_" or (kind == "p" and word not in context("not-before-clock"))


def _set_word(tokens: Tokens, core: Core) -> bool:
    _, _, after, following = _around(tokens, core)
    return tokens.low[core.first] not in context("also-adjective") or after != "#" or not following.isalpha()


def _recent(tokens: Tokens, core: Core) -> bool:
    return False  # "the recent attacks": TimeML marks it in about half of the cases; the model decides


def _reference(tokens: Tokens, core: Core) -> bool:
    _, _, after, following = _around(tokens, core)
    if tokens.low[core.first] == "future":  # "future earnings" is no time, "coming quarters" is
        return after != "#" or not following.isalpha()
    return False  # "soon", "former": more often than not no expression of TimeML's; a model may say so


GATES: dict[str, Callable[[Tokens, Core], bool]] = {
    "month": _month,
    "year": _year,
    "short year": _short_year,
    "season": _season,
    "year season": _season,
    "weekday": _weekday,
    "two years": _two_years,
    "years": _two_years,
    "bare unit": _unit,
    "day of the story's month": _bare_day,
    "bare part of day": _bare_part,
    "duration": _duration,
    "bare plural": _bare_plural,
    "reference": _reference,
    "clock": _clock,
    "set word": _set_word,
    "recent": _recent,
    "decade": _decade,
    "coded period": _coded,
}
