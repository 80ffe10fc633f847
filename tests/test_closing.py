"""Attributions that close their sentence are read by position, also where the tree hangs them wrongly."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from pipeline.language.closing import closing
from pipeline.language.doc import new_vocab

# word, tag, pos, head, relation. The parser's usual mistake: the cue hangs on the last noun, or takes the first noun as its subject.
Word = tuple[str, str, str, int, str]
FRONT: list[Word] = [
    ("Shells", "NNS", "NOUN", 1, "nsubj"),
    ("fell", "VBD", "VERB", 1, "root"),
    ("nearby", "RB", "ADV", 1, "advmod"),
    (",", ",", "PUNCT", 1, "punct"),
]


def made(words: list[Word]) -> Doc:
    return Doc(
        new_vocab(),
        words=[w[0] for w in words],
        tags=[w[1] for w in words],
        pos=[w[2] for w in words],
        heads=[w[3] for w in words],
        deps=[w[4] for w in words],
    )


@pytest.mark.parametrize(
    ("tail", "cue", "speaker"),
    [
        ([("the", "DT", "DET", 5, "det"), ("guards", "NNS", "NOUN", 6, "nsubj"), ("say", "VBP", "VERB", 1, "advcl")], 6, "guards"),
        (
            [
                ("state", "NN", "NOUN", 5, "compound"),
                ("radio", "NN", "NOUN", 2, "appos"),
                ("has", "VBZ", "AUX", 7, "aux"),
                ("reported", "VBD", "VERB", 1, "parataxis"),
                ("on", "IN", "ADP", 9, "case"),
                ("Monday", "NNP", "PROPN", 7, "obl"),
            ],
            7,
            "radio",
        ),
    ],
)
def test_the_phrase_before_the_cue_speaks(tail: list[Word], cue: int, speaker: str) -> None:
    doc = made([*FRONT, *tail, (".", ".", "PUNCT", 1, "punct")])
    found = closing(doc[cue])
    assert found is not None
    assert found[0].text == speaker
    assert [doc.text[a:b] for a, b in found[1]] == ["Shells fell nearby"]


@pytest.mark.parametrize(
    ("tail", "cue"),
    [
        # a content follows
        ([("guards", "NNS", "NOUN", 5, "nsubj"), ("say", "VBP", "VERB", 1, "conj"), ("that", "IN", "SCONJ", 5, "mark")], 5),
        # a relative clause
        ([("which", "WDT", "PRON", 6, "obj"), ("guards", "NNS", "NOUN", 6, "nsubj"), ("say", "VBP", "VERB", 1, "acl:relcl")], 6),
        # what stands before the cue is no noun phrase
        ([("and", "CC", "CCONJ", 6, "cc"), ("guards", "NNS", "NOUN", 6, "nsubj"), ("say", "VBP", "VERB", 1, "conj")], 6),
    ],
)
def test_other_cues_do_not_close(tail: list[Word], cue: int) -> None:
    assert closing(made([*FRONT, *tail, (".", ".", "PUNCT", 1, "punct")])[cue]) is None


def test_a_subordinate_clause_is_no_content() -> None:
    doc = made(
        [
            ("After", "IN", "SCONJ", 2, "mark"),
            ("shells", "NNS", "NOUN", 2, "nsubj"),
            ("fell", "VBD", "VERB", 5, "advcl"),
            (",", ",", "PUNCT", 5, "punct"),
            ("guards", "NNS", "NOUN", 5, "nsubj"),
            ("spoke", "VBD", "VERB", 5, "root"),
            (".", ".", "PUNCT", 5, "punct"),
        ]
    )
    assert closing(doc[5]) is None
