"""What speaks for and against a pronoun's taking up a mention: its place in the tree, agreement, how near and how often the mention stands.

A candidate's score is the sum of its features times their weights (lexicon `coreference_weights`), which
`pipeline.training.fit_coreference` fits as a log-linear ranking of each pronoun's candidates. What grammar forbids is no candidate.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline import lexicon
from pipeline.language.cues import forms as reporting_forms
from pipeline.language.discourse import Mention, Scene, role
from pipeline.language.tree import SUBJECTS, ancestors, children, dep
from pipeline.text.names import Gender

if TYPE_CHECKING:
    from spacy.tokens import Token

PRONOUNS: dict[str, tuple[str, Gender | None]] = {
    **dict.fromkeys(("he", "him", "his", "himself"), ("he", "m")),
    **dict.fromkeys(("she", "her", "hers", "herself"), ("she", "f")),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves", "themself", "'em"), ("they", None)),
    **dict.fromkeys(("it", "its", "itself"), ("it", None)),
}  # closed classes of English grammar, not a lexicon
REFLEXIVE = frozenset({"himself", "herself", "itself", "themselves", "themself"})
RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
FITS: dict[str, frozenset[str]] = {
    "he": frozenset({"person"}),
    "she": frozenset({"person"}),
    "they": frozenset({"person", "people", "org", "country", "thing"}),
    "it": frozenset({"org", "country", "place", "thing"}),
}
WINDOW = {"he": 4, "she": 4, "they": 2, "it": 1}  # sentences a pronoun reaches back
CATAPHOR_DEPTH = 4  # heads above a pronoun whose subject may be meant

Features = dict[str, float]


@functools.cache
def weights() -> dict[str, float]:
    """Weight of each feature, in log-odds, and the margins "margin:he" by which the best candidate must lead the next."""
    return {row["feature"]: float(row["weight"]) for row in lexicon.load("coreference_weights").rows}


def score(features: Features) -> float:
    """The score of a candidate; features without a weight count nothing."""
    known = weights()
    return sum(known.get(name, 0.0) * value for name, value in features.items())


def margin(form: str) -> float:
    """Log-odds by which the best must lead the next for a pronoun form; less is a tie, and a tie is not guessed across."""
    return weights()[f"margin:{form}"]


def agrees(form: str, gender: Gender | None, mention: Mention, known: Gender | None) -> bool:
    """Whether kind, number and gender of a mention (`known` from any of its mentions) allow the pronoun."""
    if mention.kind not in FITS[form] or (gender is not None and known is not None and known != gender):
        return False
    return mention.number != ("singular" if form == "they" else "plural")


def features(
    token: Token, form: str, mention: Mention, scene: Scene, *, between: int, count: float, known: Gender | None,
    linked: Mapping[int, float] | None, spoke_last: bool = False,
) -> Features:  # fmt: skip
    """Features of one candidate mention of a pronoun.

    `between`: mentions that stand between them; `count`: mentions of the candidate's entity so far; `linked`: the language core's
    antecedents of the pronoun with their probabilities, None where the core reads none in the whole text; `spoke_last`: it is the latest
    subject of a reporting verb before the pronoun.
    """
    distance = scene.sentence[token.i] - mention.sentence
    person = form in ("he", "she")
    out: Features = {
        f"role:{mention.role}": 1.0,
        "sentences": float(distance),
        "between": float(min(between, 30)),
        "salience": math.log1p(count),
        f"kind:{'he' if person else form}:{mention.kind}": 1.0,
    }
    if distance == 0:
        out["same-sentence"] = 1.0
    if mention.role == role(token):
        out["same-role"] = 1.0
    if mention.named:
        out["named:person" if person else "named:other"] = 1.0
    if person and known is None:
        out["gender-unknown"] = 1.0
    if form == "they" and mention.number == "either":
        out["number-either"] = 1.0
    if mention.quoted != scene.quoted[token.i]:
        out["quote-change"] = 1.0
    if linked is not None:
        probability = linked.get(mention.head, 0.0)
        if probability:
            out["model"] = _log_odds(probability)
            out["model-linked"] = 1.0
        else:
            out["model-absent"] = 1.0
    _speech(token, mention, distance, out)
    if spoke_last and "both-speak" in out:
        out["spoke-last"] = 1.0
    return out


def _speech(token: Token, mention: Mention, distance: int, out: Features) -> None:
    """Features of "he said": whether the mention speaks too, or stands in what is said."""
    if not speaks(token):
        return
    head = token.doc[mention.head]
    if speaks(head):
        out["both-speak"] = 1.0
    elif distance == 0 and _in_content(token, head):
        out["in-content"] = 1.0


def speaks(token: Token) -> bool:
    """Whether a token is the subject of a reporting verb."""
    return dep(token) in SUBJECTS and token.head.pos_ == "VERB" and token.head.lower_ in reporting_forms()


def _in_content(pronoun: Token, head: Token) -> bool:
    """Whether a word before the pronoun stands in what the pronoun's verb reports: "Hale's camp was raided, he said"."""
    verb = pronoun.head
    above = {head.i, *(t.i for t in itertools.islice(ancestors(head), 12))}
    if dep(verb) == "parataxis" and verb.head.i < pronoun.i:
        return verb.head.i in above and verb.i not in above
    return any(c.i in above for c in verb.children if dep(c) in ("ccomp", "parataxis") and c.i < pronoun.i)


