"""Themes → a profile: support, status, counter-evidence, the seats of rebuttals, page one.

Every claim goes through `evidence.admit_claim`. Nothing is written to fill a section: where there is no evidence the
section says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from icp_synth.decisions import Decided, decided
from icp_synth.evidence import admit_claim, unborne_words
from icp_synth.neighbours import centre
from icp_synth.records import (
    Claim,
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
_BAD_KINDS: frozenset[Kind] = frozenset({"pain", "objection", "disqualifier"})
_ANY: tuple[Tone, ...] = ("trouble", "praise", "neutral")
_TONES: dict[Kind, tuple[Tone, ...]] = {
    "pain": ("trouble",),
    "objection": ("trouble",),
    "job": ("praise", "neutral"),
    "proof": ("praise", "neutral"),
    "rebuttal": ("praise", "neutral"),
}
_RANK: dict[Status, int] = {"corroborated": 0, "supported": 1, "contested": 1, "hypothesis": 2}

# section key → (title, kind, claims on page one)
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
) -> dict[str, Claim]:
    """A claim for every theme that isn't left out, by the theme's id."""
    by_hand = {theme.id: decided(theme, overlays) for theme in themes}
    live = [theme for theme in themes if not by_hand[theme.id].left_out]
    return {t.id: _claim(evidence, t, headlines[t.id], by_hand[t.id], vectors) for t in live}


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
    out: list[Section] = []
    for key, title, kind, page_one in SECTIONS:
        members = [
            t for t in live if t.kind == kind and (kind != "pain" or (t.id in early) == (key == "first_30_days"))
        ]
        ranked = sorted((made[t.id] for t in members), key=lambda c: _strength(evidence, c, by_hand))
        chosen = [c.model_copy(update={"page_one": n < page_one}) for n, c in enumerate(ranked)]
        seated = tuple(one for claim in chosen for one in _with_answers(claim, answers.get(claim.id, ()), made))
        out.append(Section(key=key, title=title, claims=seated, empty=None if chosen else _EMPTY))
    return tuple(out)


def _claim(evidence: Evidence, theme: Theme, headline: str, by_hand: Decided, vectors: Mapping[str, Vector]) -> Claim:
    members = [evidence.statements[m] for m in theme.members]
    counter = _counter(evidence, theme, members, vectors)
    support = count_support(evidence, members)
    text, detail = _wording(headline, by_hand, members)
    if by_hand.review:
        detail["reviewed"] = by_hand.review
    if theme.kind == "pain" and (stage := _stage(evidence, theme)) != "in use":
        detail["stage"] = stage
    return admit_claim(
        kind=theme.kind,
        text=text,
        theme_id=theme.id,
        status=judge_status(support, contested=_contested(evidence, members, counter)),
        support=support,
        evidence=members,
        counter=counter,
        detail=detail,
    )


def _wording(headline: str, by_hand: Decided, members: Sequence[Statement]) -> tuple[str, dict[str, str]]:
    """The wording given by hand, as long as the evidence bears it, or else the customer's own; and which of them it is."""
    wording = by_hand.wording
    if wording is None:
        return headline, {}
    if not wording or unborne_words(wording, (member.quote for member in members)):
        return headline, {"wording": UNBORNE}
    return wording, {"wording": BY_HAND}


def _counter(
    evidence: Evidence, theme: Theme, members: Sequence[Statement], vectors: Mapping[str, Vector]
) -> list[Statement]:
    """Statements of other accounts on the same matter in the opposite tone, closest first; at most three."""
    wanted = "praise" if theme.kind in _BAD_KINDS else "trouble"
    if theme.kind not in _BAD_KINDS and theme.kind not in ("job", "proof"):
        return []
    middle = centre([vectors[m.id] for m in members])
    ours = {evidence.account_of[m.source_id] for m in members}
    scored = [
        (round(float(vectors[s.id] @ middle), 6), s)
        for s in evidence.statements.values()
        if s.tone == wanted and evidence.account_of[s.source_id] not in ours
    ]
    close = sorted(((-score, s.id, s) for score, s in scored if score >= COUNTER), key=lambda row: row[:2])
    return [statement for _, _, statement in close[:3]]


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
    worth += 0.5 * sum(m.tone in _TONES.get(claim.kind, _ANY) for m in members) / len(members)
    return (
        float(not chosen.pinned),
        float(chosen.review != "accepted"),
        float(substance(claim.text) < THIN),
        float(_RANK[claim.status]) if claim.support.accounts else 3.0,
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
    """A profile is named after its strongest job that can be said in a breath, never after a market."""
    jobs = next((section.claims for section in made if section.key == "jobs"), ())
    if not jobs:
        return f"{product}: no job in the evidence yet"
    short = [job.text for job in jobs if job.page_one and len(job.text.split()) <= 16 and not set("<…") & set(job.text)]
    return f"{product}: {short[0].rstrip('.')}" if short else f"{product}: a draft profile, no one job stands out yet"
