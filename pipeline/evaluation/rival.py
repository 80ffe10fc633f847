"""The bare encoder beside a spaCy pipeline of `en_core_web_sm`'s shape, on the same texts (`make bench`).

The rival has that pipeline's components and sizes (tok2vec of width 96 and depth 4, tagger, parser on its listener, ner with a tok2vec of
its own; 50 tags, 51 relations, 18 kinds of names) and random weights: untrained weights multiply as fast as trained ones. Both read the
same texts, one after the other in one process, on as many threads as the process may use. The encoder's figure is that of its int8 graph
with all heads, words cut into pieces beforehand; the core's is all that `nlp` does, tokens, trees, spans and the Doc included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

WIDTH, DEPTH = 96, 4
ROWS = {"NORM": 5000, "PREFIX": 1000, "SUFFIX": 2500, "SHAPE": 2500, "SPACY": 50, "IS_SPACE": 50}
NAME_KINDS = 18


def _tok2vec() -> dict[str, Any]:
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2", "width": WIDTH, "attrs": list(ROWS), "rows": list(ROWS.values()),
            "include_static_vectors": False,
        },
        "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": WIDTH, "depth": DEPTH, "window_size": 1, "maxout_pieces": 3},
    }  # fmt: skip


def rival(tags: Sequence[str], relations: Sequence[str]) -> Any:
    """A spaCy pipeline of en_core_web_sm's shape with random weights."""
    import spacy
    from spacy.training import Example

    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH, "upstream": "tok2vec"}
    parser = {"@architectures": "spacy.TransitionBasedParser.v2", "extra_state_tokens": False, "maxout_pieces": 2, "use_upper": True}
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _tok2vec()})
    tagger: Any = nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}})
    tree: Any = nlp.add_pipe("parser", config={"model": {**parser, "state_type": "parser", "hidden_width": 64, "tok2vec": listener}})
    ner: Any = nlp.add_pipe("ner", config={"model": {**parser, "state_type": "ner", "hidden_width": 64, "tok2vec": _tok2vec()}})
    for tag in tags:
        tagger.add_label(tag)
    for relation in relations:
        tree.add_label(relation)
    for k in range(NAME_KINDS):
        ner.add_label(f"KIND{k}")
    doc = nlp.make_doc("One story")
    gold = {"tags": list(tags[:2]), "heads": [1, 1], "deps": [relations[0], "ROOT"], "entities": ["U-KIND0", "O"]}
    nlp.initialize(lambda: [Example.from_dict(doc, gold)])
    return nlp


def _best(function: Callable[[], object], rounds: int) -> float:
    """Seconds of the quickest of some rounds."""
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def compare(texts: Sequence[str], rounds: int = 3) -> dict[str, float]:
    """Words a second of the bare encoder, of the whole language core and of the rival, and the ratio encoder : rival."""
    from pipeline.language.model import _read, load_model
    from pipeline.language.paths import SHIPPED

    core = load_model(SHIPPED)
    wire: Any = core.get_pipe("wire")
    encoder, annotator = wire._load()
    words = sum(len(t.split()) for t in texts)
    prepared = [(pieces, paragraphs) for _, _, paragraphs, pieces in (_read(core.make_doc(t), encoder) for t in texts)]
    other = rival(annotator.labels.xpos, annotator.labels.relations)
    list(other.pipe(texts[:2]))
    seconds = {
        "bare_encoder": _best(lambda: [encoder.run([p]) for p in prepared], rounds),
        "language_core": _best(lambda: [core(t) for t in texts], rounds),
        "spacy_sm_shape": _best(lambda: list(other.pipe(texts)), rounds),
    }
    figures = {f"{name}_words_per_second": float(round(words / s)) for name, s in seconds.items()}
    return figures | {"encoder_to_spacy": round(seconds["spacy_sm_shape"] / seconds["bare_encoder"], 2)}
