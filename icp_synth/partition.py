"""Vectors → groups, their number unknown, those that are like nothing else alone. Deterministic.

1. What all have in common says little: some of their mean is taken off (Mu and Viswanath 2018), the less of it the fewer
   there are, and never so much that a set about one matter would fall apart.
2. Ward's tree over near neighbours, in which only what lies close enough for its weight may merge: `NEAR`, `APART`.
3. The cut is where neighbours stay together (modularity of their graph: Newman and Girvan 2004) and groups stay apart
   (simplified silhouette: Hruschka 2004). Alone the first asks for few groups and the second for many; their product had
   its summit near the true number on the halves that it was chosen on. It can't see groups smaller than a neighbourhood:
   where the groups are that small, as in most studies, everything that may merge does.
4. Two rounds of k-means from there, and whoever couldn't join the rest of its group, or is little like it, leaves it: `LIKE`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from icp_synth.agglomeration import Tree, cut, ward
from icp_synth.neighbours import nearest

# Squared distance of two centres at which groups of a and b may be one: APART + NEAR · (1/a + 1/b).
NEAR = 0.28
APART = 0.64
# Mean cosine to the others of a small group below which a member leaves it: two accounts that only sound alike must not count
# as two that say the same. In a large one the many vouch for each other. Chosen on tekton: more counts of accounts are right.
LIKE = 0.33
_PRIOR = 10  # vectors at which half of the mean may be taken off
_LENGTH = 0.3  # of the mean, taken off at most
_EDGES = 15  # neighbours that a vector may merge with
_SEEN = 8  # neighbours that should stay together
_FEW = 20  # members of a small group
_STEP = 1.08  # from one number of groups to the next that is tried
_SMOOTH = 2  # tries on either side that a try is averaged with
_TOLD = 0.02  # worth of a cut from which it says more than a cut through a cloud of noise would (0.004 at most)
_SAMPLE = 4096  # vectors on which a cut is judged
_ROUNDS = 2
_BLOCK = 2048

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]
Reals = NDArray[np.float64]


def centred(vectors: Matrix) -> Matrix:
    """Unit vectors without what they have in common."""
    count, mean = len(vectors), vectors.mean(axis=0, dtype=np.float64)
    share = min(count / (count + _PRIOR), _LENGTH / max(float(np.linalg.norm(mean)), _LENGTH))
    off = vectors.astype(np.float64) - share * mean
    lengths = np.linalg.norm(off, axis=1, keepdims=True)
    unit: Matrix = (off / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return unit


def groups(vectors: Matrix) -> Rows:
    """The group of each of these centred vectors, numbered from 0."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    near = nearest(vectors, _EDGES)
    tree = ward(vectors, near, near=NEAR, apart=APART)
    found = _best_cut(vectors, tree, near[:, :_SEEN])
    for _ in range(_ROUNDS):
        found = _renumbered(closest(vectors, centres(vectors, found))[0])
    return _alike(vectors, _without_strangers(vectors, found))


def centres(vectors: Matrix, found: Rows) -> Matrix:
    """The mean of each group, shape (groups, d)."""
    return _united(vectors, np.ones(len(vectors), dtype=np.int64), found)


def reach(one: Rows, other: Rows) -> Reals:
    """The squared distance of their centres up to which groups of these sizes may be one."""
    squared: Reals = APART + NEAR * (1 / one + 1 / other)
    return squared


def halves(vectors: Matrix) -> Rows:
    """The two groups, 0 and 1, that a group falls into most readily; all 0 where its neighbours' graph has more parts."""
    found = cut(ward(vectors, nearest(vectors, _EDGES), near=np.inf, apart=np.inf), 2)
    return found if found.max() == 1 else np.zeros_like(found)


def closest(vectors: Matrix, middle: Matrix) -> tuple[Rows, Matrix]:
    """The nearest centre of each vector, and the squared distance to it."""
    place, least = np.empty(len(vectors), dtype=np.int64), np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        squared = _squared(vectors[start : start + _BLOCK], middle)
        place[start : start + _BLOCK] = squared.argmin(axis=1)
        least[start : start + _BLOCK] = squared.min(axis=1)
    return place, least


