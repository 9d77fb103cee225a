"""Train the head of the extractive analyst: `make train`.

Reads `statements/*.jsonl`, embeds with the shipped model, chooses penalty and thresholds by cross-validation grouped
by industry (no industry is judged by weights that saw it), prints the held-out figures, and writes
`icp_synth/analysts/weights/head.npz` (plain arrays, no pickle) with a fixed seed and order.
"""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.analysts.extractive import KINDS, TONES, Reading, asked, features

HERE = Path(__file__).parent
WEIGHTS = HERE.parent.parent / "icp_synth" / "analysts" / "weights" / "head.npz"
PENALTIES = (1.0, 2.0, 4.0)
FOLDS = 5
# Thresholds favour precision a little: a wrong line in a profile costs more than a missing one.
BETA = 0.8

Matrix = NDArray[np.float64]


def rows() -> list[dict[str, object]]:
    """All training sentences, in the order of files and lines."""
    files = sorted((HERE / "statements").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def matrices() -> tuple[Matrix, Matrix, NDArray[np.int_], NDArray[np.int_], NDArray[np.int_]]:
    """Features with the question and without, kinds (0/1 per kind), tones and industries (index) of all sentences.

    Every sentence is learnt both ways, so that the head doesn't lean on the question alone.
    """
    data = rows()
    readings = [
        Reading(
            text=str(row["text"]),
            question=str(row["question"] or ""),
            heading=str(row["heading"] or ""),
            source_kind=row["source_kind"],  # type: ignore[arg-type]
            voice=row["voice"],  # type: ignore[arg-type]
            outcome=row["outcome"],  # type: ignore[arg-type]
        )
        for row in data
    ]
    embedder = OnnxEmbedder()
    vectors = embedder.embed([reading.text for reading in readings])
    contexts = [asked(reading.question, reading.heading) for reading in readings]
    questions = embedder.embed(contexts) * np.array([[bool(context)] for context in contexts], dtype=np.float32)
    kinds = np.array([[kind in row["kinds"] for kind in KINDS] for row in data], dtype=int)  # type: ignore[operator]
    tones = np.array([TONES.index(row["tone"]) for row in data])  # type: ignore[arg-type]
    _, industries = np.unique([str(row["industry"]) for row in data], return_inverse=True)
    bare = [reading.model_copy(update={"question": "", "heading": ""}) for reading in readings]
    with_question = features(readings, vectors, questions).astype(np.float64)
    without = features(bare, vectors, np.zeros_like(questions)).astype(np.float64)
    return with_question, without, kinds, tones, industries


def fit(x: Matrix, y: NDArray[np.int_], penalty: float) -> LogisticRegression:
    """One logistic regression, deterministic."""
    return LogisticRegression(C=penalty, max_iter=3000).fit(x, y)


def held_out(x: Matrix, bare: Matrix, kinds: NDArray[np.int_], industries: NDArray[np.int_], penalty: float) -> Matrix:
    """Probabilities per kind, each from weights that never saw the sentence's industry."""
    chances = np.zeros(kinds.shape)
    for train, test in GroupKFold(FOLDS).split(x, groups=industries):
        for column in range(kinds.shape[1]):
            both, truth = np.vstack([x[train], bare[train]]), np.tile(kinds[train, column], 2)
            chances[test, column] = fit(both, truth, penalty).predict_proba(x[test])[:, 1]
    return chances


def threshold(chances: Matrix, truth: NDArray[np.int_]) -> float:
    """The threshold with the best F-beta on held-out probabilities."""

    def score(limit: float) -> float:
        said = chances >= limit
        hits = float((said & (truth == 1)).sum())
        weight = BETA**2
        return (1 + weight) * hits / max(weight * truth.sum() + said.sum(), 1)

    return max((round(limit, 2) for limit in np.arange(0.1, 0.9, 0.01)), key=lambda limit: (score(limit), -limit))


def main() -> None:
    """Choose, report, train on everything, write."""
    x, bare, kinds, tones, industries = matrices()
    tried = {penalty: held_out(x, bare, kinds, industries, penalty) for penalty in PENALTIES}
    losses = {p: float(-np.log(np.where(kinds == 1, c, 1 - c).clip(1e-9)).mean()) for p, c in tried.items()}
    penalty = min(losses, key=lambda p: (losses[p], p))
    chances = tried[penalty]
    limits = np.array([threshold(chances[:, k], kinds[:, k]) for k in range(len(KINDS))])
    said = chances >= limits
    print(f"{len(x)} sentences, {industries.max() + 1} industries, penalty {penalty}, log loss {losses[penalty]:.4f}")
    for k, kind in enumerate(KINDS):
        hits = (said[:, k] & (kinds[:, k] == 1)).sum()
        print(
            f"{kind:16} threshold {limits[k]:.2f}  precision {hits / max(said[:, k].sum(), 1):.2f}  "
            f"recall {hits / max(kinds[:, k].sum(), 1):.2f}  n {kinds[:, k].sum()}"
        )
    hits = (said & (kinds == 1)).sum()
    print(f"{'all':16} precision {hits / said.sum():.3f}  recall {hits / kinds.sum():.3f}")
    both = np.vstack([x, bare])
    heads = [fit(both, np.tile(kinds[:, k], 2), penalty) for k in range(len(KINDS))]
    tone = fit(both, np.tile(tones, 2), penalty)
    arrays = {
        "kinds_w": np.vstack([head.coef_ for head in heads]).astype(np.float32),
        "kinds_b": np.hstack([head.intercept_ for head in heads]).astype(np.float32),
        "tones_w": tone.coef_.astype(np.float32),
        "tones_b": tone.intercept_.astype(np.float32),
        "thresholds": limits.astype(np.float32),
    }
    write(arrays)


def write(arrays: dict[str, NDArray[np.float32]]) -> None:
    """An .npz without time stamps, so that the same weights are the same bytes."""
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(WEIGHTS, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            buffer = BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue())
    print(f"wrote {WEIGHTS.relative_to(HERE.parent.parent)}, {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
