"""Recall, precision and F2 with bootstrap intervals, from counts per document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from icp_synth.records import Record

Counts = NDArray[np.float64]
_RESAMPLES, _SEED = 1000, 17


class Figure(Record):
    """A share in 0..1 with its 95% interval (percentiles of a bootstrap over units). None where there is nothing.

    `units` is what it was counted over: per unit (an item of the gold, a file) the part and the whole. With it two runs on the
    same set can be compared unit by unit. Of an `exact` figure, any change for the worse is a fault.
    """

    value: float | None
    low: float | None
    high: float | None
    better: Literal["higher", "lower"] = "higher"
    exact: bool = False
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
    return figure_of(ratio(*counts.sum(axis=0)), [ratio(part, whole) for part, whole in drawn])


def share_of(
    counted: Iterable[tuple[str, float]], better: Literal["higher", "lower"] = "higher", *, exact: bool = False
) -> Figure:
    """The mean of what was counted, with its interval; what is counted under the same unit belongs together."""
    units: dict[str, tuple[float, float]] = {}
    for unit, part in counted:
        before = units.get(unit, (0.0, 0.0))
        units[unit] = (before[0] + part, before[1] + 1.0)
    return pooled(units, better, exact=exact)


def pooled(
    units: Mapping[str, tuple[float, float]], better: Literal["higher", "lower"] = "higher", *, exact: bool = False
) -> Figure:
    """The sum of the parts over the sum of the wholes, with its interval. `units` gives (part, whole) of each unit."""
    known = {name: units[name] for name in sorted(units) if units[name][1]}
    found = share(np.array([*known.values()]).reshape(-1, 2), np.array([*known]))
    return found.model_copy(update={"better": better, "exact": exact, "units": known})


def ac1(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Agreement of two on yes or no, beyond chance (Gwet 2008, Br. J. Math. Stat. Psychol. 61)."""
    same = sum(one == other for one, other in pairs) / len(pairs)
    yes = sum(one + other for one, other in pairs) / (2 * len(pairs))
    chance = 2 * yes * (1 - yes)
    return (same - chance) / (1 - chance)


def tunes(name: str) -> bool:
    """Whether a labelled case is of the half that a threshold may be chosen on: stable, whatever else is there."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def f1_of(recall: Figure, precision: Figure) -> Figure:
    """Their harmonic mean; the units of both are drawn apart from each other."""
    drawn = [_resampled(_counts(one), np.array([*one.units]), _SEED + n) for n, one in enumerate((recall, precision))]

    def one(r: float | None, p: float | None) -> float | None:
        return None if r is None or p is None or not r + p else 2 * r * p / (r + p)

    both = zip(*drawn, strict=False)
    return figure_of(one(recall.value, precision.value), [one(ratio(*r), ratio(*p)) for r, p in both])


def difference(one: Figure, other: Figure) -> tuple[float, float, float] | None:
    """How much higher `other` is, with its 95% interval; units that both have are drawn together (a paired bootstrap).

    None where either has no value, or says nothing of its units.
    """
    names = sorted({*one.units} | {*other.units})
    if one.value is None or other.value is None or not (one.units and other.units):
        return None
    counts = np.array([[*one.units.get(name, (0, 0)), *other.units.get(name, (0, 0))] for name in names])
    drawn = _resampled(counts.astype(np.float64), np.array(names))
    told = [
        b - a for row in drawn if (a := ratio(row[0], row[1])) is not None and (b := ratio(row[2], row[3])) is not None
    ]
    low, high = np.percentile(told, [2.5, 97.5])
    return round(other.value - one.value, 4), round(float(low), 4), round(float(high), 4)


def _counts(figure: Figure) -> Counts:
    return np.array([*figure.units.values()], dtype=np.float64).reshape(-1, 2)


def f2_of(counts: Counts, groups: Counts) -> Figure:
    """F2 from columns (found, gold, right, removed): recall = found / gold, precision = right / removed."""
    drawn = _resampled(counts, groups)

    def one(row: Counts) -> float | None:
        return f2(ratio(row[2], row[3]), ratio(row[0], row[1]))

    return figure_of(one(counts.sum(axis=0)), [one(row) for row in drawn])


def _resampled(counts: Counts, groups: Counts, seed: int = _SEED) -> Counts:
    """Column sums of `_RESAMPLES` draws of groups with replacement: shape (resamples, columns)."""
    _, index = np.unique(groups, return_inverse=True)
    summed = np.zeros((index.max() + 1 if len(index) else 0, counts.shape[1]))
    np.add.at(summed, index, counts)
    if not len(summed):
        return np.zeros((0, counts.shape[1]))
    draws = np.random.default_rng(seed).multinomial(len(summed), np.full(len(summed), 1 / len(summed)), _RESAMPLES)
    totals: Counts = draws.astype(np.float64) @ summed
    return totals


def figure_of(value: float | None, drawn: Sequence[float | None]) -> Figure:
    """A value with the interval of its resamples."""
    known = [one for one in drawn if one is not None]
    if value is None or not known:
        return Figure(value=None, low=None, high=None)
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(value=round(float(value), 4), low=round(float(low), 4), high=round(float(high), 4))
