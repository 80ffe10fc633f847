"""Who "he", "they" and "the minister" are: links from pronouns and definite descriptions to the phrase they take up.

`resolve(doc, entities)` is a pure function of a Doc and the article's entity rows, so that every stage sees the same chains. Rules over the
tree (gender, number, kind, recency, parallel roles, who speaks inside a quotation) are joined with the language core's own `antecedents`
links. A tie is never guessed across: such an anaphor has no link.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from spacy.attrs import IDX

from pipeline import lexicon
from pipeline.language.discourse import Mention, Scene, mentions_of, role
from pipeline.language.entitylike import EntityLike
from pipeline.language.tree import SUBJECTS, ancestors, children, dep, noun_phrase
from pipeline.text.names import Gender, fold, nominal_labels, noun_gender

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


LinkKind = Literal["pronoun", "nominal"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One resolved anaphor. `anaphor` and `antecedent` are token indices of heads in the Doc; the antecedent is never itself an anaphor."""

    anaphor: int
    antecedent: int
    kind: LinkKind
    entity_id: str | None  # of the named entity the chain belongs to; None where no name stands in it
    canonical: str | None  # that entity's fullest name
    label: str | None  # that entity's label
    confidence: float
    basis: str  # name of the rule, or "model"


@dataclasses.dataclass(frozen=True, slots=True)
class Chains:
    """The article's links by the anaphor's token index."""

    links: Mapping[int, Link]

    def get(self, token: Token | int) -> Link | None:
        """The link of an anaphor's head token (or its index), None where there is none or nothing could be resolved."""
        return self.links.get(token if isinstance(token, int) else token.i)


# Weights of the rules, in log-odds, set on GAP train and OntoGUM train (see evaluation/coref.py); the model's own probability is added to
# them.
ROLE = {"subject": 0.85, "object": 0.45, "possessor": 0.65, "oblique": 0.0, "other": 0.25}
SAME_ROLE = 0.65
SAME_SENTENCE = 0.5
PER_SENTENCE = -1.05
PER_MENTION_BETWEEN = -0.1
SALIENCE = 0.6  # times log(1 + mentions so far)
NAMED = 1.0
GENDER_UNKNOWN = -0.35
NUMBER_EITHER = -0.6
KIND_FIT = {
    "it": {"org": 0.25, "country": 0.25, "thing": 0.35, "place": -0.55},
    "they": {"people": 0.4, "person": 0.45, "org": -0.4, "thing": -0.25, "country": -1.0},
}
QUOTE_CHANGE = -0.65  # one of the two stands in quotation marks and the other does not
MODEL = 0.5  # times the log-odds of the model's link
MODEL_ABSENT = -1.2  # the model reads links and gives this pair none
ANAPHOR = 0.25  # how much an anaphor counts as a mention of what it takes up
MARGIN = 0.6  # log-odds by which the best must lead the next; less is a tie, and a tie is not guessed across
WINDOW = {"he": 4, "she": 4, "they": 2, "it": 1}  # sentences a pronoun reaches back
NOMINAL_WINDOW = 3
CATAPHOR_DEPTH = 4  # heads above a pronoun whose subject may be meant

_PRONOUNS: dict[str, tuple[str, Gender | None]] = {
    **dict.fromkeys(("he", "him", "his", "himself"), ("he", "m")),
    **dict.fromkeys(("she", "her", "hers", "herself"), ("she", "f")),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves", "themself", "'em"), ("they", None)),
    **dict.fromkeys(("it", "its", "itself"), ("it", None)),
}  # closed classes of English grammar, not a lexicon
_REFLEXIVE = frozenset({"himself", "herself", "itself", "themselves", "themself"})
_RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_FITS: dict[str, frozenset[str]] = {
    "he": frozenset({"person"}),
    "she": frozenset({"person"}),
    "they": frozenset({"person", "people", "org", "country", "thing"}),
    "it": frozenset({"org", "country", "place", "thing"}),
}
GENERIC_ORG = frozenset({"armed", "society", "company", "media"})


