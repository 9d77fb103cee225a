"""The sieve: the embedded reader goes first, and the model sees only sentences that may matter.

The reader's chances come from the embedding of a sentence and of the question that it answers, its words, its length and its
form. A sentence is left out where no kind has a chance of one in forty; `python -m evals.benchmarks.sieve` measures what that
saves and what it costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from icp_synth.records import Record, Sentence

# `make train` prints what keeps 995 of 1,000 telling sentences of industries that the head hadn't seen: 0.035. A little
# below, since real talk is less like what it was trained on than that.
LEAST = 0.025
_LEANS_BACK = re.compile(
    r"^(?:\W|and|but|so|because|then|also|well|yeah|just|or|which)*\b(?:it|this|that|they|these|those|he|she|him|her|them|such)\b",
    re.I,
)


class Span(Record):
    """A sentence that is sent; `before` is its neighbour where it isn't sent itself and is needed to understand this one."""

    sentence: Sentence
    before: str = ""


def spans(sentences: Sequence[Sentence], chances: NDArray[np.float32]) -> list[Span]:
    """The sentences that may matter, in their order. `chances` has a row per sentence and a column per kind."""
    kept = chances.max(axis=1, initial=0.0) >= LEAST
    found = []
    for n, sentence in enumerate(sentences):
        if not kept[n]:
            continue
        last = sentences[n - 1] if n else None
        needed = (
            last is not None and not kept[n - 1] and last.turn == sentence.turn and _LEANS_BACK.match(sentence.text)
        )
        found.append(Span(sentence=sentence, before=last.text if last and needed else ""))
    return found
