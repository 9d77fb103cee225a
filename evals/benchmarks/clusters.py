"""Themes against BERTopic and k-means, what stays when evidence is added, and what 100,000 vectors cost.

    python -m evals.benchmarks.clusters --data ../shared/data/intents [--json] [--many 100000]

The same vectors of the embedded sentence model for all three. Ours and BERTopic (its defaults, a fixed seed for UMAP) don't
know the number of groups, k-means is given the true one. V-measure and adjusted Rand index over the texts that have a label,
outliers counted as groups of one; outside F1 for finding the texts without a label among the outliers; seconds on the wall
and of the cores together. BERTopic is no dependency: `pip install --no-deps bertopic` and `pip install umap-learn hdbscan
pandas plotly tqdm` into an environment of its own; it is left out where it is missing. Each method runs in a process of its
own, so that its memory can be told; it is never told as less than what the first process held.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.evaluation.clustering import OUTSIDE, Labelled, read_labelled
from icp_synth.evaluation.quoted import statements
from icp_synth.neighbours import EXACT
from icp_synth.partition import APART, NEAR
from icp_synth.records import Statement, Theme
from icp_synth.stages.cluster import cluster

Row = dict[str, Any]
_SEED = 17
SETTINGS = {
    "ours": f"no number of groups; NEAR {NEAR}, APART {APART}; neighbours exact up to {EXACT} vectors",
    "bertopic": "defaults (UMAP 15 neighbours, 5 dimensions, cosine; HDBSCAN min_cluster_size 10), UMAP random_state 17",
    "k-means": "scikit-learn, the true number of groups, n_init 10, random_state 17",
}
SMALL = Path(__file__).parents[1] / "training" / "themes"


def ours(texts: Sequence[str], vectors: np.ndarray, true: int) -> list[int]:
    """A theme per text; a theme of one is an outlier."""
    said = statements(texts, "job")
    themes = cluster(said, dict(zip((s.id for s in said), vectors, strict=True)), ())
    of = {member: number for number, theme in enumerate(themes) for member in theme.members}
    return [of[s.id] for s in said]


def bertopic(texts: Sequence[str], vectors: np.ndarray, true: int) -> list[int]:
    """BERTopic's topics; its topic −1 is made outliers."""
    from bertopic import BERTopic  # type: ignore[import-not-found]
    from umap import UMAP  # type: ignore[import-not-found]

    # UMAP as BERTopic makes it, with a seed: without one two runs differ.
    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=_SEED)
    found, _ = BERTopic(umap_model=reduce).fit_transform(list(texts), embeddings=vectors)
    return [topic if topic >= 0 else -1 - number for number, topic in enumerate(found)]


def k_means(texts: Sequence[str], vectors: np.ndarray, true: int) -> list[int]:
    """k-means given the true number of groups."""
    from sklearn.cluster import KMeans

    return [int(n) for n in KMeans(true, n_init=10, random_state=_SEED).fit_predict(vectors)]


METHODS: dict[str, Callable[[Sequence[str], np.ndarray, int], list[int]]] = {
    "ours": ours,
    "bertopic": bertopic,
    "k-means": k_means,
}


def measure(name: str, one: Labelled, vectors: np.ndarray) -> Row:
    """One method on one set, in this process."""
    true = len({*one.labels} - {OUTSIDE})
    if name == "bertopic":  # numba compiles at first use, which is no fault of the method
        METHODS[name](one.texts[:300], vectors[:300], true)
    clock = _Clock()
    found = METHODS[name](one.texts, vectors, true)
    cost = clock.cost()
    return {"set": one.name, "method": name, **scores(one.labels, found), **cost}


def scores(labels: Sequence[str], found: Sequence[int]) -> Row:
    """V-measure, adjusted Rand index, groups of more than one against the true number, and F1 of outliers."""
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    inside = [n for n, label in enumerate(labels) if label != OUTSIDE]
    wanted, got = [labels[n] for n in inside], [found[n] for n in inside]
    sizes = Counter(found)
    alone = [sizes[group] == 1 for group in found]
    outside = [label == OUTSIDE for label in labels]
    both = sum(a and o for a, o in zip(alone, outside, strict=True))
    return {
        "v": round(float(v_measure_score(wanted, got)), 3),
        "ari": round(float(adjusted_rand_score(wanted, got)), 3),
        "groups": sum(size > 1 for size in sizes.values()),
        "true": len({*wanted}),
        "outliers": sum(alone),
        "outside_f1": round(2 * both / (sum(alone) + sum(outside)), 3) if any(outside) else None,
    }


def many(count: int, vectors: np.ndarray) -> Row:
    """That many vectors: those of the sets over and over, each time with other noise."""
    draw = np.random.default_rng(_SEED)
    rows = vectors[draw.integers(0, len(vectors), count)]
    rows = rows + draw.normal(scale=0.35 / rows.shape[1] ** 0.5, size=rows.shape).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    said = statements(["text"], "job")[0]
    several = [said.model_copy(update={"id": f"s-{number:06}"}) for number in range(count)]
    by_id = dict(zip((s.id for s in several), rows, strict=True))
    clock = _Clock()
    themes = cluster(several, by_id, ())
    cost = clock.cost()
    sizes = [len(theme.members) for theme in themes]
    return {"vectors": count, "groups": sum(s > 1 for s in sizes), "alone": sizes.count(1), **cost}


