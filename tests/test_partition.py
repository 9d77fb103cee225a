"""Vectors become groups: near neighbours, Ward's tree over them, and a cut that the data choose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]
from sklearn.metrics import adjusted_rand_score

from icp_synth import neighbours
from icp_synth.agglomeration import cut, ward
from icp_synth.partition import centred, groups, halves


def scattered(count: int, topics: int, spread: float, seed: int = 0, dimensions: int = 32) -> NDArray[np.float32]:
    """Unit vectors around so many centres, in turn."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(topics, dimensions))[np.arange(count) % topics]
    rows = rows + spread * draw.normal(size=(count, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_few_vectors_are_compared_with_all_others() -> None:
    rows = scattered(50, 5, 0.5)
    found = neighbours.nearest(rows, 3)
    scores = rows @ rows.T
    np.fill_diagonal(scores, -2)
    assert (np.sort(scores, axis=1)[:, :-4:-1] == np.take_along_axis(scores, found, axis=1)).all()


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_handful_has_no_more_neighbours_than_there_are_others(count: int) -> None:
    assert neighbours.nearest(scattered(count, 1, 0.5), 8).shape == (count, max(count - 1, 0))


def test_among_many_nearly_all_near_neighbours_are_found_without_comparing_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = scattered(4000, 60, 0.6)
    exact = neighbours.nearest(rows, 8)
    monkeypatch.setattr(neighbours, "EXACT", 100)
    found = neighbours.nearest(rows, 8)
    hits = [len(set(one) & set(other)) / 8 for one, other in zip(exact, found, strict=True)]
    assert np.mean(hits) > 0.97
    assert (found == neighbours.nearest(rows, 8)).all(), "and the same ones each time"


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 1000))
def test_where_all_are_neighbours_the_tree_is_that_of_ward(count: int, seed: int) -> None:
    rows = scattered(count, 4, 0.7, seed)
    tree = ward(rows, neighbours.nearest(rows, count), near=np.inf, apart=np.inf)
    theirs = linkage(rows.astype(np.float64), "ward")
    assert np.allclose(np.sort(tree.price[count:]), theirs[:, 2] ** 2 / 2, atol=1e-5)
    for wanted in {1, 2, count // 2 or 1, count}:
        ours = cut(tree, wanted)
        assert ours.max() + 1 == wanted
        assert adjusted_rand_score(fcluster(theirs, wanted, "maxclust"), ours) == pytest.approx(1.0)


def test_what_lies_too_far_apart_never_merges() -> None:
    rows = np.eye(4, dtype=np.float32)
    assert cut(ward(rows, neighbours.nearest(rows, 3), near=0.3, apart=0.6), 1).max() == 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(1, 6), st.sampled_from([0.0, 0.2, 0.7, 2.0]), st.integers(0, 1000))
def test_every_vector_is_in_one_group_and_groups_are_numbered_from_nought(
    count: int, topics: int, spread: float, seed: int
) -> None:
    rows = scattered(count, topics, spread, seed)
    found = groups(centred(rows) if count else rows)
    assert found.shape == (count,) and sorted(set(found.tolist())) == list(range(int(found.max(initial=-1)) + 1))


@pytest.mark.parametrize("topics", [5, 12, 40])
def test_the_number_of_groups_is_found(topics: int) -> None:
    found = groups(centred(scattered(30 * topics, topics, 0.7, dimensions=64)))
    assert 0.8 * topics <= (np.bincount(found) > 1).sum() <= 1.2 * topics
    assert adjusted_rand_score(np.arange(30 * topics) % topics, found) > 0.9


def test_noise_is_not_cut_into_groups() -> None:
    rows = scattered(300, 1, 0.3, dimensions=64)
    assert groups(centred(rows)).max() == 0


def test_a_group_falls_into_the_halves_that_differ_most() -> None:
    rows = scattered(20, 2, 0.3)
    assert adjusted_rand_score(np.arange(20) % 2, halves(rows)) == pytest.approx(1.0)
