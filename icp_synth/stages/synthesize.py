"""Themes → a profile: support, status, counter-evidence, the seats of rebuttals, page one.

Every claim goes through `evidence.admit_claim`. Nothing is written to fill a section: where there is no evidence the
section says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icp_synth import facts
from icp_synth.decisions import Decided, decided
from icp_synth.evidence import admit_claim, turn_of, unborne_words
from icp_synth.neighbours import centre
from icp_synth.records import (
    LABELS,
    Claim,
    Fact,
    Kind,
    Overlay,
    Section,
    Statement,
    Status,
    Theme,
    Tone,
)
from icp_synth.substance import substance
from icp_synth.support import Evidence, count_support, judge_status

COUNTER = 0.55  # cosine similarity at which praise and trouble are about the same matter
BY_HAND = "edited by hand"
UNBORNE = "edited wording no longer borne by the evidence"
THIN = 0.34  # substance below which a claim is hardly understood alone, and comes last
_DOUBTS = ("objection", "pain")  # what a customer may be answered about
_NEXT = 160  # characters between a pain and a statement about the same: a sentence
_TONED: tuple[Tone, ...] = ("praise", "trouble")
_BAD_KINDS: frozenset[Kind] = frozenset({"pain", "objection", "disqualifier"})
_ANY: tuple[Tone, ...] = ("trouble", "praise", "neutral")
_TONES: dict[Kind, tuple[Tone, ...]] = {
    "pain": ("trouble",),
    "objection": ("trouble",),
    "job": ("praise", "neutral"),
    "proof": ("praise", "neutral"),
    "rebuttal": ("praise", "neutral"),
}
_RANK: dict[Status, int] = {"corroborated": 0, "supported": 1, "contested": 1, "hypothesis": 2}  # of several accounts

# section key → (title, kind, seats on page one); what a section doesn't fill, others may, up to `_MOST` times their own
SECTIONS: tuple[tuple[str, str, Kind, int], ...] = (
    ("fit", "Who they are", "fit_signal", 3),
    ("pains", "Pains", "pain", 4),
    ("jobs", "Jobs to be done", "job", 4),
    ("triggers", "Triggers: why now", "trigger", 3),
    ("objections", "Objections and what answers them", "objection", 3),
    ("disqualifiers", "Disqualifiers", "disqualifier", 2),
    ("committee", "Buying committee", "buying_role", 2),
    ("alternatives", "Alternatives considered", "alternative", 3),
    ("proof", "Proof", "proof", 4),
    ("outcomes", "Desired outcomes", "desired_outcome", 3),
    ("first_30_days", "First 30 days: where customers stall", "pain", 2),
)
_MOST = 1.5
_EMPTY = "Insufficient evidence: no customer said anything of this kind."
_BEFORE_VALUE = re.compile(
    r"\b(?:onboard\w*|migrat\w+|implement\w+|set(?:ting|up)?[ -]?up|rolling out|roll-?out|go(?:ing)?[ -]live|"
    r"learning curve|getting started|first (?:week|month|day)s?|early stages?|initial\w*|training|import(?:ing)?|"
    r"adopting|adoption|integrat(?:ing|ion))\b",
    re.I,
)
_LEAVING = re.compile(r"\b(?:cancel\w*|churn\w*|left|leaving|renew\w*|switch(?:ed|ing) (?:away|back)|gave up)\b", re.I)


Vector = NDArray[np.float32]


def claims(
    evidence: Evidence,
    themes: Sequence[Theme],
    headlines: Mapping[str, str],
    vectors: Mapping[str, Vector],
    overlays: Sequence[Overlay],
    product: str = "",
) -> dict[str, Claim]:
    """A claim for every theme that isn't left out, by the theme's id. `product` is no alternative to itself."""
    by_hand = {theme.id: decided(theme, overlays) for theme in themes}
    live = [theme for theme in themes if not by_hand[theme.id].left_out]
    around = _Around(
        vectors=vectors,
        toned={tone: _toned(evidence, tone, vectors) for tone in _TONED} if live else {},
        said_in=_by_source(evidence),
        product=product,
    )
    return {t.id: _claim(evidence, t, headlines[t.id], by_hand[t.id], around) for t in live}


def doubts(made: Mapping[str, Claim]) -> list[Claim]:
    """The claims that a customer may be answered about."""
    return [claim for claim in made.values() if claim.kind in _DOUBTS]


def sections(
    evidence: Evidence,
    themes: Sequence[Theme],
    made: Mapping[str, Claim],
    answers: Mapping[str, Sequence[str]],
    overlays: Sequence[Overlay],
) -> tuple[Section, ...]:
    """The sections of the profile, strongest claims first, with page one marked.

    `made` holds the claim of each theme; `answers` the themes that answer a doubt, by the doubt's id.
    """
    by_hand = {theme.id: decided(theme, overlays) for theme in themes}
    live = [theme for theme in themes if theme.id in made]
    early = {t.id for t in live if t.kind == "pain" and _stage(evidence, t) == "before first value"}
    ranked: dict[str, list[Claim]] = {}
    for key, _, kind, _ in SECTIONS:
        members = [
            t for t in live if t.kind == kind and (kind != "pain" or (t.id in early) == (key == "first_30_days"))
        ]
        ranked[key] = sorted((made[t.id] for t in members), key=lambda c: _strength(evidence, c, by_hand))
    answered = sum(bool(answers.get(c.id)) for key, _, _, own in SECTIONS for c in ranked[key][:own])
    seats = _seats({key: len(claims) for key, claims in ranked.items()}, answered)
    out: list[Section] = []
    for key, title, _, _ in SECTIONS:
        chosen = [c.model_copy(update={"page_one": n < seats[key]}) for n, c in enumerate(ranked[key])]
        seated = tuple(one for claim in chosen for one in _with_answers(claim, answers.get(claim.id, ()), made))
        out.append(Section(key=key, title=title, claims=seated, empty=None if chosen else _EMPTY))
    return tuple(out)


def _seats(claims: Mapping[str, int], taken: int) -> dict[str, int]:
    """Claims of each section on page one, besides `taken` that stand under others.

    Free seats go, one by one, to the section that leaves the most out per seat.
    """
    own = {key: seats for key, _, _, seats in SECTIONS}
    given = {key: min(own[key], claims[key]) for key in own}
    for _ in range(sum(own.values()) - sum(given.values()) - taken):
        wanting = [key for key in own if given[key] < min(claims[key], int(_MOST * own[key]))]
        if not wanting:
            break
        given[max(wanting, key=lambda key: (claims[key] - given[key]) / (given[key] + 1))] += 1
    return given


class _Toned(NamedTuple):
    """The statements of one tone, their accounts, and their vectors as rows."""

    statements: list[Statement]
    accounts: NDArray[np.str_]
    rows: NDArray[np.float32]


class _Around(NamedTuple):
    """What is looked at besides a theme's members: vectors, statements by tone and by source, and the product's name."""

    vectors: Mapping[str, Vector]
    toned: Mapping[Tone, _Toned]
    said_in: Mapping[str, Sequence[Statement]]
    product: str


def _by_source(evidence: Evidence) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in evidence.statements.values():
        found.setdefault(statement.source_id, []).append(statement)
    return found


def _toned(evidence: Evidence, tone: Tone, vectors: Mapping[str, Vector]) -> _Toned:
    said = sorted((s for s in evidence.statements.values() if s.tone == tone), key=lambda s: s.id)
    rows = np.stack([vectors[s.id] for s in said]) if said else np.zeros((0, 1), dtype=np.float32)
    return _Toned(said, np.array([evidence.account_of[s.source_id] for s in said], dtype=np.str_), rows)


def _claim(evidence: Evidence, theme: Theme, headline: str, by_hand: Decided, around: _Around) -> Claim:
    members = [evidence.statements[m] for m in theme.members]
    counter = _counter(evidence, theme, members, around)
    support = count_support(evidence, members)
    text, detail = _wording(headline, by_hand, members)
    if by_hand.review:
        detail["reviewed"] = by_hand.review
    if theme.kind == "pain" and (stage := _stage(evidence, theme)) != "in use":
        detail["stage"] = stage
    beside = _beside(evidence, members, around.said_in) if theme.kind == "pain" else []
    return admit_claim(
        kind=theme.kind,
        text=text,
        theme_id=theme.id,
        status=judge_status(support, contested=_contested(evidence, members, counter)),
        support=support,
        evidence=members,
        counter=counter,
        detail=detail,
        facts=_facts(evidence, theme.kind, text, members, beside, around.product),
        beside=beside,
        sources=evidence.sources,
    )


def _facts(
    evidence: Evidence, kind: Kind, text: str, members: Sequence[Statement], beside: Sequence[Statement], product: str
) -> list[Fact]:
    """What the quotes say besides the line, those that bear the line first; each thing once."""
    found: dict[tuple[tuple[str, str], ...], list[Fact]] = {}
    for member in sorted(members, key=lambda member: bool(unborne_words(text, [member.quote]))):
        outcome = evidence.accounts[evidence.account_of[member.source_id]].outcome
        for group in facts.read(kind, member.quote, product=product, outcome=outcome):
            _keep(found, member, group)
    said = {fact.name for group in found.values() for fact in group}
    for other in beside:
        _keep(found, other, tuple(one for one in facts.beside(other.quote, other.kinds) if one[0] not in said))
    return [fact for group in found.values() for fact in group]


def _keep(found: dict[tuple[tuple[str, str], ...], list[Fact]], bearer: Statement, group: facts.Group) -> None:
    key = tuple((name, words.lower()) for name, words in group[: 2 if group[:1] and group[0][0] == "number" else 1])
    if group and key not in found:
        found[key] = [Fact(name=name, text=words, statement=bearer.id) for name, words in group]


def _beside(
    evidence: Evidence, members: Sequence[Statement], said_in: Mapping[str, Sequence[Statement]]
) -> list[Statement]:
    """Other statements of the same breath: in the turn of a member, at most a sentence away from it; nearest first."""
    ours = {member.id for member in members}
    near = [
        (gap, other.id, other)
        for member in members
        for other in said_in[member.source_id]
        if other.id not in ours
        and (gap := max(other.start - member.end, member.start - other.end)) <= _NEXT
        and turn_of(other, evidence.sources) == turn_of(member, evidence.sources)
    ]  # fmt: skip
    return list({name: other for _, name, other in sorted(near, key=lambda one: one[:2])}.values())


def _wording(headline: str, by_hand: Decided, members: Sequence[Statement]) -> tuple[str, dict[str, str]]:
    """The wording given by hand, as long as the evidence bears it, or else the customer's own; and which of them it is."""
    wording = by_hand.wording
    if wording is None:
        return headline, {}
    if not wording or unborne_words(wording, (member.quote for member in members)):
        return headline, {"wording": UNBORNE}
    return wording, {"wording": BY_HAND}


