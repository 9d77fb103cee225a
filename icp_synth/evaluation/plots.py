"""The plots of a report: what each mark says and where it stands, before anything is drawn. Places are percent of an axis."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from icp_synth.evaluation.metrics import Figure
from icp_synth.evaluation.results import Case, Result

UNKNOWN = "–"
_SHADES = 9


@dataclass(frozen=True)
class Reader:
    """A reader's result on a set, the mark that stands for it, and what the same reader did in the earlier report."""

    name: str
    mark: str
    result: Result
    before: Result | None

    def tally(self) -> str:
        """``3 missed, 1 wrong kind``."""
        return ", ".join(f"{n:,} {what}" for what, n in Counter(case.what for case in self.result.cases).most_common())

    def cases(self, first: int) -> tuple[Sequence[Case], Sequence[Case]]:
        """The first so many cases, and the rest."""
        return self.result.cases[:first], self.result.cases[first:]


@dataclass(frozen=True)
class Point:
    """A figure in words, and where its mark, the ends of its whisker and the earlier value are: percent of the axis, or ""."""

    reader: str
    mark: str
    value: str
    interval: str
    was: str
    at: str
    low: str
    high: str
    was_at: str


@dataclass(frozen=True)
class Row:
    """A figure of all readers. `lower`: less is better."""

    name: str
    lower: bool
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Plot:
    """Rows on one axis."""

    name: str
    rows: tuple[Row, ...]

    @property
    def lower(self) -> bool:
        """Whether less is better in all rows, so that the plot says it once."""
        return all(row.lower for row in self.rows)


@dataclass(frozen=True)
class Spot:
    """A bin of answers in words, and in the diagram: centre and radius in percent of its side, from the top left."""

    confidence: str
    right: str
    count: str
    x: str
    y: str
    r: str


@dataclass(frozen=True)
class Cell:
    """How often, how strong its background is (0–9, its part of the row), and whether this kind was the right one."""

    count: int
    shade: int
    right: bool


@dataclass(frozen=True)
class Confusion:
    """The kinds that were given, and per kind of the gold a cell for each and the sum."""

    given: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...], int], ...]


# ---------------------------------------------------------------- dots and whiskers


def plot(name: str, readers: Sequence[Reader], figures: Callable[[Result], Mapping[str, Figure]]) -> Plot:
    """A row for each of the figures that any reader has, and in it a point for each reader."""
    compared = [(one, figures(one.result), figures(one.before) if one.before else {}) for one in readers]
    names = dict.fromkeys(row for _, now, _ in compared for row in now)
    return Plot(name, tuple(_row(row, compared) for row in names))


def _row(name: str, compared: Sequence[tuple[Reader, Mapping[str, Figure], Mapping[str, Figure]]]) -> Row:
    return Row(
        name=name,
        lower=any(name in now and now[name].better == "lower" for _, now, _ in compared),
        points=tuple(_point(one, now.get(name), before.get(name)) for one, now, before in compared),
    )


def _point(reader: Reader, now: Figure | None, before: Figure | None) -> Point:
    value, low, high = (now.value, now.low, now.high) if now else (None, None, None)
    bounded = _is_known(value) and _is_known(low) and _is_known(high)
    was = before.value if before else None
    return Point(
        reader=reader.name,
        mark=reader.mark,
        value=_share(value),
        interval=f"{_share(low)}–{_share(high)}" if bounded else "",
        was=_share(was) if _is_known(was) else "",
        at=_at(value),
        low=_at(low) if bounded else "",
        high=_at(high) if bounded else "",
        was_at=_at(was),
    )


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _share(value: float | None) -> str:
    return f"{value:.2f}" if _is_known(value) else UNKNOWN


def _at(value: float | None) -> str:
    """The place of a share on an axis from 0 to 1, in percent; "" for none. What lies outside is put at the end."""
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%" if _is_known(value) else ""


# ---------------------------------------------------------------- calibration and confusion


def spots(result: Result) -> tuple[Spot, ...]:
    """The bins of a reliability diagram that have a place in it."""
    bins = [one for one in result.calibration if _is_known(one.confidence) and _is_known(one.right)]
    most = max((one.count for one in bins), default=0)
    return tuple(
        Spot(
            confidence=_share(one.confidence),
            right=_share(one.right),
            count=f"{one.count:,}",
            x=_at(one.confidence),
            y=_at(1 - one.right),
            # Area follows the count; the least is still a dot that can be seen.
            r=f"{1 + 4 * math.sqrt(max(one.count, 0) / most) if most > 0 else 1:.2f}%",
        )
        for one in bins
    )


def confusion(counts: Mapping[str, Mapping[str, int]]) -> Confusion:
    """Counts per kind of the gold and kind that was given, as rows of equal length."""
    given = tuple(dict.fromkeys([*counts, *(kind for row in counts.values() for kind in row)]))
    rows = []
    for gold, row in counts.items():
        total = sum(row.values())
        cells = tuple(Cell(n, _shade(n, total), kind == gold) for kind in given for n in [row.get(kind, 0)])
        rows.append((gold, cells, total))
    return Confusion(given, tuple(rows))


def _shade(count: int, total: int) -> int:
    """How strong the background is, 0 for nothing to `_SHADES` for all of the row."""
    return min(max(math.ceil(_SHADES * count / total), 0), _SHADES) if total > 0 else 0
