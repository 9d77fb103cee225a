"""Sentences of one source → candidates: the model says which make a claim, and of which kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from icp_synth.analysts.llm.lines import Answered, at_most, batches, line, shown, tokens
from icp_synth.analysts.llm.sieve import Span
from icp_synth.errors import ModelError
from icp_synth.evidence import MAX_SENTENCES
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Candidate, CleanSource, Kind, Record, Sentence, Tone

BATCH = 1200  # tokens of evidence a call: an answer is seen whole, and small models keep the numbers apart
_ASKED = 120  # characters of a question or heading
_BESIDE = 200  # characters of a neighbour that is only context
_PER_LINE, _BESIDES = 32, 64  # tokens of an answer: most lines make no claim, and one takes 30 to 60
_CONFIDENCE = {"core": 0.9, "minor": 0.6}


class Proposal(Answered):
    """One claim of the customer."""

    sentences: list[int] = at_most(MAX_SENTENCES, 1)
    kinds: list[Kind] = at_most(3, 1)
    tone: Tone
    strength: Literal["core", "minor"]


class Extraction(Answered):
    """What the customer claims in these sentences. Empty where nothing is claimed."""

    claims: list[Proposal]


class Request(Record):
    """A call, and the spans whose numbers (from 1) count in it."""

    call: Call[Extraction]
    spans: tuple[Span, ...]


def requests(prompt: Prompt, source: CleanSource, spans: Sequence[Span], masked: Mapping[str, str]) -> list[Request]:
    """The calls about one source. `masked` gives every text as it may be sent."""
    return [
        _request(prompt, source, some, masked) for some in batches(spans, lambda s: tokens(s.sentence.text) + 3, BATCH)
    ]


def halves(prompt: Prompt, source: CleanSource, asked: Request, masked: Mapping[str, str]) -> list[Request]:
    """The same in two calls, for an answer that was cut short; nothing for a single sentence."""
    middle = len(asked.spans) // 2
    return [_request(prompt, source, some, masked) for some in (asked.spans[:middle], asked.spans[middle:]) if middle]


def _request(prompt: Prompt, source: CleanSource, spans: Sequence[Span], masked: Mapping[str, str]) -> Request:
    lines: list[str] = []
    context: tuple[int, str, str] | None = None
    for number, span in enumerate(spans, start=1):
        sentence = span.sentence
        here = (sentence.turn, sentence.question, sentence.heading)
        if here != context:
            lines += _context(source, sentence, masked)
            context = here
        if span.before:
            lines.append(line("~", shown(masked[span.before], _BESIDE)))
        lines.append(line(number, masked[sentence.text]))
    call = prompt.call(
        Extraction,
        [source.id],
        max_output_tokens=_PER_LINE * len(spans) + _BESIDES,
        source_kind=source.kind.replace("_", "-"),
        lines=lines,
    )
    return Request(call=call, spans=tuple(spans))


def _context(source: CleanSource, sentence: Sentence, masked: Mapping[str, str]) -> list[str]:
    """What an answer stands under: the question, or else the heading; and whether somebody else tells it."""
    told = "(told by somebody else) " if source.turns[sentence.turn].voice == "reported" else ""
    if sentence.question:
        return [line("?", told + shown(masked[sentence.question], _ASKED))]
    if sentence.heading or told:
        return [line("#", told + shown(masked[sentence.heading], _ASKED))]
    return [line("#", "–")]


def read(reply: Extraction, asked: Request) -> list[Candidate]:
    """Candidates in the order of their sentences, those with the same sentences made one.

    A claim about a number that wasn't given, about sentences that don't follow each other, or of no kind is left out;
    where that leaves nothing of an answer, the answer is no answer: ModelError.
    """
    found: dict[tuple[int, ...], Candidate] = {}
    for claim in reply.claims:
        numbers = tuple(sorted(set(claim.sentences)))
        if not claim.kinds or not _neighbours(numbers, len(asked.spans)):
            continue
        kinds = dict.fromkeys(claim.kinds, _CONFIDENCE[claim.strength])
        sentences = [asked.spans[number - 1].sentence for number in numbers]
        before = found.get(numbers)
        if before:
            kinds = {kind: max(kinds.get(kind, 0), before.kinds.get(kind, 0)) for kind in {**before.kinds, **kinds}}
        found[numbers] = Candidate(
            source_id=sentences[0].source_id,
            sentence_ids=tuple(sentence.id for sentence in sentences),
            kinds=kinds,
            tone=before.tone if before else claim.tone,
        )
    if reply.claims and not found:
        raise ModelError("The model answered about sentences that it wasn't given.", "Try again, or a larger model.")
    return [found[numbers] for numbers in sorted(found)]


def _neighbours(numbers: tuple[int, ...], last: int) -> bool:
    """Whether these are one or two numbers in 1..last that follow each other."""
    return (
        1 <= len(numbers) <= MAX_SENTENCES
        and numbers[0] >= 1
        and numbers[-1] <= last
        and numbers[-1] - numbers[0] == len(numbers) - 1
    )
