"""Which differences between two runs on the same sets are real, and which of them are for the worse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from icp_synth.evaluation.metrics import Figure, difference
from icp_synth.evaluation.reading import NaiveReader
from icp_synth.evaluation.results import Report, Result
from icp_synth.records import Record

Verdict = Literal["same", "better", "worse", "not sure", "gone", "new"]
_SLACK = 1e-9


class Difference(Record):
    """One figure of two runs. `low` and `high` are the 95% interval of `change`, from the units that both have."""

    suite: str
    set: str
    reader: str
    figure: str
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def compare(before: Report, after: Report) -> list[Difference]:
    """Every figure of both runs, unit by unit. Results are matched by suite and set, readers by their place."""
    olds, news = _by_place(before), _by_place(after)
    found = []
    for place in sorted({*olds, *news}):
        old, new = olds.get(place), news.get(place)
        reader = (new or old or before.results[0]).reader
        figures = [dict(_figures(one)) if one else {} for one in (old, new)]
        found += [
            _difference((*place[:2], reader, name), figures[0].get(name), figures[1].get(name))
            for name in dict.fromkeys([*figures[0], *figures[1]])
        ]
    return found


def _by_place(report: Report) -> dict[tuple[str, str, int], Result]:
    """Results by suite, set and by which reader of them it is: another analyst takes the place of the first."""
    counted: dict[tuple[str, str], int] = {}
    placed: dict[tuple[str, str, int], Result] = {}
    for result in report.results:
        key = (result.suite, result.set)
        placed[(*key, counted.get(key, 0))] = result
        counted[key] = counted.get(key, 0) + 1
    return placed


def _figures(result: Result) -> Iterator[tuple[str, Figure]]:
    yield from result.figures.items()
    for kind, figures in result.by_kind.items():
        yield from ((f"{kind}: {name}", figure) for name, figure in figures.items())


def _difference(what: tuple[str, str, str, str], old: Figure | None, new: Figure | None) -> Difference:
    told = difference(old, new) if old and new else None
    change, low, high = told or (None, None, None)
    return Difference(
        suite=what[0],
        set=what[1],
        reader=what[2],
        figure=what[3],
        before=old.value if old else None,
        after=new.value if new else None,
        change=change,
        low=low,
        high=high,
        verdict=_verdict(old, new, told),
    )


def _verdict(old: Figure | None, new: Figure | None, told: tuple[float, float, float] | None) -> Verdict:
    if old is None or old.value is None:
        return "same" if new is None or new.value is None else "new"
    if new is None or new.value is None:
        return "gone"
    change = new.value - old.value
    if abs(change) <= _SLACK:
        return "same"
    up, worse = change > 0, (change > 0) == (old.better == "lower")
    sure = old.exact or (told is not None and (told[1] > 0 if up else told[2] < 0))
    return ("worse" if worse else "better") if sure else "not sure"


def regressions(differences: list[Difference]) -> list[Difference]:
    """What a gate must not let through: figures that are worse beyond doubt, and figures that are gone.

    How the naive reader does, who is there to compare with, is no fault of ours.
    """
    return [one for one in differences if one.verdict in ("worse", "gone") and one.reader != NaiveReader.name]
