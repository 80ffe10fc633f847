"""The shipped language core as a spaCy pipeline."""

from __future__ import annotations

import itertools
import pathlib
import pickle

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.parts_of_speech import IDS as POS_IDS

from pipeline.errors import ModelError
from pipeline.language.labels import EVENT_TYPES, NAME_LABELS, TIMEX_LABELS
from pipeline.language.model import blank_pipeline, load_model

TEXT = (
    "Rebels kill 12 soldiers in Norvik raid\n\n"
    "NORVIK (Agency) - Rebels attacked an army post on Tuesday and killed at least 12 soldiers, Defence Minister Anna Kovac said. "
    '"We will answer this crime," she told reporters in the capital.\n\n'
    "The U.S. Embassy condemned the attack. Mr. Kovac's office said two suspects had been arrested last week."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


def test_doc_carries_every_layer(nlp: Language) -> None:
    doc = nlp(TEXT)
    assert doc.text == TEXT
    sentences = [s.text.strip() for s in doc.sents]
    assert '"We will answer this crime," she told reporters in the capital.' in sentences
    assert sum(t.head == t for t in doc if not t.is_space) == len([s for s in doc.sents if s.text.strip()])
    assert {t.pos_ for t in doc} <= set(POS_IDS)
    lemmas = {t.text: t.lemma_ for t in doc}
    assert lemmas["soldiers"] == "soldier"
    assert lemmas["attacked"] == "attack"
    assert lemmas["said"] == "say"
    assert ("Anna Kovac", "PERSON") in [(e.text, e.label_) for e in doc.ents]
    assert {e.label_ for e in doc.ents} <= set(NAME_LABELS)
    assert {"Tuesday", "last week"} <= {s.text for s in doc.spans["timex"]}
    assert {s.label_ for s in doc.spans["timex"]} <= set(TIMEX_LABELS)
    assert "said" in {s.text for s in doc.spans["cue"]}
    assert {s.label_ for s in doc.spans["triggers"]} <= set(EVENT_TYPES)
    assert "attacked" in {s.text for s in doc.spans["triggers"]}
    for group in doc.spans.values():
        assert len(group.attrs["scores"]) == len(group)
        assert all(0 <= s <= 1 for s in group.attrs["scores"])


def test_trees_stay_in_their_sentence(nlp: Language) -> None:
    for sentence in nlp(TEXT).sents:
        words = [t for t in sentence if not t.is_space]
        assert all(sentence.start <= t.head.i < sentence.end for t in words)
        assert [t.dep_ for t in words].count("root") == 1


def test_a_text_reads_the_same_among_any_neighbours(nlp: Language) -> None:
    texts = [TEXT, "", "Ceasefire.", "\n\n ", TEXT[:90]]
    assert [nlp(text).to_json() for text in texts] == [doc.to_json() for doc in nlp.pipe(texts)]


def test_long_text_is_read_to_its_end(nlp: Language) -> None:
    sentence = "Police in Lagos arrested three men. "
    doc = nlp(sentence * 400)
    assert [e.text for e in doc.ents].count("Lagos") > 390
    assert len(list(doc.sents)) > 390


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_odd_text_never_breaks_it(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    assert sum(len(s) for s in doc.sents) == len(doc)
    ends = [(s.start, s.end) for s in doc.ents]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(ends))


def test_to_disk_and_back(nlp: Language, tmp_path: pathlib.Path) -> None:
    nlp.to_disk(tmp_path / "copy")
    again = spacy.load(tmp_path / "copy")
    assert again(TEXT).to_json() == nlp(TEXT).to_json()


def test_component_survives_pickling(nlp: Language) -> None:
    component = pickle.loads(pickle.dumps(nlp.get_pipe("wire")))
    doc = component(nlp.make_doc("Rebels attacked Norvik."))
    assert [t.lemma_ for t in doc] == [t.lemma_ for t in nlp("Rebels attacked Norvik.")]


def test_missing_model_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="no_such_model") as caught:
        load_model("no_such_model")
    assert caught.value.remedy
    with pytest.raises(ModelError, match="no model files"):
        blank_pipeline()("Text.")
