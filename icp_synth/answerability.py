"""How likely it is that what was found answers a question: a logistic regression over a few figures. Pure.

Its weights stand in `answerability.json`, fitted by `evals/training/answering.py` on questions to invented evidence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from icp_synth.records import Record
from icp_synth.retrieval import LOOKED_AT, Found

FIRST = 3  # sentences in which the words of a question should stand


class Weights(Record):
    """Per figure: its mean and deviation where it was fitted, and its weight; with the bias and the least confidence."""

    mean: dict[str, float]
    deviation: dict[str, float]
    weight: dict[str, float]
    bias: float
    least: float


@cache
def weights() -> Weights:
    """The shipped weights."""
    return Weights.model_validate(json.loads(files("icp_synth").joinpath("answerability.json").read_text("utf-8")))


def figures(found: Found) -> dict[str, float]:
    """What the confidence rests on. `found` must not be empty."""
    looked = found.likeness[:LOOKED_AT]
    total = sum(found.words.values()) or 1.0
    covered = np.array([sum(found.words[word] for word in held) / total for held in found.held])
    together = frozenset[str]().union(*found.held[:FIRST])
    anywhere = frozenset[str]().union(*found.held)
    rarest = max(found.words.values(), default=1.0) or 1.0
    middle, spread = found.typical
    return {
        "likeness": float(looked.max()),
        "likeness_first": float(found.likeness[:FIRST].mean()),
        "above_typical": (float(looked.max()) - middle) / spread,
        "covered": float(covered[:FIRST].max()),
        "covered_together": found.covered(FIRST),
        "covered_and_like": float((covered * looked).max()),
        "missing": max((found.words[word] for word in found.words if word not in together), default=0.0) / rarest,
        "unheard": sum(found.words[word] for word in found.words if word not in anywhere) / total,
        "words": min(len(found.words), 8) / 8,
    }


def confidence(found: Found) -> float:
    """From 0 to 1: how likely it is that the first sentences answer the question; 0 where nothing was found."""
    return probability(figures(found), weights()) if len(found.rows) else 0.0


def probability(measured: Mapping[str, float], known: Weights) -> float:
    """The logistic function of the weighed figures."""
    score = known.bias + sum(
        weight * (measured[name] - known.mean[name]) / known.deviation[name] for name, weight in known.weight.items()
    )
    return 1 / (1 + math.exp(-score))


def answers(found: Found) -> bool:
    """Whether what was found may be taken for an answer."""
    return confidence(found) >= weights().least
