"""Figures are shares with an interval that a bootstrap over documents gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.evaluation.metrics import difference, f1_of, f2, f2_of, figure_of, pooled, share, share_of


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


# ---------------------------------------------------------------- shares of units

Counted = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), min_size=1, max_size=30)


def test_a_mean_says_what_it_was_counted_over() -> None:
    figure = share_of([("alder", True), ("birch", False), ("alder", True), ("birch", True)])
    assert figure.value == 0.75 and figure.units == {"alder": (2.0, 2.0), "birch": (1.0, 2.0)}
    assert (figure.low, figure.high) == (0.5, 1.0), "a draw of one file twice is all the first, or all the second"
    assert (figure.better, figure.exact) == ("higher", False)
    assert share_of([("a", 1)], "lower", exact=True).model_dump(include={"better", "exact"}) == {
        "better": "lower", "exact": True,
    }  # fmt: skip


def test_units_without_a_whole_say_nothing() -> None:
    figure = pooled({"silent": (0, 0), "alder": (3, 4)})
    assert figure.value == 0.75 and figure.units == {"alder": (3, 4)}
    nothing = pooled({"silent": (0, 0)})
    assert (nothing.value, nothing.low, nothing.high, nothing.units) == (None, None, None, {})


def test_a_larger_unit_weighs_more() -> None:
    assert pooled({"large": (9, 9), "small": (0, 1)}).value == 0.9


@given(Counted)
def test_the_value_lies_inside_its_interval(counted: list[tuple[str, bool]]) -> None:
    figure = share_of(counted)
    assert figure.value is not None and figure.low is not None and figure.high is not None
    assert figure.low <= figure.value <= figure.high
    assert figure.value == round(sum(part for _, part in counted) / len(counted), 4)


@given(Counted)
def test_pooling_the_units_of_a_share_gives_it_back(counted: list[tuple[str, bool]]) -> None:
    assert pooled(share_of(counted).units) == share_of(counted)


def test_an_interval_is_the_middle_95_of_100_resamples() -> None:
    figure = figure_of(0.5, [n / 100 for n in range(101)])
    assert (figure.value, figure.low, figure.high) == (0.5, 0.025, 0.975)
    assert figure_of(0.5, [None, None]).value is None and figure_of(None, [0.5]).value is None


# ---------------------------------------------------------------- F1


def test_f1_is_the_harmonic_mean() -> None:
    recall, precision = share_of([("a", 1.0), ("b", 0.0)]), share_of([("x", 1.0)])
    assert f1_of(recall, precision).value == pytest.approx(2 * 0.5 * 1 / 1.5, abs=1e-4)
    assert f1_of(share_of([("a", 0.0)]), share_of([("x", 0.0)])).value is None
    assert f1_of(share_of([]), precision).value is None


def test_recall_and_precision_are_drawn_apart_from_each_other() -> None:
    """Of as many units, the same draws would move both up and down together, and F1 with them by as much."""
    one = share_of([(str(n), n % 2) for n in range(20)])
    f1 = f1_of(one, one)
    assert f1.value == one.value == 0.5
    assert (f1.high or 1) - (f1.low or 0) < 0.85 * ((one.high or 1) - (one.low or 0))


# ---------------------------------------------------------------- differences


def of(parts: str) -> list[tuple[str, bool]]:
    """A unit for each letter: right for a capital."""
    return [(letter.lower(), letter.isupper()) for letter in parts]


def test_a_difference_is_how_much_higher_the_other_is() -> None:
    worse, better = share_of(of("Abcdefghij")), share_of(of("ABCDEFGHIj"))
    up = difference(worse, better)
    assert up is not None and up[0] == 0.8 and 0 < up[1] <= 0.8 <= up[2]
    down = difference(better, worse)
    assert down == (-0.8, -up[2], -up[1])


def test_one_unit_of_ten_more_may_be_luck() -> None:
    told = difference(share_of(of("Abcdefghij")), share_of(of("ABcdefghij")))
    assert told is not None and told[0] == 0.1 and told[1] <= 0 < told[2]


def test_pairs_are_drawn_together_so_a_steady_gain_is_sure_though_units_differ_widely() -> None:
    before = pooled({str(n): (n, 20) for n in range(19)})
    after = pooled({str(n): (n + 1, 20) for n in range(19)})
    assert difference(before, after) == (0.05, 0.05, 0.05)
    assert (before.high or 0) > (after.low or 1), "each alone could be either"


def test_there_is_no_difference_without_units_or_values() -> None:
    some, none = share_of(of("Ab")), share_of([])
    assert difference(some, none) is None and difference(none, some) is None
    assert difference(some, some.model_copy(update={"units": {}})) is None


@given(Counted)
def test_a_figure_does_not_differ_from_itself(counted: list[tuple[str, bool]]) -> None:
    assert difference(share_of(counted), share_of(counted)) == (0, 0, 0)


@given(Counted, Counted)
def test_the_change_lies_inside_its_interval(one: list[tuple[str, bool]], other: list[tuple[str, bool]]) -> None:
    units = dict.fromkeys([unit for unit, _ in one + other])
    both = [share_of([(unit, dict(given).get(unit, False)) for unit in units]) for given in (one, other)]
    told = difference(*both)
    assert told is not None and told[1] <= told[0] <= told[2]