def stability(name: str, said: Sequence[Statement], vectors: np.ndarray) -> Row:
    """Cluster 80 of 100, then all: which of the first themes of several keep their name, and their members."""
    by_id = dict(zip((s.id for s in said), vectors, strict=True))
    first = [s for s in said if int(hashlib.sha256(s.id.encode()).hexdigest(), 16) % 5]
    before = cluster(first, by_id, ())
    after = cluster(said, by_id, before)
    now = {theme.id: set(theme.members) for theme in after}
    several = [theme for theme in before if len(theme.members) > 1]
    kept = [_kept(theme, now) for theme in several]
    return {
        "set": name,
        "first": len(several),
        "keep_id": round(float(np.mean([share > 0 for share in kept])), 3) if kept else None,
        "keep_members": round(float(np.mean([share >= 0.9 for share in kept])), 3) if kept else None,
    }


def _kept(theme: Theme, now: dict[str, set[str]]) -> float:
    return len({*theme.members} & now.get(theme.id, set())) / len(theme.members)


def small(folder: Path) -> Iterator[tuple[str, list[Statement], list[str]]]:
    """(name, statements of their kinds, topics) of the labelled sentences that we wrote to tune on."""
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        said = statements([row["text"] for row in rows], "pain")
        kinds = [s.model_copy(update={"kinds": (row["kind"],)}) for s, row in zip(said, rows, strict=True)]
        yield path.stem, kinds, [f"{row['kind']} {row['topic']}" for row in rows]


def pairs(name: str, said: Sequence[Statement], topics: Sequence[str], vectors: np.ndarray) -> Row:
    """Of the pairs that we join, how many belong together; and of those that do, how many we join."""
    topic = dict(zip((s.id for s in said), topics, strict=True))
    themes = cluster(said, dict(zip(topic, vectors, strict=True)), ())
    joined = sum(_pairs(len(theme.members)) for theme in themes)
    right = sum(_pairs(n) for theme in themes for n in Counter(topic[m] for m in theme.members).values())
    true = sum(_pairs(n) for n in Counter(topics).values())
    return {"set": name, "statements": len(said), "joined": joined, "right": right, "true": true}


def _pairs(number: int) -> int:
    return number * (number - 1) // 2


class _Clock:
    """Seconds on the wall, seconds of the cores together (what doesn't depend on who else is working), and peak memory."""

    def __init__(self) -> None:
        self.wall, self.cores = time.perf_counter(), time.process_time()

    def cost(self) -> Row:
        """Since the start of this clock; the peak is that of the process."""
        return {
            "seconds": round(time.perf_counter() - self.wall, 1),
            "cpu": round(time.process_time() - self.cores, 1),
            "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def _apart(work: Callable[..., Row], *given: object) -> Row:
    """Run in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def vectors_of(texts: Sequence[str], embedder: OnnxEmbedder) -> np.ndarray:
    """Embedded once per machine: kept in the temporary folder under a hash of the texts."""
    name = hashlib.sha256("\n".join([embedder.name, *texts]).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"icp-synth-vectors-{name}.npy"
    if not path.exists():
        np.save(path, embedder.embed(texts))
    kept: np.ndarray = np.load(path)
    return kept


def run(data: Path, count: int) -> Iterator[tuple[str, Row]]:
    """(table, row), as they come."""
    embedder = OnnxEmbedder()
    sets = [(one, vectors_of(one.texts, embedder)) for one in read_labelled(data)]
    for one, vectors in sets:
        for method in METHODS:
            if method != "bertopic" or find_spec("bertopic"):
                yield "groups", _apart(measure, method, one, vectors)
        yield "stability", stability(one.name, statements(one.texts, "job"), vectors)
    for name, said, topics in small(SMALL):
        vectors = vectors_of([s.quote for s in said], embedder)
        yield "pairs", pairs(name, said, topics, vectors)
        yield "stability", stability(name, said, vectors)
    yield "many", _apart(many, count, np.concatenate([vectors for _, vectors in sets]))


def main() -> None:
    """Print settings and rows as they come, or everything as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--many", type=int, default=100_000, help="vectors of the run for time and memory")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    tables: dict[str, list[Row]] = {}
    if not given.json:
        for method, how in SETTINGS.items():
            missing = method == "bertopic" and not find_spec("bertopic")
            print(f"{method}: {'not installed, left out (see the docstring)' if missing else how}")
    for table, row in run(given.data, given.many):
        tables.setdefault(table, []).append(row)
        if not given.json:
            print(table, " ".join(f"{key}={value}" for key, value in row.items()), flush=True)
    if given.json:
        print(json.dumps({"settings": SETTINGS, **tables}, indent=2))


if __name__ == "__main__":
    main()
