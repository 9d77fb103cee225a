"""Recall, precision and F2 with bootstrap intervals, from counts per document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from icp_synth.records import Record

Counts = NDArray[np.float64]
_RESAMPLES, _SEED = 1000, 17


class Figure(Record):
    """A share in 0..1 with its 95% interval (percentiles of a bootstrap over units). None where there is nothing.

    `units` is what it was counted over: per unit (an item of the gold, a file) the part and the whole. With it two runs on the same
    set can be compared unit by unit.
    """

    value: float | None
    low: float | None
    high: float | None
    better: Literal["higher", "lower"] = "higher"
    units: dict[str, tuple[float, float]] = Field(default_factory=dict)


def ratio(part: float, whole: float) -> float | None:
    """part / whole, or None for nothing of nothing."""
    return part / whole if whole else None


def f2(precision: float | None, recall: float | None) -> float | None:
    """The F-measure that weighs recall twice (van Rijsbergen, beta = 2)."""
    if precision is None or recall is None or not precision + recall:
        return None
    return 5 * precision * recall / (4 * precision + recall)


def share(counts: Counts, groups: Counts) -> Figure:
    """Sum of column 0 over sum of column 1. `counts` is (documents, 2); `groups` says which documents belong together."""
    drawn = _resampled(counts, groups)
    return _figure(ratio(*counts.sum(axis=0)), [ratio(part, whole) for part, whole in drawn])


def share_of(
    counted: Iterable[tuple[str, float]], better: Literal["higher", "lower"] = "higher", whole: float = 1.0
) -> Figure:
    """The mean of what was counted, as a share of `whole`; units of the same name belong together."""
    units: dict[str, tuple[float, float]] = {}
    for unit, part in counted:
        before = units.get(unit, (0.0, 0.0))
        units[unit] = (before[0] + part, before[1] + whole)
    found = share(np.array([*units.values()]).reshape(-1, 2), np.array([*units]))
    return found.model_copy(update={"better": better, "units": units})


def f2_of(counts: Counts, groups: Counts) -> Figure:
    """F2 from columns (found, gold, right, removed): recall = found / gold, precision = right / removed."""
    drawn = _resampled(counts, groups)

    def one(row: Counts) -> float | None:
        return f2(ratio(row[2], row[3]), ratio(row[0], row[1]))

    return _figure(one(counts.sum(axis=0)), [one(row) for row in drawn])


def _resampled(counts: Counts, groups: Counts) -> Counts:
    """Column sums of `_RESAMPLES` draws of groups with replacement: shape (resamples, columns)."""
    _, index = np.unique(groups, return_inverse=True)
    summed = np.zeros((index.max() + 1 if len(index) else 0, counts.shape[1]))
    np.add.at(summed, index, counts)
    if not len(summed):
        return np.zeros((0, counts.shape[1]))
    draws = np.random.default_rng(_SEED).multinomial(len(summed), np.full(len(summed), 1 / len(summed)), _RESAMPLES)
    totals: Counts = draws.astype(np.float64) @ summed
    return totals


def _figure(value: float | None, drawn: list[float | None]) -> Figure:
    known = [one for one in drawn if one is not None]
    if value is None or not known:
        return Figure(value=None, low=None, high=None)
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(value=round(float(value), 4), low=round(float(low), 4), high=round(float(high), 4))
