"""Doubts and praise → which praise answers which doubt. The model judges pairs; likeness says which pairs are worth asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from icp_synth.analysts.llm.lines import Answered, batches, line, of_one_world, tokens
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Claim, Record, Statement, Theme

LEAST = 0.3  # of likeness, below which a pair isn't asked about
NEAREST = 3  # doubts that a piece of praise is held against
BATCH = 1500  # tokens of evidence a call
_SHOWN = 2  # statements of a doubt or an answer
_PER_PAIR, _BESIDES = 8, 64  # tokens of an answer


class Answering(Answered):
    """Numbers of the pairs in which the answer answers the doubt."""

    pairs: list[int]


class Pair(Record):
    """A doubt and what may answer it, with the statements shown of each and how alike they are."""

    doubt: str
    answer: str
    asked: tuple[str, ...]
    said: tuple[str, ...]
    sources: frozenset[str]
    score: float


class Request(Record):
    """A call, and its pairs, numbered from 1."""

    call: Call[Answering]
    pairs: tuple[Pair, ...]


def pairs(
    likely: Mapping[str, Sequence[tuple[float, str]]],
    doubts: Sequence[Claim],
    answers: Sequence[Theme],
    statements: Mapping[str, Statement],
) -> list[Pair]:
    """The pairs worth asking about. `likely` gives theme → (score, doubt), best first."""
    of = {claim.id: claim for claim in doubts}
    return [
        Pair(
            doubt=doubt,
            answer=theme.id,
            asked=of[doubt].evidence[:_SHOWN],
            said=theme.members[:_SHOWN],
            sources=frozenset(statements[i].source_id for i in (*of[doubt].evidence, *theme.members)),
            score=score,
        )
        for theme in answers
        for score, doubt in likely.get(theme.id, ())[:NEAREST]
        if score >= LEAST
    ]


def requests(
    prompt: Prompt, asked: Sequence[Pair], statements: Mapping[str, Statement], masked: Mapping[str, str]
) -> list[Request]:
    """Calls about these pairs."""

    def size(one: Pair) -> int:
        return sum(tokens(statements[i].quote) + 3 for i in (*one.asked, *one.said))

    return [
        _request(prompt, some, statements, masked)
        for world in of_one_world(asked, lambda one: one.sources)
        for some in batches(world, size, BATCH)
    ]


def _request(
    prompt: Prompt, asked: Sequence[Pair], statements: Mapping[str, Statement], masked: Mapping[str, str]
) -> Request:
    lines: list[str] = []
    for number, one in enumerate(asked, 1):
        lines.append(f"pair {number}")
        lines += [line("doubt:", masked[statements[i].quote]) for i in one.asked]
        lines += [line("answer:", masked[statements[i].quote]) for i in one.said]
    shown = {statements[i].source_id for one in asked for i in (*one.asked, *one.said)}
    limit = _PER_PAIR * len(asked) + _BESIDES
    return Request(call=prompt.call(Answering, shown, max_output_tokens=limit, lines=lines), pairs=tuple(asked))


def read(reply: Answering, asked: Request) -> list[Pair]:
    """The pairs that hold; numbers that weren't given lead nowhere."""
    return [asked.pairs[n - 1] for n in dict.fromkeys(reply.pairs) if 1 <= n <= len(asked.pairs)]


def seated(held: Sequence[Pair], most: int) -> dict[str, tuple[str, ...]]:
    """Doubt → what answers it, best first, at most so many; each answer at the one doubt that it fits best."""
    best: dict[str, Pair] = {}
    for one in sorted(held, key=lambda pair: (-pair.score, pair.doubt)):
        best.setdefault(one.answer, one)
    found: dict[str, list[str]] = {}
    for one in sorted(best.values(), key=lambda pair: (-pair.score, pair.answer)):
        found.setdefault(one.doubt, []).append(one.answer)
    return {doubt: tuple(answers[:most]) for doubt, answers in found.items()}
