"""Docs by hand for tests: one line a token, "word POS TAG dep head" with the head as a number from 1 in its sentence (0 for the root)."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Span

from pipeline.language.doc import new_vocab

VOCAB = new_vocab()
GLUED_LEFT = frozenset(".,;:?!)”’'s") | {"'s", "’s", "n't", "%"}
GLUED_RIGHT = frozenset("(“$")


def tree(*sentences: str, names: Sequence[tuple[str, str]] = (), lemmas: dict[str, str] | None = None) -> Doc:
    """A Doc of sentences. `names` are (text, label) of entities in the order they stand; each is looked for after the one before it."""
    words: list[str] = []
    heads: list[int] = []
    columns: dict[str, list[str]] = {"pos": [], "tags": [], "deps": []}
    starts: list[bool] = []
    for sentence in sentences:
        offset = len(words)
        for n, line in enumerate(sentence.split(" / ")):
            word, pos, tag, dep, head = line.split()
            words.append(word)
            columns["pos"].append(pos)
            columns["tags"].append(tag)
            columns["deps"].append("root" if head == "0" else dep)
            heads.append(offset + (n if head == "0" else int(head) - 1))
            starts.append(n == 0)
    spaces = [nxt not in GLUED_LEFT and word not in GLUED_RIGHT for word, nxt in zip(words, [*words[1:], "."], strict=True)]
    lemma = [(lemmas or {}).get(w, w.lower() if p != "PROPN" else w) for w, p in zip(words, columns["pos"], strict=True)]
    doc = Doc(VOCAB, words=words, spaces=spaces, heads=heads, lemmas=lemma, sent_starts=starts, **columns)
    spans, after = [], 0
    for text, label in names:
        start = doc.text.index(text, after)
        after = start + len(text)
        span = doc.char_span(start, after, label=label)
        assert isinstance(span, Span), text
        spans.append(span)
    doc.ents = spans
    return doc
