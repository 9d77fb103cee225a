"""Does a statement support a headline? Each statement is given its nearest headline, and the surest half is looked at.

Mean average precision as the shared task on key points defines it (Friedman et al. 2021, "Overview of the 2021 Key Point Analysis
Shared Task"): per topic, the half of the statements with the surest match, ranked; strict counts a pair that nobody labelled
as wrong, relaxed as right.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.metrics import Figure, pooled
from icp_synth.evaluation.reading import Prepared, sentences_at
from icp_synth.evaluation.results import Result
from icp_synth.ports import Embedder, Vectors
from icp_synth.records import Record

_LOOKED_AT = 0.5  # share of the statements that is ranked


class Topic(Record):
    """Statements and headlines about one matter; `labels` says of (statement, headline) whether it is borne, where known."""

    name: str
    statements: dict[str, str]
    headlines: dict[str, str]
    labels: dict[tuple[str, str], bool]


def measure(ready: Prepared, embedder: Embedder) -> Result:
    """Sentences of a gold set against what its annotator wrote of the items, per kind."""
    return measure_topics(ready.gold.name, _topics(ready), embedder)


def _topics(ready: Prepared) -> list[Topic]:
    topics = []
    for kind in sorted({item.kind for item in ready.gold.items}):
        items = [item for item in ready.gold.items if item.kind == kind and item.statement]
        at = {
            item.id: {s.id: s.text for place in item.evidence for s, _ in sentences_at(place, ready)} for item in items
        }
        said = {key: text for found in at.values() for key, text in found.items()}
        if len(items) > 1 and said:
            topics.append(
                Topic(
                    name=kind,
                    statements=dict(sorted(said.items())),
                    headlines={item.id: item.statement for item in items},
                    labels={(key, item.id): key in at[item.id] for key in said for item in items},
                )
            )
    return topics


def measure_topics(name: str, topics: Sequence[Topic], embedder: Embedder) -> Result:
    """Match by the cosine of the vectors, as themes do."""
    strict, relaxed, matched = {}, {}, {}
    for topic in topics:
        ranked = _ranked(topic, embedder)
        top = ranked[: int(len(ranked) * _LOOKED_AT)]
        strict[topic.name] = (_average_precision([topic.labels.get(pair, False) for pair in top]), 1.0)
        relaxed[topic.name] = (_average_precision([topic.labels.get(pair, True) for pair in top]), 1.0)
        known = [topic.labels[pair] for pair in ranked if pair in topic.labels]
        matched[topic.name] = (float(sum(known)), float(len(known)))
    figures: dict[str, Figure] = {
        "map_strict": pooled(strict),
        "map_relaxed": pooled(relaxed),
        "best_is_right": pooled(matched),
    }
    return Result(
        suite="matching",
        set=name,
        reader=embedder.name,
        figures=figures,
        facts={
            "statements": sum(len(topic.statements) for topic in topics),
            "headlines": sum(len(topic.headlines) for topic in topics),
        },
    )


def _ranked(topic: Topic, embedder: Embedder) -> list[tuple[str, str]]:
    """Each statement with its nearest headline, the nearest pair first."""
    keys, names = sorted(topic.statements), sorted(topic.headlines)
    likeness = _vectors(topic.statements, keys, embedder) @ _vectors(topic.headlines, names, embedder).T
    best = np.argmax(likeness, axis=1)
    pairs = [
        (-round(float(likeness[n, b]), 6), key, names[b]) for n, (key, b) in enumerate(zip(keys, best, strict=True))
    ]
    return [(key, name) for _, key, name in sorted(pairs)]


def _vectors(texts: Mapping[str, str], keys: Sequence[str], embedder: Embedder) -> Vectors:
    return embedder.embed([texts[key] for key in keys])


def _average_precision(right: Sequence[bool]) -> float:
    """The mean, over the right ones, of the share of right ones among those ranked no lower."""
    hits = np.cumsum(right)
    precisions = [hits[n] / (n + 1) for n, one in enumerate(right) if one]
    return float(np.mean(precisions)) if precisions else 0.0


def read_topics(folder: Path) -> dict[str, list[Topic]]:
    """Key points below a folder, in the format of ArgKP: part (`dev` …) → topics. Raises NotFoundError, EvidenceError."""
    found = sorted(folder.rglob("arguments_*.csv"))
    if not found:
        raise NotFoundError(f"{folder} holds no arguments_*.csv.", "Give a folder with ArgKP.")
    return {f"argkp-{path.stem.removeprefix('arguments_')}": _argkp(path) for path in found}


def _argkp(arguments: Path) -> list[Topic]:
    part = arguments.stem.removeprefix("arguments_")
    said, points, labels = (
        _rows(arguments.with_name(f"{name}_{part}.csv")) for name in ("arguments", "key_points", "labels")
    )
    try:
        known = {(row["arg_id"], row["key_point_id"]): row["label"] == "1" for row in labels}
        groups = sorted({(row["topic"], row["stance"]) for row in points})
        return [
            Topic(
                name=f"{topic} ({stance})",
                statements={r["arg_id"]: r["argument"] for r in said if (r["topic"], r["stance"]) == (topic, stance)},
                headlines={
                    r["key_point_id"]: r["key_point"] for r in points if (r["topic"], r["stance"]) == (topic, stance)
                },
                labels=known,
            )
            for topic, stance in groups
        ]
    except (KeyError, ValidationError) as error:
        what = f"have no column {error}" if isinstance(error, KeyError) else "have a row that is cut short"
        raise EvidenceError(
            str(arguments), f"{arguments} and its key points {what}.", "Take ArgKP's files as they were published."
        ) from error


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise EvidenceError(
            str(path), f"{path} can't be read.", "ArgKP has arguments, key_points and labels of each part."
        ) from error