def _counter(
    evidence: Evidence,
    theme: Theme,
    members: Sequence[Statement],
    around: _Around,
) -> list[Statement]:
    """Statements of other accounts on the same matter in the opposite tone, closest first; at most three."""
    against = around.toned["praise" if theme.kind in _BAD_KINDS else "trouble"]
    if (theme.kind not in _BAD_KINDS and theme.kind not in ("job", "proof")) or not against.statements:
        return []
    likeness = np.round(against.rows @ centre([around.vectors[m.id] for m in members]), 6)
    close = np.flatnonzero(likeness >= COUNTER)
    others = close[~np.isin(against.accounts[close], [evidence.account_of[m.source_id] for m in members])]
    return [against.statements[n] for n in others[np.lexsort((others, -likeness[others]))][:3]]


def _contested(evidence: Evidence, members: Sequence[Statement], counter: Sequence[Statement]) -> bool:
    sides = [{evidence.account_of[s.source_id] for s in side} for side in (members, counter)]
    known = {a.id for a in evidence.accounts.values() if a.known}
    return bool(sides[0] & known) and bool((sides[1] & known) - sides[0])


def _stage(evidence: Evidence, theme: Theme) -> str:
    members = [evidence.statements[m] for m in theme.members]
    text = " ".join(member.quote for member in members)
    if 2 * sum(bool(_BEFORE_VALUE.search(m.quote)) for m in members) > len(members):
        return "before first value"
    outcomes = {evidence.accounts[evidence.account_of[m.source_id]].outcome for m in members}
    if outcomes == {"lost"}:
        return "before buying"
    return "leaving" if outcomes == {"churned"} or _LEAVING.search(text) else "in use"


