"""Words and short phrases as features: tf-idf over the terms that the training sentences taught.

A term is one to three words that follow each other, lower-cased; ``?``, ``!``, ``%`` and signs of currency are words. Weights
are 1 + log(count), times the inverse document frequency, to unit length (Salton and Buckley 1988).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[?!%$€£]")
Row = tuple[NDArray[np.int32], NDArray[np.float32]]  # places of its terms in the lexicon, and their weights


def terms(text: str, longest: int) -> list[str]:
    """All runs of up to `longest` words."""
    words = _WORD.findall(text.lower())
    return [" ".join(words[n : n + size]) for size in range(1, longest + 1) for n in range(len(words) - size + 1)]


class Lexicon:
    """Known terms with their inverse document frequency."""

    def __init__(self, known: Sequence[str], idf: NDArray[np.float32], longest: int) -> None:
        self.known = list(known)
        self.idf = idf
        self._longest = longest
        self._place = {term: n for n, term in enumerate(self.known)}

    def row(self, text: str) -> Row:
        """The terms of a text that are known, with weights of unit length; both empty where there is none."""
        counts = Counter(place for term in terms(text, self._longest) if (place := self._place.get(term)) is not None)
        places = np.array(sorted(counts), dtype=np.int32)
        weights = np.array([1 + np.log(counts[n]) for n in places.tolist()]) * self.idf[places]
        return places, (weights / (np.linalg.norm(weights) or 1.0)).astype(np.float32)


def learn(texts: Iterable[str], longest: int, least: int) -> Lexicon:
    """The lexicon of the terms that stand in at least `least` of the texts."""
    found: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        found.update(set(terms(text, longest)))
    known = sorted(term for term, times in found.items() if times >= least)
    idf = np.log((1 + number) / (1 + np.array([found[term] for term in known]))) + 1
    return Lexicon(known, idf.astype(np.float32), longest)
