"""Ward's method on a graph of neighbours: a tree of merges, cheapest first, without an n × n matrix.

In each round all pairs that are each other's cheapest merge are merged at once, which gives the tree of one merge after
another (reciprocal agglomerative clustering: Sumengen et al. 2021; Murtagh 1983). The price of a merge is what it adds
to the sum of squared distances from the centre (Ward 1963), exact from the means; only neighbours may merge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_CHUNK = 4096  # edges priced at a time: what the processor's cache holds

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]


class Tree(NamedTuple):
    """Merges in the order made: merge t joins two nodes to node n + t. Nodes below n are the vectors themselves."""

    size: int
    parent: Rows  # of every node; a root is its own
    price: Reals  # of every node: that of its merge, never below its parts'; 0 for a vector


class _Groups:
    """Groups as they grow: their means and sizes, and the edges between them with their prices."""

    def __init__(self, vectors: NDArray[np.float32], edges: Rows, near: float, apart: float) -> None:
        self.means, self.sizes = vectors.copy(), np.ones(len(vectors))
        self.node = np.arange(len(vectors))
        self.edges, self.near, self.apart = edges, near, apart
        self.prices = self.priced(edges)

    def priced(self, edges: Rows) -> Reals:
        """What each merge adds to the squared distances; infinite where the two lie too far apart for what they weigh."""
        out = np.empty(len(edges))
        for start in range(0, len(edges), _CHUNK):
            one, other = edges[start : start + _CHUNK].T
            apart = self.means[one] - self.means[other]
            weight = self.sizes[one] * self.sizes[other] / (self.sizes[one] + self.sizes[other])
            price = np.round(weight * np.einsum("ij,ij->i", apart, apart), 7)
            out[start : start + _CHUNK] = np.where(price <= self.near + self.apart * weight, price, np.inf)
        return out

    def cheapest(self) -> Rows:
        """The edges that are the cheapest of both their ends."""
        allowed = np.flatnonzero(np.isfinite(self.prices))
        edges = self.edges[allowed]
        rank = np.empty(len(allowed), dtype=np.int64)
        rank[np.lexsort((edges[:, 1], edges[:, 0], self.prices[allowed]))] = np.arange(len(allowed))
        best = np.full(len(self.sizes), len(allowed))
        np.minimum.at(best, edges[:, 0], rank)
        np.minimum.at(best, edges[:, 1], rank)
        mutual: Rows = allowed[(best[edges[:, 0]] == rank) & (best[edges[:, 1]] == rank)]
        return mutual

    def merge(self, chosen: Rows, first_node: int) -> None:
        """Merge the two ends of each of these edges, and join the edges that fall together."""
        keep, gone = self.edges[chosen].T
        share = (self.sizes[gone] / (self.sizes[keep] + self.sizes[gone])).astype(np.float32)[:, None]
        self.means[keep] += share * (self.means[gone] - self.means[keep])
        self.sizes[keep] += self.sizes[gone]
        self.node[keep] = first_node + np.arange(len(chosen))
        now = np.arange(len(self.sizes))
        now[gone] = keep
        changed = np.zeros(len(self.sizes), dtype=bool)
        changed[keep] = True
        edges = np.sort(now[self.edges], axis=1)
        code = edges[:, 0] * len(self.sizes) + edges[:, 1]
        _, first = np.unique(code, return_index=True)
        first = first[edges[first, 0] != edges[first, 1]]
        self.edges, self.prices = edges[first], self.prices[first]
        again = np.flatnonzero(changed[self.edges].any(axis=1))
        self.prices[again] = self.priced(self.edges[again])


def ward(vectors: NDArray[np.float32], neighbours: Rows, *, near: float, apart: float) -> Tree:
    """The tree of all allowed merges.

    Groups of a and b vectors may merge while the squared distance of their centres is at most
    `apart` + `near` · (1/a + 1/b): two lone vectors must be alike, two groups may differ by chance less than lone vectors.
    """
    size = len(vectors)
    edges = np.stack([np.repeat(np.arange(size), neighbours.shape[1]), neighbours.ravel()], axis=1)
    groups = _Groups(vectors, np.unique(np.sort(edges, axis=1), axis=0), near, apart)
    parent, price = np.arange(max(2 * size - 1, size)), np.zeros(max(2 * size - 1, size))
    made = size
    while len(chosen := groups.cheapest()):
        ends = groups.node[groups.edges[chosen]]
        nodes = made + np.arange(len(chosen))
        parent[ends] = nodes[:, None]
        price[nodes] = np.maximum(groups.prices[chosen], price[ends].max(axis=1))
        groups.merge(chosen, made)
        made += len(chosen)
    return Tree(size, parent[:made], price[:made])


def cut(tree: Tree, count: int) -> Rows:
    """The group of each vector when `count` groups are left, or as few as the tree allows; numbered from 0."""
    merges = np.sort(tree.price[tree.size :])
    undone = count - (tree.size - len(merges))
    limit = merges[max(len(merges) - undone, 0) - 1] if 0 < undone < len(merges) else (np.inf if undone <= 0 else -1.0)
    root = np.where(tree.price[tree.parent] <= limit, tree.parent, np.arange(len(tree.parent)))
    while not np.array_equal(again := root[root], root):
        root = again
    numbered: Rows = np.unique(root[: tree.size], return_inverse=True)[1].reshape(-1)
    return numbered
