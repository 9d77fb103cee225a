"""What was found → the parts of an answer, gathered to claims; what speaks against them, and what is missing.

Two parts are one claim where they are in one theme or near each other, and not in opposite tones. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from icp_synth.answerability import FIRST
from icp_synth.ports import Vectors
from icp_synth.records import Dropped, Part, Proposed, ProposedClaim, Response, Sentence, Support
from icp_synth.retrieval import LOOKED_AT, Corpus, Found, matter

MOST = 8
SAME = 0.6  # cosine similarity from which two parts say one thing
COUNTER = 0.55  # cosine similarity from which praise and trouble are about the same matter
_KEPT = 0.55  # share of the best score that a part must have, or else
_AS_LIKE = 0.85  # of the highest likeness: where little is said, what stands beside a sentence says too much about it
_COUNTERS = 3
_WHO = """account customer company companies client user person people team adopter organisation organization consumer household
    respondent member buyer prospect""".split()
_COUNTING = re.compile(
    rf"\b(?:how many|which|what) (?:of (?:them|the|our) )?(?:{'|'.join(_WHO)})(?:s|es)?\b|^\W*who\b",
    re.I,
)
_AND = re.compile(
    r"(?:\?|,?\s+and|,|;)\s+(?=(?:how|what|why|who|which|when|where|do|does|did|is|are|was|were|has|have)\b)", re.I
)
_LEAST_WORDS = 2  # words about a matter, below which a clause leans on the rest of its question

_OPPOSITE = {"praise": "trouble", "trouble": "praise"}


def counts(question: str) -> bool:
    """Whether a question asks who or how many say something, and so is answered by counting."""
    return bool(_COUNTING.search(question))


def clauses(question: str) -> list[str]:
    """The questions that are asked in one, where each can be understood alone; else none."""
    some = [one.strip(" ,;?") for one in _AND.split(question)]
    whole = len(some) > 1 and all(len(matter(one)) >= _LEAST_WORDS for one in some)
    return [f"{one}?" for one in some] if whole else []


def parts(
    corpus: Corpus, found: Found, told: Callable[[Sequence[Sentence], float], Part], most: int = MOST
) -> list[Part]:
    """At most `most` parts of an answer, best first. `told` adds what was read out of their sentences."""
    chosen: list[list[Sentence]] = []
    scores: list[float] = []
    likest = found.likeness.max(initial=0.0)
    for row, score, likeness in zip(
        *(each[:LOOKED_AT] for each in (found.rows, found.scores, found.likeness)), strict=True
    ):
        sentence = corpus.sentences[int(row)]
        if len(chosen) == most:
            break
        if chosen and score < _KEPT * scores[0] and likeness < _AS_LIKE * likest:
            continue
        if not matter(sentence.text):
            continue
        beside = next((part for part in chosen if _follows(part, sentence)), None)
        if beside is None:
            chosen.append([sentence])
            scores.append(round(float(score), 4))
        else:
            beside.append(sentence)
            beside.sort(key=lambda one: one.start)
    return [told(some, score) for some, score in zip(chosen, scores, strict=True)]


def _follows(part: Sequence[Sentence], sentence: Sentence) -> bool:
    """Whether a sentence stands right beside a part that is one sentence yet, in the same turn."""
    (one, *more) = part
    same = (one.source_id, one.turn, one.block) == (sentence.source_id, sentence.turn, sentence.block)
    return not more and same and abs(one.ordinal - sentence.ordinal) == 1


class Extractive:
    """Implements `ports.Answerer`: it writes nothing, so that customers' own words answer."""

    name = "extractive"

    def answer(
        self, questions: Sequence[str], parts: Mapping[str, Part], refused: Sequence[Dropped]
    ) -> Proposed[Response]:
        """Nothing."""
        return Proposed(what=Response())


def claims(parts: Sequence[Part], likeness: Vectors) -> list[ProposedClaim]:
    """What several parts say is a claim, in the words of the best of them; in the order of their best parts.

    `likeness` has the cosine similarity of each part to each.
    """
    groups: list[list[int]] = []
    for n, part in enumerate(parts):
        same = next((one for one in groups if all(_alike(part, parts[m], likeness[n, m]) for m in one)), None)
        if same is None:
            groups.append([n])
        else:
            same.append(n)
    return [ProposedClaim(text=said(parts[group[0]]), parts=tuple(group)) for group in groups]


def said(part: Part) -> str:
    """The words of a part, in one line."""
    return " ".join(sentence.text for sentence in part.sentences)


def _alike(one: Part, other: Part, likeness: float) -> bool:
    together = bool({*one.themes} & {*other.themes}) or likeness >= SAME
    return together and _OPPOSITE.get(one.tone) != other.tone


def counters(claim: Sequence[int], parts: Sequence[Part], others: Sequence[Part], likeness: Vectors) -> list[int]:
    """Which of `others` say the opposite of a claim: another account, opposite tone, near; closest first.

    `likeness` has the cosine similarity of each part to each of the others.
    """
    tones = {_OPPOSITE.get(parts[n].tone) for n in claim} - {None}
    accounts = {parts[n].account for n in claim}
    near = likeness[list(claim)].max(axis=0) if len(others) else np.zeros(0)
    fitting = [
        n
        for n, other in enumerate(others)
        if other.tone in tones and other.account not in accounts and near[n] >= COUNTER
    ]
    return sorted(fitting, key=lambda n: (-round(float(near[n]), 6), others[n].sentences[0].id))[:_COUNTERS]


def unheard(question: str, found: Found, first: int = FIRST) -> list[str]:
    """The words of a question about its matter that none of the first sentences holds, as they were asked."""
    held = frozenset[str]().union(*found.held[:first])
    words = re.findall(r"[^\W_]+", question)
    return [word for word in words if (its := matter(word)) and its[0] in found.words and its[0] not in held]


def missing(support: Support, silent: Iterable[str], names: Mapping[str, int]) -> list[str]:
    """What would make an answer surer, in fixed words. `names` has the other accounts and how much they say at all."""
    told = []
    words = list(dict.fromkeys(silent))
    if words:
        told.append(f"What is cited doesn't hold {_listed([f'“{word}”' for word in words])}.")
    if support.accounts < 2 <= support.of_accounts:
        told.append(
            f"One account's word: {_listed(sorted(names))} didn't say."
            if 0 < len(names) <= 3
            else "One account's word."
        )
    if len(support.source_kinds) == 1:
        told.append(f"One kind of source: {support.source_kinds[0].replace('_', '/')}.")
    if support.first_seen is None:
        told.append("None of it has a date.")
    return told


def _listed(some: Sequence[str]) -> str:
    return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} or {some[-1]}"
