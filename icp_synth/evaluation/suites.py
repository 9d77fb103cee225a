"""Runs suites on sets of gold: each set is scrubbed, embedded and read once, and looked at from every side."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from icp_synth.evaluation import asking, clustering, grounding, interviews, judging, leaks, matching, rendering
from icp_synth.evaluation.cases import GoldSet
from icp_synth.evaluation.judging import Judge
from icp_synth.evaluation.reading import Drafted, NaiveReader, Prepared, drafted, prepared
from icp_synth.evaluation.results import Result
from icp_synth.ports import Analyst, Detector, Embedder, Spender
from icp_synth.records import Manifest, RawFile, Usage

AS_OF = dt.date(2026, 1, 1)  # no figure depends on it; the same for every run
FIRST = 0.8  # share of a set's sources that are there when the rest comes, to see what lasts


@dataclass(frozen=True)
class Parts:
    """Who reads, embeds, scrubs and judges; the templates; and how often a set is read again, for stability."""

    analyst: Analyst
    embedder: Embedder
    detector: Detector
    keyed: Callable[..., str]
    templates: Path
    judge: Judge | None = None
    again: int = 0


@dataclass(frozen=True)
class Evidence:
    """A set of gold, its files as they came, and what its manifest says."""

    gold: GoldSet
    files: Sequence[RawFile]
    manifest: Manifest


def run(suites: Collection[str], evidence: Evidence, parts: Parts, tell: Callable[[str], None]) -> Iterator[Result]:
    """The results of those suites that look at a set of gold. Raises ScrubError, ModelError."""
    gold = evidence.gold
    tell(f"{gold.name}: scrubbing and embedding")
    ready = prepared(gold, evidence.files, evidence.manifest, parts.detector, parts.embedder, parts.keyed)
    if {"interviews", "render", "ask"} & {*suites}:
        tell(f"{gold.name}: reading")
        read, facts = _read(ready, parts)
        if "interviews" in suites:
            yield from _interviews(ready, read, facts, parts)
        if "render" in suites:
            yield rendering.measure(read, parts.templates)
        if "ask" in suites:
            tell(f"{gold.name}: ask")
            yield asking.measure(read, parts.embedder)
    others: Mapping[str, Callable[[], Result]] = {
        "pii": lambda: leaks.measure(ready, parts.detector.name),
        "clustering": lambda: clustering.measure(ready),
        "matching": lambda: matching.measure(ready, parts.embedder),
    }
    for suite, measured in others.items():
        if suite in suites:
            tell(f"{gold.name}: {suite}")
            yield measured()


def _read(ready: Prepared, parts: Parts) -> tuple[Drafted, dict[str, float | int | str | None]]:
    before = _used(parts.analyst)
    read = drafted(ready, parts.embedder, parts.analyst, AS_OF)
    after = _used(parts.analyst)
    return read, {
        "seconds_before_reading": ready.seconds,
        "seconds_reading": read.seconds,
        "calls": after.calls - before.calls,
        "tokens_in": after.tokens_in - before.tokens_in,
        "tokens_out": after.tokens_out - before.tokens_out,
    }


def _used(analyst: Analyst) -> Usage:
    return analyst.used if isinstance(analyst, Spender) else Usage()


def _interviews(
    ready: Prepared, read: Drafted, facts: dict[str, float | int | str | None], parts: Parts
) -> Iterator[Result]:
    """Ours, read again in other orders of arrival to see how stable it is; then the naive reader."""
    again = [drafted(ready, parts.embedder, parts.analyst, AS_OF, shuffled=seed) for seed in range(1, parts.again + 1)]
    parts_of_it = [
        drafted(ready, parts.embedder, parts.analyst, AS_OF, seed, FIRST) for seed in range(1, parts.again + 1)
    ]
    grown = [(part, drafted(ready, parts.embedder, parts.analyst, AS_OF, earlier=part.themes)) for part in parts_of_it]
    ours = interviews.measure(read, again, grown)
    judged, by_whom = judging.measure(read, parts.judge)
    yield ours.model_copy(update={"figures": {**ours.figures, **judged}, "facts": {**ours.facts, **facts, **by_whom}})
    yield interviews.measure(drafted(ready, parts.embedder, NaiveReader(parts.embedder), AS_OF))


def grounded(folder: Path, embedder: Embedder) -> Result:
    """The grounding suite on the cases of a folder. Raises NotFoundError or EvidenceError."""
    started = time.perf_counter()
    result = grounding.measure(folder.name, grounding.read_sentences(folder / "grounding.yaml"), embedder)
    seconds = round(time.perf_counter() - started, 2)
    return result.model_copy(update={"facts": {**result.facts, "seconds": seconds}})
