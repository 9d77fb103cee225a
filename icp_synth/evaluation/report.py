"""A report of results as one self-contained HTML page: no script, nothing fetched, one style sheet allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from icp_synth.assets import template_dir
from icp_synth.evaluation.metrics import Figure
from icp_synth.evaluation.plots import UNKNOWN, Confusion, Plot, Reader, Row, Spot, confusion, plot, spots
from icp_synth.evaluation.results import Report, Result, Suite
from icp_synth.stages.render.view import shown

_HEADLINES = 3  # so many of a result's figures are in the summary: the first, since they come in the order of weight
_PEERS = ("ring", "square", "diamond")
# In the order of the page: what is measured, and what better means.
_ABOUT: Mapping[Suite, tuple[str, str]] = {
    "interviews": (
        "Interviews",
        "What customers said is read and compared with what people labelled in the same evidence. "
        "More recall: less of what matters is missed. More precision: less of what is found is wrong.",
    ),
    "pii": (
        "Personal data",
        "People labelled the personal data of the evidence. Better: more of it is gone from what would be stored.",
    ),
    "clustering": (
        "Clustering",
        "Sentences or messages whose subjects are known are grouped, the number of subjects unknown. "
        "Better: a group is about one subject, and a subject is in one group.",
    ),
    "matching": (
        "Matching",
        "Each statement is given its nearest headline, and people have said which headline it supports. "
        "Better: the surest matches are right.",
    ),
    "ask": (
        "Ask",
        "Questions are put to the evidence, some of which it can't answer. "
        "Better: answers cite the places that hold them, and where there are none, that is the answer.",
    ),
    "grounding": (
        "Grounding",
        "Sentences about given quotes are brought to the door that every claim goes through. "
        "Better: what says more than its quotes is stopped, and what they bear is let in.",
    ),
    "render": (
        "Render",
        "The one-pager is read back from each of its formats and compared with the profile. "
        "Better: each claim is there, under it its own quotes, and nothing else.",
    ),
}


@dataclass(frozen=True)
class _Set:
    name: str
    key: str
    readers: tuple[Reader, ...]
    figures: Plot
    kinds: tuple[Plot, ...]
    diagrams: tuple[tuple[Reader, tuple[Spot, ...]], ...]
    confusions: tuple[tuple[Reader, Confusion], ...]

    def headlines(self) -> tuple[Row, ...]:
        """The weightiest figures of our reader."""
        ours = self.readers[0].result.figures
        return tuple(row for row in self.figures.rows if row.name in ours)[:_HEADLINES]


@dataclass(frozen=True)
class _Suite:
    name: Suite
    title: str
    about: str
    sets: tuple[_Set, ...]


def page(report: Report, earlier: Report | None = None) -> str:
    """The page, as HTML. With an `earlier` report, its values are marked beside those of the same suite, set and reader.

    The reader named like the report's analyst, embedder or detector is taken for ours, else the first of a set.
    """
    folder = template_dir() / "eval_report"
    css = (folder / "report.css").read_text(encoding="utf-8")
    return (
        _environment(folder)
        .get_template("report.html.j2")
        .render(
            report=report,
            earlier=earlier,
            suites=_suites(report, earlier),
            css=Markup(css),  # noqa: S704
            style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        )
    )


def _environment(folder: Path) -> Environment:
    # autoescape is set outright, since select_autoescape does not know the ending .html.j2.
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: shown(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words=_words, fact=_fact)
    return environment


# ---------------------------------------------------------------- suites and sets


def _suites(report: Report, earlier: Report | None) -> tuple[_Suite, ...]:
    found = []
    for suite, (title, about) in _ABOUT.items():
        results = [one for one in report.results if one.suite == suite]
        names = dict.fromkeys(one.set for one in results)
        readers = [_readers([one for one in results if one.set == name], report, earlier) for name in names]
        if readers:
            found.append(
                _Suite(suite, title, about, tuple(_set(f"{suite}-{n}", of) for n, of in enumerate(readers, 1)))
            )
    return tuple(found)


def _readers(results: Sequence[Result], report: Report, earlier: Report | None) -> tuple[Reader, ...]:
    """The readers of one set, ours first."""
    made_with = (report.analyst, report.embedder, report.detector)
    ordered = sorted(results, key=lambda one: one.reader not in made_with)
    marks = ("ours", *(_PEERS[n % len(_PEERS)] for n in range(len(ordered) - 1)))
    before = {(one.suite, one.set, one.reader): one for one in (earlier.results if earlier else ())}
    return tuple(
        Reader(one.reader, mark, one, before.get((one.suite, one.set, one.reader)))
        for one, mark in zip(ordered, marks, strict=True)
    )


def _set(key: str, readers: tuple[Reader, ...]) -> _Set:
    with_kinds = [one for one in readers if one.result.by_kind]
    measures = dict.fromkeys(name for one in with_kinds for of in one.result.by_kind.values() for name in of)
    return _Set(
        name=readers[0].result.set,
        key=key,
        readers=readers,
        figures=plot("", readers, lambda result: result.figures),
        kinds=tuple(plot(measure, with_kinds, partial(_per_kind, measure)) for measure in measures),
        diagrams=tuple((one, drawn) for one in readers if (drawn := spots(one.result))),
        confusions=tuple((one, confusion(one.result.confusion)) for one in readers if one.result.confusion),
    )


def _per_kind(measure: str, result: Result) -> dict[str, Figure]:
    return {kind: figures[measure] for kind, figures in result.by_kind.items() if measure in figures}


# ---------------------------------------------------------------- how names and facts are said


def _words(name: str) -> str:
    return name.replace("_", " ")


def _fact(value: float | int | str | None) -> str:
    """Two decimals; two digits of what is smaller, since a cost of 0.0004 isn't nothing."""
    if value is None or isinstance(value, str):
        return UNKNOWN if value is None else value
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return UNKNOWN
    return f"{value:.2g}" if 0 < abs(value) < 0.01 else f"{value:,.2f}"
