"""Which praise answers which doubt, by likeness and by what was said in one breath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from icp_synth.neighbours import centre
from icp_synth.records import Claim, Statement, Theme

_BREATH = 600  # characters from a doubt to its answer, said in one breath
ANSWERS = 0.42  # cosine similarity at which praise may answer a doubt
MOST = 2  # answers to one doubt
_LOOKED_AT = 20  # doubts that an answer is held against

Vector = NDArray[np.float32]


def pairs(
    doubts: Sequence[Claim],
    rebuttals: Sequence[Theme],
    statements: Mapping[str, Statement],
    vectors: Mapping[str, Vector],
) -> dict[str, tuple[str, ...]]:
    """Doubt → the themes that answer it, best first, at most two. A theme answers the one doubt that it answers best."""
    fitting: dict[str, list[tuple[float, str]]] = {}
    for theme, ranked in likely(doubts, rebuttals, statements, vectors).items():
        if ranked and ranked[0][0] >= ANSWERS:
            fitting.setdefault(ranked[0][1], []).append((-ranked[0][0], theme))
    return {doubt: tuple(theme for _, theme in sorted(found)[:MOST]) for doubt, found in fitting.items()}


def likely(
    doubts: Sequence[Claim],
    rebuttals: Sequence[Theme],
    statements: Mapping[str, Statement],
    vectors: Mapping[str, Vector],
    most: int = _LOOKED_AT,
) -> dict[str, list[tuple[float, str]]]:
    """Theme → how well it may answer the doubts that it answers best (score, doubt), best first; `most` of them."""
    if not doubts:
        return {theme.id: [] for theme in rebuttals}
    ranked = sorted(doubts, key=lambda claim: claim.id)
    cited = [[statements[s] for s in claim.evidence] for claim in ranked]
    centres = np.stack([centre([vectors[m.id] for m in members]) for members in cited])
    outright = np.array([0.05 * (claim.kind == "objection") for claim in ranked])
    asked_in: dict[str, list[tuple[int, int]]] = {}
    for number, members in enumerate(cited):
        for member in members:
            asked_in.setdefault(member.source_id, []).append((number, member.start))
    found = {}
    for theme in rebuttals:
        said = [statements[m] for m in theme.members]
        worth = centres @ centre([vectors[m.id] for m in said]) + outright
        worth[sorted(_in_one_breath(said, asked_in))] += 0.25
        worth = np.round(worth, 6)
        best = [n for n in np.argsort(-worth, kind="stable") if not {*theme.members} <= {*ranked[n].evidence}][:most]
        found[theme.id] = [(float(worth[n]), ranked[n].id) for n in best]  # nothing answers itself
    return found


def _in_one_breath(said: Sequence[Statement], asked_in: Mapping[str, Sequence[tuple[int, int]]]) -> set[int]:
    """Doubts (by number) that one of these follows within a few sentences; `asked_in` has their places by source."""
    return {
        number
        for answer in said
        for number, start in asked_in.get(answer.source_id, ())
        if 0 <= answer.start - start < _BREATH
    }
