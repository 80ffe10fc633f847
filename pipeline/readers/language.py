"""Whether a text is English, by py3langid and by its script."""

from __future__ import annotations

import functools
from typing import Any

ENGLISH = ("en", "pcm")  # py3langid takes lists of English names and court prose for Nigerian Pidgin now and then
# Measured on 6,700 sentences of world news and sentences in nine other languages: py3langid gives English less than 0.0002 on a sentence in
# another language of 25 letters or more, and never less than 0.01 on an English one of 50 letters or more.
LEAST_ENGLISH = 0.003
FEWEST_LETTERS = 25  # a shorter text says too little ("Police said.", a name): it passes
LEAST_LATIN = 0.5  # of the letters; text mostly in another script is not English, however short
SAMPLE = 1_500  # characters from the beginning and again from the middle: enough to be sure, and cheap on long text


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # here: loading takes most of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str:
    """The language of a text: "en" where it is English or too short to tell, else py3langid's code ("und" where only the script tells)."""
    middle = max(SAMPLE, len(text) // 2)
    sample = text[:SAMPLE] + " " + text[middle : middle + SAMPLE]
    letters = [c for c in sample if c.isalpha()]
    latin = sum(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in letters)
    foreign_script = bool(letters) and latin < LEAST_LATIN * len(letters)
    if len(letters) < FEWEST_LETTERS and not foreign_script:
        return "en"
    ranked = dict(_identifier().rank(sample))
    if not foreign_script and sum(ranked.get(code, 0.0) for code in ENGLISH) >= LEAST_ENGLISH:
        return "en"
    best = max(ranked, key=lambda code: float(ranked[code]))
    return best if best not in ENGLISH else "und"
