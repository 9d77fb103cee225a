"""The nearest neighbours of unit vectors by cosine similarity: exact for few, approximate for many, deterministic.

Many vectors are first dealt into lists around centres (an inverted file: Sivic and Zisserman 2003; Jégou, Douze and Schmid
2011), and every list is compared with the lists whose centres lie nearest to its own. No n × n matrix is held at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT = 16_000  # vectors up to which all are compared with all, block by block
_BLOCK, _SEED, _ROUNDS, _PROBES = 2048, 17, 5, 24

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]


def nearest(vectors: Matrix, count: int) -> Rows:
    """The `count` nearest other rows of each row, nearest first, shape (n, min(count, n − 1)); equals in order of row."""
    count = min(count, len(vectors) - 1)
    found = np.zeros((len(vectors), max(count, 0)), dtype=np.int64)
    if count < 1:
        return found
    for asking, offered in _blocks(vectors):
        found[asking] = offered[_top(vectors[asking] @ vectors[offered].T, asking, offered, count)]
    return found


def _blocks(vectors: Matrix) -> list[tuple[Rows, Rows]]:
    """(rows that ask, rows that they are compared with); every row asks once."""
    size = len(vectors)
    if size <= EXACT:
        everyone = np.arange(size)
        return [(everyone[start : start + _BLOCK], everyone) for start in range(0, size, _BLOCK)]
    centres = _centres(vectors, int(1.5 * size**0.5))
    home = nearest_centre(vectors, centres)
    lists = [np.flatnonzero(home == number) for number in range(len(centres))]
    near = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :_PROBES]
    return [
        (one[start : start + _BLOCK], np.sort(np.concatenate([lists[other] for other in near[number]])))
        for number, one in enumerate(lists)
        for start in range(0, len(one), _BLOCK)
    ]


def _top(scores: Matrix, asking: Rows, offered: Rows, count: int) -> Rows:
    """Places of the highest scores per row, highest first; nobody is a neighbour of itself."""
    scores[np.arange(len(asking)), np.searchsorted(offered, asking)] = -np.inf
    if count < scores.shape[1]:
        places = np.sort(np.argpartition(-scores, count - 1, axis=1)[:, :count], axis=1)
    else:
        places = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    order = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
    chosen: Rows = np.take_along_axis(places, order, axis=1)
    return chosen


def _centres(vectors: Matrix, count: int) -> Matrix:
    """Centres by spherical k-means on a sample drawn with a fixed seed."""
    draw = np.random.default_rng(_SEED)
    sample = vectors[np.sort(draw.choice(len(vectors), min(len(vectors), 50 * count), replace=False))]
    centres = sample[np.sort(draw.choice(len(sample), count, replace=False))]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest_centre(sample, centres), sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres).astype(np.float32)
    return centres


def centre(vectors: Sequence[Matrix]) -> Matrix:
    """The direction of the mean of some vectors, of unit length, shape (dimensions,)."""
    mean = np.stack(vectors).astype(np.float64).mean(axis=0)
    unit: Matrix = (mean / (np.linalg.norm(mean) or 1.0)).astype(np.float32)
    return unit


def nearest_centre(vectors: Matrix, centres: Matrix) -> Rows:
    """The row of the nearest centre for each vector; the first of equals."""
    parts = [np.argmax(vectors[start : start + _BLOCK] @ centres.T, axis=1) for start in range(0, len(vectors), _BLOCK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
