"""How well what belongs together is brought together: themes against items of the gold, or against labelled intents.

V-measure (Rosenberg and Hirschberg 2007), adjusted Rand index (Hubert and Arabie 1985); a theme of one is a cluster of its
own. Sentences of the gold are clustered under their gold kinds, so that what the reader missed doesn't count here.
"""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.metrics import Figure, figure_of, pooled, share_of
from icp_synth.evaluation.quoted import statements
from icp_synth.evaluation.reading import Prepared, sentences_at
from icp_synth.evaluation.results import Result
from icp_synth.evidence import cite
from icp_synth.ports import Embedder, Vectors
from icp_synth.records import Record, Statement
from icp_synth.stages.cluster import cluster

_RESAMPLES, _SEED = 200, 17
Labels = NDArray[np.int_]
OUTSIDE = "oos"  # what the labelled sets call a text of no intent


class Labelled(Record):
    """Texts with what they are about; `OUTSIDE` for those that are about nothing in particular."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def measure(ready: Prepared) -> Result:
    """Cluster the sentences of the gold by kind, and compare with its items."""
    labels: dict[str, str] = {}
    said: dict[str, Statement] = {}
    vectors: dict[str, Vectors] = {}
    for item in ready.gold.items:
        for at in item.evidence:
            for sentence, vector in sentences_at(at, ready):
                source = ready.sources[sentence.source_id]
                if source.turns[sentence.turn].role == "customer":
                    key = f"{item.kind}:{sentence.id}"
                    one = cite((sentence.id,), source, {sentence.id: sentence})
                    said.setdefault(key, one.model_copy(update={"id": key, "kinds": (item.kind,)}))
                    labels.setdefault(key, item.id)
                    vectors[key] = vector
    started = time.perf_counter()
    themes = cluster([said[key] for key in sorted(said)], vectors, ())
    theme_of = {member: theme.id for theme in themes for member in theme.members}
    keys = sorted(labels)
    return Result(
        suite="clustering",
        set=ready.gold.name,
        reader="themes",
        figures=_figures([labels[key] for key in keys], [theme_of[key] for key in keys]),
        facts={
            "sentences": len(keys),
            "themes": len(themes),
            "items": len(set(labels.values())),
            "seconds": round(time.perf_counter() - started, 2),
        },
    )


def measure_labelled(one: Labelled, embedder: Embedder) -> Result:
    """Cluster labelled texts, the number of clusters unknown. Texts that are `OUTSIDE` should stay themes of one."""
    rows = embedder.embed(one.texts)
    said = statements(one.texts, "job")
    keys = [each.id for each in said]
    started = time.perf_counter()
    themes = cluster(said, dict(zip(keys, rows, strict=True)), ())
    seconds = time.perf_counter() - started
    theme_of = {member: theme.id for theme in themes for member in theme.members}
    sizes = Counter(theme_of.values())
    inside = [n for n, label in enumerate(one.labels) if label != OUTSIDE]
    figures = _figures([one.labels[n] for n in inside], [theme_of[keys[n]] for n in inside])
    alone = [sizes[theme_of[key]] == 1 for key in keys]
    if len(inside) < len(keys):
        figures["outside_found"] = share_of((keys[n], alone[n]) for n in range(len(keys)) if one.labels[n] == OUTSIDE)
        figures["inside_kept"] = share_of((keys[n], not alone[n]) for n in inside)
    groups = sum(size > 1 for size in sizes.values())
    true = len({*one.labels} - {OUTSIDE})
    return Result(
        suite="clustering",
        set=one.name,
        reader="themes",
        figures={key: figure.model_copy(update={"units": {}}) for key, figure in figures.items()},
        facts={"texts": len(keys), "clusters": groups, "true_clusters": true, "seconds": round(seconds, 2)},
    )


def _figures(true: Sequence[str], found: Sequence[str]) -> dict[str, Figure]:
    """V-measure and ARI with intervals; the share of the gold's pairs that are joined, and of joined pairs that are right."""
    if not true:
        return dict.fromkeys(("v_measure", "ari", "pairs_joined", "pairs_right"), share_of(()))
    one, other = (np.unique(np.array(labels), return_inverse=True)[1] for labels in (true, found))
    score: Any = import_module("sklearn.metrics")
    pairs = Counter(zip(true, found, strict=True))
    return {
        "v_measure": _halved(score.v_measure_score, one, other),
        "ari": _halved(score.adjusted_rand_score, one, other),
        "pairs_joined": _of_pairs(pairs, Counter(true), 0),
        "pairs_right": _of_pairs(pairs, Counter(found), 1),
    }


def _halved(score: Callable[..., float], one: Labels, other: Labels) -> Figure:
    """A score with its interval from random halves (McCarthy 1969), which vary as the whole does.

    Drawing with replacement would put a text beside itself, and count the two as rightly together.
    """
    draw, value = np.random.default_rng(_SEED), float(score(one, other))
    halves = [draw.permutation(len(one))[: len(one) // 2] for _ in range(_RESAMPLES)] if len(one) > 3 else []
    drawn = [float(score(one[rows], other[rows])) for rows in halves]
    return figure_of(value, [each - float(np.mean(drawn)) + value for each in drawn])


def _of_pairs(together: Mapping[tuple[str, str], int], sizes: Mapping[str, int], side: int) -> Figure:
    """Per group of one side (0 the gold's, 1 ours): its pairs that are together on both, of all its pairs."""
    parts: dict[str, float] = dict.fromkeys(sizes, 0.0)
    for groups, number in together.items():
        parts[groups[side]] += number * (number - 1) / 2
    return pooled({name: (parts[name], size * (size - 1) / 2) for name, size in sizes.items()})


# ---------------------------------------------------------------- labelled sets


def read_labelled(folder: Path) -> list[Labelled]:
    """The labelled sets below a folder: banking77, clinc150, dstc11 in their own formats. Raises NotFoundError, EvidenceError."""
    found = [
        _read(name, path, read)
        for name, pattern, read in (
            ("banking77", "banking77/*.csv", _banking),
            ("clinc150", "clinc150/*.json", _clinc),
            ("dstc11", "dstc11/*/*.jsonl", _dstc),
        )
        for path in sorted(folder.rglob(pattern))
    ]
    if not found:
        raise NotFoundError(f"{folder} holds no labelled texts.", "Give a folder with banking77, clinc150 or dstc11.")
    return found


def _read(name: str, path: Path, read: Callable[[str], Iterator[tuple[str, str]]]) -> Labelled:
    try:
        pairs = list(read(path.read_text(encoding="utf-8")))
        return Labelled(name=name, texts=tuple(text for text, _ in pairs), labels=tuple(label for _, label in pairs))
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        what = "a row is cut short" if isinstance(error, ValidationError) else f"{type(error).__name__}: {error}"
        raise EvidenceError(
            str(path), f"{path} isn't {name} ({what}).", "Take the file as it was published."
        ) from error


def _banking(text: str) -> Iterator[tuple[str, str]]:
    yield from ((row["text"], row["category"]) for row in csv.DictReader(io.StringIO(text)))


def _clinc(text: str) -> Iterator[tuple[str, str]]:
    for part, rows in sorted(json.loads(text).items()):
        yield from ((said, OUTSIDE if part.startswith("oos") else intent) for said, intent in rows)


def _dstc(text: str) -> Iterator[tuple[str, str]]:
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    yield from ((row["utterance"], row["intent"]) for row in rows)
