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
) -> dict[str, list[tuple[float, str]]]:
    """Theme → how well it may answer each doubt (score, doubt), best first."""
    cited = {claim.id: [statements[s] for s in claim.evidence] for claim in doubts}
    centres = {name: centre([vectors[m.id] for m in members]) for name, members in cited.items()}
    found = {}
    for theme in rebuttals:
        said = [statements[m] for m in theme.members]
        middle = centre([vectors[m.id] for m in said])
        scored = [
            (-round(float(middle @ centres[doubt.id]) + _nearness(doubt, cited[doubt.id], said), 6), doubt.id)
            for doubt in doubts
            if not {*theme.members} <= {*doubt.evidence}  # nothing answers itself
        ]
        found[theme.id] = [(-score, doubt) for score, doubt in sorted(scored)]
    return found


def _nearness(doubt: Claim, asked: Sequence[Statement], said: Sequence[Statement]) -> float:
    """What speaks for a pair besides likeness: one breath (the answer follows within a few sentences), an outright objection."""
    one_breath = any(a.source_id == d.source_id and 0 <= a.start - d.start < _BREATH for d in asked for a in said)
    return 0.25 * one_breath + 0.05 * (doubt.kind == "objection")