def _log_odds(p: float) -> float:
    p = min(max(p, 0.02), 0.98)
    return math.log(p / (1 - p))


def barred(token: Token, scene: Scene, links: Mapping[int, str]) -> set[str]:
    """Keys a pronoun cannot take up for its place in the tree: co-arguments of its verb, phrases it stands in, and its own conjuncts.

    `links`: key of what each resolved pronoun or description before takes up, by token index.
    """
    if token.lower_ in REFLEXIVE:
        return set()

    def keys_of(other: Token) -> set[str]:
        mention = scene.mentions.get(other.i)
        own = mention.key if mention is not None else None
        return {key for key in (links.get(other.i, own),) if key is not None}

    relation, verb = dep(token), token.head
    if relation == "nmod:poss":
        above = scene.mentions.get(verb.i)
        return {above.key} if above is not None else set()
    keys: set[str] = set()
    if relation in ("obj", "iobj", "obl", "nsubj", "nsubj:pass", "conj"):
        for sibling in verb.children:
            if sibling is not token and dep(sibling) in (*SUBJECTS, "obj", "iobj", "obl:agent"):
                keys |= keys_of(sibling)
    if relation == "conj":
        keys |= keys_of(verb)
    return keys


def cataphor(token: Token, form: str, gender: Gender | None, scene: Scene) -> Mention | None:
    """ "In his speech, Hale said": the subject of the clause above, where nothing before the pronoun could be meant."""
    for above in itertools.islice(ancestors(token), CATAPHOR_DEPTH):
        for child in children(above, "nsubj"):
            mention = scene.mentions.get(child.i)
            if child.i > token.i and mention is not None and mention.named and mention.kind in FITS[form]:
                fits = gender is None or mention.gender in (None, gender)
                return mention if fits and (form == "they") == (mention.number == "plural") else None
    return None


def relative(token: Token, scene: Scene) -> Mention | None:
    """ "The man who fled": a relative pronoun takes up the noun its clause hangs on."""
    node = token
    for above in ancestors(token):
        if dep(node) == "acl:relcl":
            return scene.mentions.get(above.i)
        node = above
    return scene.mentions.get(node.head.i) if dep(node) == "acl:relcl" else None


def pleonastic(token: Token) -> bool:
    """Whether "it" stands for nothing: an expletive, weather and time, "it is clear that", "it seems"."""
    if dep(token) == "expl":
        return True
    head = token.head
    if (
        dep(token) == "nsubj"
        and head.pos_ in ("ADJ", "NOUN", "VERB")
        and any(dep(c) in ("csubj", "csubj:outer", "ccomp") and c.i > head.i for c in head.children)
    ):
        return head.pos_ != "VERB" or head.lemma_ in ("seem", "appear", "turn", "happen", "emerge")
    return False
