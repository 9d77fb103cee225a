"""Statements → themes, per kind, with the number of themes unknown.

Average-linkage agglomeration on cosine similarity with a fixed threshold: statements that are like nothing else stay
themes of one. Themes that existed keep their ids and members; new statements join the nearest of them or cluster
among themselves and with themes of one. A pure function of the statements and of the themes that existed: the order
of arrival doesn't matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icp_synth.records import Kind, Statement, Theme

JOIN = 0.58  # mean cosine similarity at which two groups are one theme
ASSIGN = 0.60  # cosine similarity to a theme's centre at which a new statement joins it

Matrix = NDArray[np.float64]


def cluster(
    statements: Sequence[Statement], vectors: Mapping[str, NDArray[np.float32]], earlier: Sequence[Theme]
) -> tuple[Theme, ...]:
    """Themes of every kind, ordered by id. `vectors` holds a unit vector per statement id."""
    themes: list[Theme] = []
    kinds = sorted({kind for statement in statements for kind in statement.kinds})
    for kind in kinds:
        ids = sorted(statement.id for statement in statements if kind in statement.kinds)
        matrix = np.stack([vectors[i] for i in ids]).astype(np.float64)
        before = [theme for theme in earlier if theme.kind == kind]
        themes.extend(_cluster_kind(kind, ids, matrix, before))
    return tuple(sorted(themes, key=lambda theme: theme.id))


def _cluster_kind(kind: Kind, ids: Sequence[str], matrix: Matrix, earlier: Sequence[Theme]) -> list[Theme]:
    row = {statement: index for index, statement in enumerate(ids)}
    groups: dict[str, list[str]] = {}
    origin = {theme.id: theme for theme in sorted(earlier, key=lambda theme: theme.id)}
    placed: dict[str, str] = {}
    for theme in origin.values():
        alive = [member for member in theme.members if member in row and member not in placed]
        if alive:
            groups[theme.id] = alive
            placed |= dict.fromkeys(alive, theme.id)
    for theme_id in groups:  # one that was withdrawn and came back would found a second theme of the same name
        founder = origin[theme_id].founding
        if founder in row and founder not in placed:
            groups[theme_id].append(founder)
            placed[founder] = theme_id
    anchors = {
        theme_id: _centre(matrix, [row[m] for m in members]) for theme_id, members in groups.items() if len(members) > 1
    }
    pool = [member for members in groups.values() if len(members) == 1 for member in members]
    for statement in ids:
        if statement in placed:
            continue
        nearest = _nearest(matrix[row[statement]], anchors)
        if nearest:
            groups[nearest].append(statement)
        else:
            pool.append(statement)
    out = [_theme(kind, origin[i], members, [], matrix, row) for i, members in groups.items() if i in anchors]
    pool.sort()
    for labels in _agglomerate(matrix[[row[s] for s in pool]]):
        members = [pool[index] for index in labels]
        named = sorted({placed[member] for member in members if member in placed})
        absorbed = [alias for theme_id in named[1:] for alias in (theme_id, *origin[theme_id].aliases)]
        out.append(_theme(kind, origin[named[0]] if named else None, members, absorbed, matrix, row))
    return out


def _agglomerate(matrix: Matrix) -> list[list[int]]:
    if len(matrix) < 2:
        return [[index] for index in range(len(matrix))]
    # Loading it takes longer than most commands, and only a draft needs it. It has no types.
    model: Any = import_module("sklearn.cluster").AgglomerativeClustering
    labels = model(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1.0 - JOIN).fit_predict(
        matrix
    )
    groups: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        groups.setdefault(int(label), []).append(index)
    return sorted(groups.values())


def _centre(matrix: Matrix, rows: Sequence[int]) -> Matrix:
    mean = matrix[list(rows)].mean(axis=0)
    length = float(np.linalg.norm(mean))
    centre: Matrix = mean / length if length else mean
    return centre


def _nearest(vector: Matrix, anchors: Mapping[str, Matrix]) -> str | None:
    scored = sorted(((-float(vector @ centre), theme_id) for theme_id, centre in anchors.items()))
    return scored[0][1] if scored and -scored[0][0] >= ASSIGN else None


def _theme(
    kind: Kind,
    origin: Theme | None,
    members: Sequence[str],
    absorbed: Sequence[str],
    matrix: Matrix,
    row: Mapping[str, int],
) -> Theme:
    centre = _centre(matrix, [row[m] for m in members])
    ordered = sorted(members, key=lambda m: (-round(float(matrix[row[m]] @ centre), 9), m))
    founding = origin.founding if origin else ordered[0]
    aliases = {*(origin.aliases if origin else ()), *absorbed}
    theme_id = origin.id if origin else f"{kind}-{founding.removeprefix('s-')}"
    return Theme(
        id=theme_id, kind=kind, founding=founding, members=tuple(ordered), aliases=tuple(sorted(aliases - {theme_id}))
    )