def resolve(doc: Doc, entities: Sequence[EntityLike]) -> Chains:
    """Links of every pronoun and definite description of the Doc that could be resolved. Cached on the Doc for equal entity rows."""
    key = tuple((row.start, row.end, row.entity_id) for row in entities)
    cached = doc.user_data.get("coreference")
    if cached is not None and cached[0] == key:
        return cached[1]  # type: ignore[no-any-return]
    chains = _Resolver(doc, entities).run()
    doc.user_data["coreference"] = (key, chains)
    return chains


class _Resolver:
    """One pass over an article, left to right; what is resolved counts as a mention for what follows."""

    def __init__(self, doc: Doc, entities: Sequence[EntityLike]) -> None:
        self.doc = doc
        self.scene: Scene = mentions_of(doc, entities)
        self.history: list[Mention] = []
        self.counts: dict[str, float] = {}
        self.trust: dict[int, float] = {}  # confidence of the links of anaphors that became mentions
        self.genders: dict[str, Gender] = {}
        self.origin: dict[str, Mention] = {}  # the mention a chain is cited by: its latest that is no anaphor
        self.links: dict[int, Link] = {}
        self.model = _model_links(doc)

    def run(self) -> Chains:
        parsed = self.doc.has_annotation("DEP")
        for token in self.scene.nominals:
            link = self._link(token) if parsed else None
            if link is not None:
                self.links[token.i] = link
            elif (mention := self.scene.mentions.get(token.i)) is not None:
                self._note(mention)
                self.origin[mention.key] = mention
        return Chains(self.links)

    def _note(self, mention: Mention, weight: float = 1.0) -> None:
        """Remembers a mention; an anaphor weighs less in its entity's count, so that one wrong link does not feed the next."""
        self.history.append(mention)
        self.counts[mention.key] = self.counts.get(mention.key, 0.0) + weight
        if mention.gender is not None and mention.kind == "person":
            self.genders.setdefault(mention.key, mention.gender)

    def _again(self, mention: Mention, token: Token, gender: Gender | None) -> Mention:
        """The same thing mentioned again by an anaphor."""
        scene, i = self.scene, token.i
        return dataclasses.replace(
            mention, head=i, start=i, end=i + 1, gender=gender, role=role(token), sentence=scene.sentence[i], quoted=scene.quoted[i]
        )

    def _link(self, token: Token) -> Link | None:
        pos = token.pos_
        if pos == "NOUN":
            return self._nominal(token) if token.i not in self.scene.row_at else None
        lower = token.lower_
        if lower in _PRONOUNS and pos in ("PRON", "DET"):
            return self._pronoun(token, *_PRONOUNS[lower])
        return self._relative(token) if lower in _RELATIVE and pos == "PRON" else None

    # ---------------------------------------------------------------- pronouns

    def _pronoun(self, token: Token, form: str, gender: Gender | None) -> Link | None:
        if form == "it" and _pleonastic(token):
            return None
        scored = self._candidates(token, form, gender)
        if not scored:
            late = self._cataphor(token, form, gender)
            return self._made(token, late, "pronoun", 0.6, "cataphor") if late is not None else None
        best, lead = _lead(scored)
        if lead < MARGIN:
            return None
        linked = self.model.get(token.i)
        basis = (
            "model"
            if linked and best.head in linked and linked[best.head] > 0.5
            else "reflexive"
            if token.lower_ in _REFLEXIVE
            else "salience"
        )
        confidence = self.trust[token.i] = _probability(lead) * self.trust.get(best.head, 1.0)
        link = self._made(token, best, "pronoun", confidence, basis)
        self._note(self._again(best, token, gender), ANAPHOR)
        return link

    def _candidates(self, token: Token, form: str, gender: Gender | None) -> list[tuple[float, Mention]]:
        """(score, mention) of everything a pronoun could take up, the best mention of each, best first."""
        best: dict[str, tuple[float, Mention]] = {}
        for score, mention in self._scored(token, form, gender):
            if mention.key not in best or score > best[mention.key][0]:
                best[mention.key] = (score, mention)
        if token.lower_ in _REFLEXIVE:
            here = self.scene.sentence[token.i]
            clause = {k: v for k, v in best.items() if v[1].role == "subject" and v[1].sentence == here}
            best = clause or best
        return sorted(best.values(), key=lambda s: -s[0])

    def _scored(self, token: Token, form: str, gender: Gender | None) -> list[tuple[float, Mention]]:
        """Every mention before a pronoun that it could take up by kind, gender, number and place in the tree, with its score."""
        here, quoted, own_role = self.scene.sentence[token.i], self.scene.quoted[token.i], role(token)
        out: list[tuple[float, Mention]] = []
        barred = self._barred(token)
        linked = self.model.get(token.i)
        for between, mention in enumerate(reversed(self.history)):
            distance = here - mention.sentence
            if distance > WINDOW[form]:
                break
            if mention.kind not in _FITS[form] or mention.key in barred or mention.head == token.i:
                continue
            known = mention.gender or self.genders.get(mention.key)
            if gender is not None and known is not None and known != gender:
                continue
            if (form == "they" and mention.number == "singular") or (form != "they" and mention.number == "plural"):
                continue
            score = ROLE[mention.role] + PER_SENTENCE * distance + PER_MENTION_BETWEEN * between
            score += SAME_SENTENCE * (distance == 0) + SAME_ROLE * (mention.role == own_role) + NAMED * mention.named
            score += SALIENCE * math.log1p(self.counts[mention.key])
            score += GENDER_UNKNOWN * (gender is not None and known is None) + NUMBER_EITHER * (
                mention.number == "either" and form == "they"
            )
            score += KIND_FIT.get(form, {}).get(mention.kind, 0.0) + QUOTE_CHANGE * (mention.quoted != quoted)
            if linked is not None:
                probability = linked.get(mention.head, 0.0)
                score += MODEL * _log_odds(probability) if probability else MODEL_ABSENT
            out.append((score, mention))
        return out

    def _barred(self, token: Token) -> set[str]:
        """Keys a pronoun cannot take up for its place in the tree: co-arguments of its verb, phrases it stands in, and its own
        conjuncts."""
        if token.lower_ in _REFLEXIVE:
            return set()
        keys: set[str] = set()
        if dep(token) == "nmod:poss":
            above = self.scene.mentions.get(token.head.i)
            keys |= {above.key} if above is not None else set()
            return keys
        relation, verb = dep(token), token.head
        if relation in ("obj", "iobj", "obl", "nsubj", "nsubj:pass", "conj"):
            for sibling in verb.children:
                if sibling is not token and dep(sibling) in (*SUBJECTS, "obj", "iobj", "obl:agent"):
                    keys |= self._keys_of(sibling)
        if relation == "conj":
            keys |= self._keys_of(token.head)
        return keys

    def _keys_of(self, token: Token) -> set[str]:
        mention = self.scene.mentions.get(token.i)
        if mention is not None:
            return {mention.key}
        link = self.links.get(token.i)
        if link is None:
            return set()
        return {link.entity_id or self.scene.mentions[link.antecedent].key} if link.antecedent in self.scene.mentions else set()

    def _cataphor(self, token: Token, form: str, gender: Gender | None) -> Mention | None:
        """ "In his speech, Aliyev said": the subject of the clause above, where nothing before the pronoun could be meant."""
        for above in itertools.islice(ancestors(token), CATAPHOR_DEPTH):
            for child in children(above, "nsubj"):
                mention = self.scene.mentions.get(child.i)
                if child.i > token.i and mention is not None and mention.named and mention.kind in _FITS[form]:
                    agrees = gender is None or mention.gender in (None, gender)
                    return mention if agrees and (form == "they") == (mention.number == "plural") else None
        return None

    def _relative(self, token: Token) -> Link | None:
        """ "The man who fled": a relative pronoun takes up the noun its clause hangs on."""
        node = token
        for above in ancestors(token):
            if dep(node) == "acl:relcl":
                mention = self.scene.mentions.get(above.i)
                return self._made(token, mention, "pronoun", 0.95, "relative") if mention is not None else None
            node = above
        mention = self.scene.mentions.get(node.head.i) if dep(node) == "acl:relcl" else None
        return self._made(token, mention, "pronoun", 0.95, "relative") if mention is not None else None

    # ---------------------------------------------------------------- definite descriptions

    def _nominal(self, token: Token) -> Link | None:
        lemma = (token.lemma_ or token.text).lower()
        labels = nominal_labels(lemma)
        mention = self.scene.mentions.get(token.i)
        if not labels or mention is None:
            return None
        if mention.named:  # a title with its name in apposition is the person
            self._note(mention)
            return self._made(token, mention, "nominal", 0.95, "apposition", origin=self._head_of_name(mention, token))
        if token.tag_ in ("NNS", "NNPS") or not _definite(token) or _specific(token, self.scene):
            return None
        modifier = self._country_of_modifier(token)
        found = self._described(token, lemma, labels, modifier)
        if found is None:
            return None
        chosen, confidence, basis = found
        self._note(self._again(chosen, token, chosen.gender))
        return self._made(token, chosen, "nominal", confidence, basis)

    def _head_of_name(self, mention: Mention, token: Token) -> Mention:
        for child in children(token, "appos", "flat", "nmod:desc"):
            own = self.scene.mentions.get(child.i)
            if own is not None and own.row is mention.row:
                return own
        return mention

    def _described(self, token: Token, lemma: str, labels: frozenset[str], country: str | None) -> tuple[Mention, float, str] | None:
        """(mention, confidence, rule) of the one entity a definite description can take up."""
        here = self.scene.sentence[token.i]
        named = {m.key: m for m in self.history if m.named and (country is None or m.row is None or m.row.country in (None, country))}
        if "PERSON" in labels:
            word = fold(lemma)
            titled = [
                m
                for m in named.values()
                if m.kind == "person" and m.row is not None and word in _words(m.row.title) and self._agrees(m, lemma)
            ]
            if chosen := self._latest(titled, here, NOMINAL_WINDOW * 3):
                return chosen, 0.85, "title"
            if titled:
                return None
            told = noun_gender(lemma)
            if told is not None:
                near = [m for m in named.values() if m.kind == "person" and here - m.sentence <= 1 and self._agrees(m, lemma)]
                if len(near) == 1 and self.genders.get(near[0].key) == told:
                    return near[0], 0.7, "gender"
        if "ORG" in labels:
            holding = [m for m in named.values() if m.kind == "org" and m.row is not None and fold(lemma) in _words(m.row.canonical)]
            if chosen := self._latest(holding, here, NOMINAL_WINDOW * 3):
                return chosen, 0.85, "name"
            if not holding and _generic(lemma):
                near = [m for m in named.values() if m.kind == "org" and here - m.sentence <= NOMINAL_WINDOW]
                if len(near) == 1:
                    return near[0], 0.7, "only-organisation"
                if chosen := self._prominent(near, here):
                    return chosen, 0.6, "prominent-organisation"
        if "COUNTRY" in labels and "ORG" not in labels and "PERSON" not in labels:
            near = [m for m in named.values() if m.kind == "country" and here - m.sentence <= NOMINAL_WINDOW]
            if len(near) == 1:
                return near[0], 0.75, "only-country"
            if chosen := self._prominent(near, here):
                return chosen, 0.6, "prominent-country"
        if "LOC" in labels and "COUNTRY" not in labels and "ORG" not in labels:
            near = [m for m in named.values() if m.kind == "place" and here - m.sentence <= 1]
            if len(near) == 1:
                return near[0], 0.7, "only-place"
        return None

    def _agrees(self, mention: Mention, lemma: str) -> bool:
        told, known = noun_gender(lemma), mention.gender or self.genders.get(mention.key)
        return told is None or known is None or told == known

    def _latest(self, found: Iterable[Mention], here: int, window: int) -> Mention | None:
        """The only one, or the one named in the last sentences where the others were not."""
        near = [m for m in found if here - m.sentence <= window]
        if len({m.key for m in near}) == 1:
            return near[0]
        close = [m for m in near if here - m.sentence <= 1]
        return close[0] if len({m.key for m in close}) == 1 else None

    def _prominent(self, found: Sequence[Mention], here: int) -> Mention | None:
        """The subject of this sentence or the last, where it has been named more often than any other near it."""
        subjects = [m for m in found if m.role == "subject" and here - m.sentence <= 1]
        if len(subjects) != 1:
            return None
        most = max(self.counts[m.key] for m in found)
        chosen = subjects[0]
        return chosen if self.counts[chosen.key] == most and sum(self.counts[m.key] == most for m in found) == 1 else None

    def _country_of_modifier(self, token: Token) -> str | None:
        for child in token.children:
            row = self.scene.row_at.get(child.i)
            if child.i < token.i and row is not None and row.label in ("NORP", "LOC") and row.country:
                return row.country
        return None

    # ---------------------------------------------------------------- links

    def _made(
        self, token: Token, chosen: Mention, kind: LinkKind, confidence: float, basis: str, origin: Mention | None = None
    ) -> Link:  # fmt: skip
        cited = origin or self.origin.get(chosen.key, chosen)
        row = cited.row or chosen.row
        return Link(
            anaphor=token.i,
            antecedent=cited.head,
            kind=kind,
            entity_id=row.entity_id if row else None,
            canonical=row.canonical if row else None,
            label=row.label if row else None,
            confidence=round(confidence, 3),
            basis=basis,
        )


