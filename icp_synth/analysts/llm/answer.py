"""Questions and the passages that were found for them → sentences that answer, each with the passages that bear it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icp_synth.analysts.llm.lines import Answered, at_most, line, shown
from icp_synth.analysts.llm.word import Told, again, ids
from icp_synth.errors import ModelError
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Dropped, Part, Record, Response, Written
from icp_synth.stages.answer import said

INPUTS = frozenset({"questions", "lines"})
_ASKED = 120  # characters of a question or heading
_MOST = 6  # sentences
_PER_SENTENCE, _BESIDES = 120, 64  # tokens of an answer


class Answers(Answered):
    """What answers. `unanswered` are the numbers of the questions that nothing in the evidence answers."""

    sentences: list[Told] = at_most(_MOST)
    unanswered: list[int] = at_most(_MOST)


class Request(Record):
    """A call, how many questions it asks, the ids of its passages, numbered from 1, and whether it asks once more."""

    call: Call[Answers]
    questions: int
    parts: tuple[str, ...]
    again: bool


def texts(parts: Mapping[str, Part]) -> list[str]:
    """All that is shown of the parts, to be masked first."""
    return [text for part in parts.values() for text in (said(part), *_context(part))]


def request(
    prompt: Prompt,
    questions: Sequence[str],
    parts: Mapping[str, Part],
    masked: Mapping[str, str],
    refused: Sequence[Dropped],
) -> Request:
    """The call about these passages. `questions` are as they may be sent, and `masked` gives every other text so."""
    lines: list[str] = []
    context = ("", "")
    for number, part in enumerate(parts.values(), 1):
        asked, heading = _context(part)
        if (asked, heading) != context:
            lines.append(line("?" if asked else "#", shown(masked[asked or heading], _ASKED) or "–"))
            context = (asked, heading)
        lines.append(line(number, masked[said(part)]))
    call = prompt.call(
        Answers,
        {sentence.source_id for part in parts.values() for sentence in part.sentences},
        max_output_tokens=_PER_SENTENCE * _MOST + _BESIDES,
        questions=[line(number, one) for number, one in enumerate(questions, 1)],
        lines=[*lines, *again(refused)],
    )
    return Request(call=call, questions=len(questions), parts=tuple(parts), again=bool(refused))


def _context(part: Part) -> tuple[str, str]:
    """The question that a passage answers, or else the heading above it."""
    first = part.sentences[0]
    return (first.question, "") if first.question else ("", first.heading)


def read(reply: Answers, asked: Request, clean: Callable[[str], str]) -> Response:
    """What the model answers; `clean` makes a sentence fit to be kept.

    Raises ModelError where it neither answers nor says that nothing does; a sentence that can't be mended may be left.
    """
    told = {one.text: one for one in reply.sentences if one.text.strip()}
    unanswered = {number - 1 for number in reply.unanswered if 1 <= number <= asked.questions}
    everything = len(unanswered) == asked.questions
    if not (told or everything or asked.again):
        raise ModelError("The model neither answered nor said that nothing does.", "Try again, or a larger model.")
    return Response(
        sentences=tuple(
            Written(text=clean(one.text), evidence=ids(one.evidence, asked.parts)) for one in told.values()
        ),
        unanswered=() if everything else tuple(sorted(unanswered)),
        silent=everything and not told,
    )


def by_source(parts: Mapping[str, Part]) -> list[dict[str, Part]]:
    """The passages of each source, in the order of the best of each."""
    apart: dict[str, dict[str, Part]] = {}
    for name, part in parts.items():
        apart.setdefault(part.sentences[0].source_id, {})[name] = part
    return [*apart.values()]
