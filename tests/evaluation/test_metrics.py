"""Figures are shares with an interval that a bootstrap over documents gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.evaluation.metrics import f2, f2_of, share


def test_f2_weighs_recall_twice() -> None:
    assert f2(0.5, 1.0) == pytest.approx(5 * 0.5 / (4 * 0.5 + 1))
    assert f2(1.0, 0.5) < f2(0.5, 1.0)  # type: ignore[operator]
    assert f2(None, 1.0) is None


def test_a_share_of_nothing_is_no_figure() -> None:
    assert share(np.zeros((3, 2)), np.array(["a", "b", "c"])).value is None


def test_documents_of_one_group_are_drawn_together() -> None:
    counts = np.array([[1.0, 1.0], [0.0, 1.0]] * 20)
    apart = share(counts, np.arange(40))
    together = share(counts, np.array(["all"] * 40))
    assert apart.value == together.value == 0.5
    assert (together.low, together.high) == (0.5, 0.5)
    assert apart.low is not None and apart.low < 0.5 < (apart.high or 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20))
def test_the_value_lies_in_0_to_1_and_the_interval_is_ordered(rows: list[tuple[int, int]]) -> None:
    counts = np.array([[min(a, b), max(a, b)] * 2 for a, b in rows], dtype=float)
    figure = f2_of(counts, np.arange(len(rows)))
    if figure.value is not None:
        assert 0 <= (figure.low or 0) <= (figure.high or 0) <= 1