def _words(text: str | None) -> frozenset[str]:
    return frozenset(fold(w) for part in (text or "").split() for w in (part, *part.split("-")))


def _generic(lemma: str) -> bool:
    """Whether an organisation noun may take up any organisation ("the group"), not only one that has it in its name ("the ministry")."""
    return any(row["sense"] in GENERIC_ORG for row in _org_rows(lemma))


@functools.lru_cache(maxsize=1024)
def _org_rows(lemma: str) -> tuple[dict[str, str], ...]:
    return tuple(row for row in lexicon.load("nominals").rows if row["noun"] == lemma and row["label"] == "ORG")


def _lead(scored: Sequence[tuple[float, Mention]]) -> tuple[Mention, float]:
    """The best candidate and by how much it leads the next."""
    return scored[0][1], scored[0][0] - scored[1][0] if len(scored) > 1 else 2.0


def _probability(lead: float) -> float:
    return 1.0 / (1.0 + math.exp(-lead))


def _log_odds(p: float) -> float:
    p = min(max(p, 0.02), 0.98)
    return math.log(p / (1 - p))


def _definite(token: Token) -> bool:
    return any(dep(c) == "det" and c.lower_ in _DEFINITE for c in token.children)


def _specific(token: Token, scene: Scene) -> bool:
    """Whether a definite description says itself which one it means: "the president of Chad", "the man who fled", "the Helmand
    governor"."""
    for child in token.children:
        relation = dep(child)
        if relation in ("acl", "acl:relcl", "relcl", "nmod:poss", "nummod") or (relation in ("nmod", "prep") and child.i > token.i):
            return True
        if relation in ("compound", "amod", "nmod", "nn") and child.i < token.i:
            row = scene.row_at.get(child.i)
            if row is None and (
                relation in ("compound", "nn") or child.lower_ in ("other", "second", "third", "new", "next", "first", "same")
            ):
                return relation not in ("compound", "nn") or child.pos_ == "PROPN"
            if row is not None and row.label not in ("NORP", "LOC"):
                return True
    return False


