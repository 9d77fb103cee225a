"""Train the heads of the extractive analyst: `make train`.

Reads `statements/*.jsonl`, embeds with the shipped model, chooses epochs, penalty and thresholds by cross-validation grouped
by industry (no industry is judged by weights that saw it), calibrates on what was held out, prints the held-out
figures, and writes `icp_synth/analysts/weights/head.npz` (plain arrays, no pickle) with a fixed seed and order.
"""

from __future__ import annotations

import json
import warnings
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.analysts.extractive import (
    KINDS,
    LONGEST_ASKED,
    LONGEST_SAID,
    SURFACE,
    TONES,
    Reading,
    asked,
    calibrate,
    features,
    log_odds,
    packed,
    phrases,
)
from icp_synth.analysts.lexicon import Lexicon, learn

HERE = Path(__file__).parent
WEIGHTS = HERE.parent.parent / "icp_synth" / "analysts" / "weights" / "head.npz"
HIDDEN, DECAY, SENTENCES_A_STEP = 128, 1e-3, 64
EPOCHS = (8, 12)
SPARSE_PENALTIES = (2.0, 4.0)
TONE_PENALTY = 1.0
FOLDS = 5
LEAST_SAID, LEAST_ASKED = 3, 5  # sentences that a phrase must stand in
# Recall weighs a little more: second kinds that are unsure are held back where they are read, relative to the first.
BETA = 1.2
KEPT = 0.995  # of what tells something, by what the sieve in front of a model lets through

Matrix = NDArray[np.float64]
Truth = NDArray[np.int_]


@dataclass(frozen=True)
class Data:
    """All training sentences, each with its question and without: `bare` readings follow the others, in the same order."""

    readings: list[Reading]
    bare: list[Reading]
    dense: Matrix
    dense_bare: Matrix
    kinds: Truth
    tones: Truth
    industries: Truth


