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
_CROWD = 10  # sentences among which one that answers stands out


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
    rarest = max(found.words.values(), default=1.0) or 1.0
    covered = np.array([sum(found.words[word] for word in held) / total for held in found.held])
    together = frozenset[str]().union(*found.held[:FIRST])
    anywhere = frozenset[str]().union(*found.held)
    ranked = np.sort(looked)[::-1]
    crowd = ranked[_CROWD - 1] if len(ranked) >= _CROWD else found.typical
    return {
        "covered": float(covered[:FIRST].max()),
        "covered_and_like": float((covered * looked).max()),
        "missing": max((found.words[word] for word in found.words if word not in together), default=0.0) / rarest,
        "missing_name": max((found.words[word] for word in found.names if word not in together), default=0.0),
        "missing_amount": float(covered[:_CROWD].max() - (covered * found.amounts)[:_CROWD].max()),
        "unheard": sum(found.words[word] for word in found.words if word not in anywhere) / total,
        "lead": float(ranked[0] - crowd),
        "words": min(len(found.words), 8) / 8,
    }


def confidence(found: Found) -> float:
    """From 0 to 1: how likely it is that the first sentences answer the question; 0 where nothing was found, or nothing asked."""
    return probability(figures(found), weights()) if len(found.rows) and found.words else 0.0


def probability(measured: Mapping[str, float], known: Weights) -> float:
    """The logistic function of the weighed figures."""
    score = known.bias + sum(
        weight * (measured[name] - known.mean[name]) / known.deviation[name] for name, weight in known.weight.items()
    )
    return 1 / (1 + math.exp(-score))


def answers(found: Found) -> bool:
    """Whether what was found may be taken for an answer."""
    return confidence(found) >= weights().least