def _best_cut(vectors: Matrix, tree: Tree, near: Rows) -> Rows:
    fewest = cut(tree, 1)
    tries = [n for n in _numbers(len(vectors) // _SEEN) if n > fewest.max()]
    if len(tries) < 2:
        return fewest
    sample = np.unique(np.linspace(0, len(vectors) - 1, _SAMPLE).astype(np.int64))
    finest = cut(tree, tries[-1])
    middle, first = centres(vectors, finest), np.unique(finest, return_index=True)[1]
    scores = []
    for number in tries:  # the groups of a coarser cut are unions of the finest one's
        found = cut(tree, number)
        scores.append(_worth(vectors[sample], found, near, sample, _united(middle, np.bincount(finest), found[first])))
    smooth = [float(np.mean(scores[max(0, n - _SMOOTH) : n + _SMOOTH + 1])) for n in range(len(scores))]
    best = int(np.argmax(np.round(smooth, 9)))
    return cut(tree, tries[best]) if smooth[best] >= _TOLD else fewest


def _numbers(most: int) -> list[int]:
    steps = int(np.log(max(most, 2) / 2) / np.log(_STEP)) + 1
    return [n for n in dict.fromkeys(round(2 * _STEP**step) for step in range(steps)) if n <= most]


def _united(middle: Matrix, sizes: Rows, found: Rows) -> Matrix:
    """The centres of unions of groups, from those of the groups."""
    order = np.argsort(found, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(found))[:-1]])
    weights = sizes[order].astype(np.float32)[:, None]
    sums = np.add.reduceat(middle[order] * weights, starts, axis=0)
    return (sums / np.add.reduceat(weights, starts, axis=0)).astype(np.float32)


def _worth(vectors: Matrix, found: Rows, near: Rows, sample: Rows, middle: Matrix) -> float:
    """Modularity of the neighbour graph, squared, times the simplified silhouette."""
    if len(middle) < 2:  # prices that are equal are undone together
        return 0.0
    share = np.bincount(found) / len(found)
    together = float((found[near] == found[:, None]).mean() - (share**2).sum())
    size = np.bincount(found)[found[sample]]
    own, other = _own_and_other(vectors, found[sample], middle)
    own = own * (size / np.maximum(size - 1, 1)) ** 2  # from the centre of the others
    silhouette = np.where(size > 1, (other - own) / np.maximum(np.maximum(own, other), 1e-9), 0.0)
    return max(together, 0.0) ** 2 * max(float(silhouette.mean()), 0.0)


def _own_and_other(vectors: Matrix, found: Rows, middle: Matrix) -> tuple[Reals, Reals]:
    """Squared distance of each vector to the centre of its own group, and to the nearest other centre."""
    own, other = np.empty(len(vectors)), np.empty(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        squared = _squared(vectors[block], middle)
        at = (np.arange(len(squared)), found[block])
        own[block] = squared[at]
        squared[at] = np.inf
        other[block] = squared.min(axis=1)
    return own, other


def _squared(vectors: Matrix, middle: Matrix) -> Matrix:
    lengths = np.einsum("ij,ij->i", vectors, vectors)[:, None] + np.einsum("ij,ij->i", middle, middle)
    squared: Matrix = np.maximum(lengths - 2 * (vectors @ middle.T), 0.0)
    return squared


def _renumbered(found: Rows) -> Rows:
    numbered: Rows = np.unique(found, return_inverse=True)[1].reshape(-1)
    return numbered


def _without_strangers(vectors: Matrix, found: Rows) -> Rows:
    """Groups without the members that couldn't join the others of their group; those stand alone."""
    size = np.bincount(found)[found]
    own = _squared_own(vectors, centres(vectors, found)[found])
    rest = np.maximum(size - 1, 1)
    stranger = (size > 1) & (own * (size / rest) ** 2 > reach(np.ones_like(rest), rest))
    alone = np.where(stranger, found.max() + 1 + np.arange(len(found)), found)
    return _renumbered(alone)


def _alike(vectors: Matrix, found: Rows) -> Rows:
    """Small groups without the members that are little like the others, the worse half of them at a time."""
    while True:
        size = np.bincount(found)[found]
        others = np.maximum(size - 1, 1)
        sums = np.zeros((found.max() + 1, vectors.shape[1]))
        np.add.at(sums, found, vectors)
        likeness = (np.einsum("ij,ij->i", vectors, sums[found], dtype=np.float64) - 1) / others
        rows = np.flatnonzero((size > 1) & (size <= _FEW) & (likeness < LIKE))
        if not len(rows):
            return found
        ranked = rows[np.lexsort((likeness[rows], found[rows]))]
        _, first, many = np.unique(found[ranked], return_index=True, return_counts=True)
        leaving = np.concatenate([ranked[at : at + (n + 1) // 2] for at, n in zip(first, many, strict=True)])
        found = found.copy()
        found[leaving] = found.max() + 1 + np.arange(len(leaving))
        found = _renumbered(found)


def _squared_own(vectors: Matrix, middle: Matrix) -> Reals:
    apart = vectors - middle
    squared: Reals = np.einsum("ij,ij->i", apart, apart, dtype=np.float64)
    return squared
