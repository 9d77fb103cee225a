"""Question → the customers' sentences that answer it, in groups, or none where the evidence doesn't say."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from icp_synth.records import Record, Sentence

LEAST = 0.45  # likeness of the best sentence below which the evidence doesn't say
MOST = 5
_CLOSE = 0.2  # how far below the best a sentence may be and still be shown


class Part(Record):
    """One or two sentences that follow each other, and how like the question the better of them is."""

    sentences: tuple[Sentence, ...]
    score: float


def parts(found: Sequence[tuple[Sentence, float]], customers: Collection[tuple[str, int]]) -> list[Part]:
    """At most `MOST` parts of an answer, best first; none to abstain.

    `found` has each sentence with its likeness to the question, best first. `customers` names the turns that count, by
    source id and number.
    """
    theirs = [(one, score) for one, score in found if (one.source_id, one.turn) in customers]
    if not theirs or theirs[0][1] < LEAST:
        return []
    chosen: list[Part] = []
    for sentence, score in theirs:
        if score < max(LEAST, theirs[0][1] - _CLOSE) or len(chosen) == MOST:
            break
        beside = next((n for n, part in enumerate(chosen) if _follows(part, sentence)), None)
        if beside is None:
            chosen.append(Part(sentences=(sentence,), score=score))
        else:
            both = sorted((*chosen[beside].sentences, sentence), key=lambda one: one.start)
            chosen[beside] = Part(sentences=tuple(both), score=chosen[beside].score)
    return chosen


def _follows(part: Part, sentence: Sentence) -> bool:
    """Whether a sentence stands right beside a part that is one sentence yet, in the same turn."""
    (one, *more) = part.sentences
    same = (one.source_id, one.turn, one.block) == (sentence.source_id, sentence.turn, sentence.block)
    return not more and same and abs(one.ordinal - sentence.ordinal) == 1