def _pleonastic(token: Token) -> bool:
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


def _model_links(doc: Doc) -> dict[int, dict[int, float]]:
    """The language core's own links: anaphor token -> antecedent token -> probability; empty where the core reads none."""
    group = doc.spans.get("antecedents")
    if group is None or not len(group):
        return {}
    at = {idx: i for i, idx in enumerate(doc.to_array([IDX]).tolist())}
    scores = group.attrs.get("scores") or [0.5] * len(group)
    found: dict[int, dict[int, float]] = {}
    for span, score in zip(group, scores, strict=True):
        _, _, offset = span.label_.partition("@")
        if offset.isdigit() and int(offset) in at:
            found.setdefault(span.start, {})[at[int(offset)]] = 0.5 if score is None else float(score)
    return found


def entity_at(doc: Doc, entities: Sequence[EntityLike], token: Token) -> EntityLike | None:
    """The entity row whose characters hold the token; None where the token stands in no name."""
    low, high = 0, len(entities)
    while low < high:
        middle = (low + high) // 2
        if entities[middle].start <= token.idx:
            low = middle + 1
        else:
            high = middle
    row = entities[low - 1] if low else None
    return row if row is not None and token.idx < row.end else None


def antecedent_phrase(chains: Chains, token: Token) -> Span | None:
    """The noun phrase a pronoun or definite description takes up, without its relative clauses and appositions, None where unresolved."""
    link = chains.get(token)
    return noun_phrase(token.doc[link.antecedent]) if link is not None else None