def _strength(evidence: Evidence, claim: Claim, by_hand: Mapping[str, Decided]) -> tuple[float | str, ...]:
    chosen = by_hand[claim.id.removeprefix("c-")]
    members = [evidence.statements[s] for s in claim.evidence]
    confidence = float(np.mean([m.confidence[claim.kind] for m in members]))
    # A line of page one is read alone and in passing: sure, telling, short, whole, and in the tone of its kind.
    worth = 2 * confidence + 0.6 * substance(claim.text) + 0.05 * min(len(members), 6)
    worth -= 0.5 * ("<" in claim.text) + 0.3 * claim.text.endswith("…") + 0.03 * max(0, len(claim.text.split()) - 18)
    worth += 0.3 * any(fact.name not in LABELS for fact in claim.facts)  # when, how much, what instead, who
    worth += 0.5 * sum(m.tone in _TONES.get(claim.kind, _ANY) for m in members) / len(members)
    return (
        float(not chosen.pinned),
        float(chosen.review != "accepted"),
        float(substance(claim.text) < THIN),
        float(_RANK[claim.status] if claim.support.accounts > 1 else 3 - claim.support.accounts),
        -float(claim.support.accounts),
        -round(worth, 9),
        claim.id,
    )


def _with_answers(claim: Claim, answers: Sequence[str], made: Mapping[str, Claim]) -> list[Claim]:
    """A claim, followed by what answers it; an objection that nothing answers says so."""
    if claim.kind == "objection" and not answers:
        claim = claim.model_copy(update={"detail": {**claim.detail, "rebuttal": "none in the evidence"}})
    return [
        claim,
        *(
            made[theme].model_copy(update={"answers": claim.id, "page_one": claim.page_one and not rank})
            for rank, theme in enumerate(answers)
        ),
    ]


def name_of(made: Sequence[Section], product: str) -> str:
    """A profile is named after its strongest job that can be said in a breath, a functional one first; never after a market."""
    jobs = next((section.claims for section in made if section.key == "jobs"), ())
    if not jobs:
        return f"{product}: no job in the evidence yet"
    short = [job for job in jobs if job.page_one and len(job.text.split()) <= 16 and not set("<…") & set(job.text)]
    short.sort(key=lambda job: not any((fact.name, fact.text) == ("facet", "functional") for fact in job.facts))
    return (
        f"{product}: {short[0].text.rstrip('.')}" if short else f"{product}: a draft profile, no one job stands out yet"
    )