def rows() -> list[dict[str, object]]:
    """All training sentences, in the order of files and lines."""
    files = sorted((HERE / "statements").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def data() -> Data:
    """Sentences with their features. Each is learnt both ways, so that the heads don't lean on the question alone."""
    given = rows()
    readings = [
        Reading(
            text=str(row["text"]),
            question=str(row["question"] or ""),
            heading=str(row["heading"] or ""),
            source_kind=row["source_kind"],  # type: ignore[arg-type]
            voice=row["voice"],  # type: ignore[arg-type]
            outcome=row["outcome"],  # type: ignore[arg-type]
        )
        for row in given
    ]
    embedder = OnnxEmbedder()
    vectors = embedder.embed([reading.text for reading in readings])
    contexts = [asked(reading.question, reading.heading) for reading in readings]
    questions = embedder.embed(contexts) * np.array([[bool(context)] for context in contexts], dtype=np.float32)
    bare = [reading.model_copy(update={"question": "", "heading": ""}) for reading in readings]
    return Data(
        readings=readings,
        bare=bare,
        dense=features(readings, vectors, questions).astype(np.float64),
        dense_bare=features(bare, vectors, np.zeros_like(questions)).astype(np.float64),
        kinds=np.array([[kind in row["kinds"] for kind in KINDS] for row in given], dtype=int),  # type: ignore[operator]
        tones=np.array([TONES.index(row["tone"]) for row in given]),  # type: ignore[arg-type]
        industries=np.unique([str(row["industry"]) for row in given], return_inverse=True)[1],
    )


def lexicons(readings: list[Reading]) -> tuple[Lexicon, Lexicon]:
    """The phrases of these sentences, and those of their questions."""
    questions = [asked(reading.question, reading.heading) for reading in readings]
    return (
        learn((reading.text for reading in readings), LONGEST_SAID, LEAST_SAID),
        learn((question for question in questions if question), LONGEST_ASKED, LEAST_ASKED),
    )


def sparse(readings: list[Reading], said: Lexicon, asking: Lexicon) -> Any:
    """Phrases as a matrix in scipy's rows."""
    found = phrases(readings, said, asking)
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    width = len(said.known) + len(asking.known) + SURFACE
    places, weights = (np.concatenate([row[part] for row in found]) for part in (0, 1))
    return csr_matrix((weights, places, ends), shape=(len(found), width))


def fit(x: Any, y: Truth, penalty: float, solver: str) -> LogisticRegression:
    """One logistic regression, deterministic."""
    return LogisticRegression(C=penalty, max_iter=3000, solver=solver).fit(x, y)


def perceptron(x: Any, y: Truth, epochs: int) -> MLPClassifier:
    """One hidden layer of rectifiers for all kinds together (Adam, a fixed seed), stopped after so many epochs."""
    shape = {"hidden_layer_sizes": (HIDDEN,), "alpha": DECAY, "batch_size": SENTENCES_A_STEP}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the point
        return MLPClassifier(**shape, max_iter=epochs, random_state=0).fit(x, y)


def held_out(known: Data) -> tuple[dict[float, Matrix], dict[float, Matrix]]:
    """Probabilities of both heads, by epochs and by penalty, each from weights that never saw the sentence's industry."""
    dense: dict[float, Matrix] = {epochs: np.zeros(known.kinds.shape) for epochs in EPOCHS}
    words = {penalty: np.zeros(known.kinds.shape) for penalty in SPARSE_PENALTIES}
    for train, test in GroupKFold(FOLDS).split(known.dense, groups=known.industries):
        learnt = [known.readings[n] for n in train]
        said, asking = lexicons(learnt)
        seen = sparse([*learnt, *(known.bare[n] for n in train)], said, asking)
        unseen = sparse([known.readings[n] for n in test], said, asking)
        both = np.vstack([known.dense[train], known.dense_bare[train]])
        for epochs in EPOCHS:
            dense[epochs][test] = perceptron(both, np.tile(known.kinds[train], (2, 1)), epochs).predict_proba(
                known.dense[test]
            )
        for k in range(len(KINDS)):
            truth = np.tile(known.kinds[train, k], 2)
            for penalty, chances in words.items():
                chances[test, k] = fit(seen, truth, penalty, "liblinear").predict_proba(unseen)[:, 1]
    return dense, words


def loss(chances: Matrix, truth: Truth) -> float:
    """Mean log loss over all kinds."""
    return float(-np.log(np.where(truth == 1, chances, 1 - chances).clip(1e-9)).mean())


def calibrators(chances: Matrix, truth: Truth) -> Matrix:
    """Per kind a slope and an offset of the log odds, fitted to held-out probabilities (Platt 1999); shape (kinds, 2)."""
    fitted = [
        LogisticRegression(C=1e6, max_iter=1000).fit(log_odds(chances[:, [k]]), truth[:, k]) for k in range(len(KINDS))
    ]
    return np.array([[one.coef_[0, 0], one.intercept_[0]] for one in fitted])


def error(chances: Matrix, truth: Truth, bins: int = 10) -> float:
    """Expected calibration error over all kinds (Naeini et al. 2015): bins of as many sentences each."""
    order = np.argsort(chances, axis=None, kind="stable")
    some = np.array_split(np.column_stack([chances.ravel()[order], truth.ravel()[order]]), bins)
    return float(sum(len(one) * abs(one[:, 0].mean() - one[:, 1].mean()) for one in some) / chances.size)


def calibrated_apart(chances: Matrix, known: Data) -> Matrix:
    """Probabilities calibrated by the industries of the other folds, to see what calibration is worth on new ones."""
    apart = np.zeros_like(chances)
    for train, test in GroupKFold(FOLDS).split(chances, groups=known.industries):
        apart[test] = calibrate(chances[test], calibrators(chances[train], known.kinds[train]))
    return apart


def threshold(chances: Matrix, truth: Truth) -> float:
    """The threshold with the best F-beta on held-out probabilities."""

    def score(limit: float) -> float:
        said = chances >= limit
        hits = float((said & (truth == 1)).sum())
        weight = BETA**2
        return (1 + weight) * hits / max(weight * truth.sum() + said.sum(), 1)

    return max((round(limit, 2) for limit in np.arange(0.1, 0.9, 0.01)), key=lambda limit: (score(limit), -limit))


def report(name: str, chances: Matrix, kinds: Truth) -> NDArray[np.float64]:
    """Print the held-out figures of a head; returns the thresholds."""
    limits = np.array([threshold(chances[:, k], kinds[:, k]) for k in range(len(KINDS))])
    said = chances >= limits
    hits = (said & (kinds == 1)).sum()
    told = f"precision {hits / said.sum():.3f}  recall {hits / kinds.sum():.3f}"
    print(f"{name:16} {told}  log loss {loss(chances, kinds):.4f}")
    return limits


def main() -> None:
    """Choose, report, train on everything, write."""
    known = data()
    dense, words = held_out(known)
    epochs, penalty = (min(tried, key=lambda one: (loss(tried[one], known.kinds), one)) for tried in (dense, words))
    chances = (dense[epochs] + words[penalty]) / 2
    print(
        f"{len(known.readings)} sentences, {known.industries.max() + 1} industries, {epochs} epochs, penalty {penalty}"
    )
    report("vectors", dense[epochs], known.kinds)
    report("phrases", words[penalty], known.kinds)
    report("both", chances, known.kinds)
    apart = calibrated_apart(chances, known)
    told = [(error(some, known.kinds), error(some[some >= 0.1], known.kinds[some >= 0.1])) for some in (chances, apart)]
    for name, (whole, likely) in zip(("as they are", "calibrated"), told, strict=True):
        print(f"{name:16} calibration error {whole:.4f}, of what is at least 0.1 {likely:.4f}")
    fitted = calibrators(chances, known.kinds)
    chances = calibrate(chances, fitted)
    limits = report("calibrated", chances, known.kinds)
    telling = chances[known.kinds.any(axis=1)].max(axis=1)
    print(
        f"{KEPT:.1%} of the telling sentences have a chance of {np.quantile(telling, 1 - KEPT):.3f} or more of some kind"
    )
    for k, kind in enumerate(KINDS):
        said, truth = chances[:, k] >= limits[k], known.kinds[:, k] == 1
        print(
            f"{kind:16} threshold {limits[k]:.2f}  precision {(said & truth).sum() / max(said.sum(), 1):.2f}  "
            f"recall {(said & truth).sum() / max(truth.sum(), 1):.2f}  n {truth.sum()}"
        )
    write(weights(known, int(epochs), penalty, fitted, limits))


def weights(
    known: Data, epochs: int, penalty: float, fitted: Matrix, limits: NDArray[np.float64]
) -> dict[str, NDArray[Any]]:
    """The heads, trained on everything, as arrays."""
    said, asking = lexicons(known.readings)
    both = np.vstack([known.dense, known.dense_bare])
    seen = sparse([*known.readings, *known.bare], said, asking)
    truths = [np.tile(known.kinds[:, k], 2) for k in range(len(KINDS))]
    dense = perceptron(both, np.tile(known.kinds, (2, 1)), epochs)
    words = [fit(seen, truth, penalty, "liblinear") for truth in truths]
    tone = fit(both, np.tile(known.tones, 2), TONE_PENALTY, "lbfgs")
    return {
        "hidden_w": dense.coefs_[0].astype(np.float32),
        "hidden_b": dense.intercepts_[0].astype(np.float32),
        "dense_w": dense.coefs_[1].astype(np.float32),
        "dense_b": dense.intercepts_[1].astype(np.float32),
        "sparse_w": np.vstack([head.coef_ for head in words]).astype(np.float16),
        "sparse_b": np.hstack([head.intercept_ for head in words]).astype(np.float32),
        "said": packed(said.known),
        "said_idf": said.idf,
        "asking": packed(asking.known),
        "asking_idf": asking.idf,
        "tones_w": tone.coef_.astype(np.float32),
        "tones_b": tone.intercept_.astype(np.float32),
        "calibrators": fitted.astype(np.float32),
        "thresholds": limits.astype(np.float32),
    }


def write(arrays: dict[str, NDArray[Any]]) -> None:
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
