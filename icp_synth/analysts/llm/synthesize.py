"""Sections → a sentence or two that sum up what page one says in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icp_synth.analysts.llm.lines import Answered, at_most, batches, line, tokens
from icp_synth.analysts.llm.word import Told, again, ids
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Dropped, Record, Section, Statement, Written

SEVERAL = 2  # claims of page one from which a section is summed up
BATCH = 3000  # tokens of evidence a call
_SHOWN = 2  # statements of a claim
_PER_SECTION, _BESIDES = 300, 64  # tokens of an answer


class SectionWords(Answered):
    """One or two sentences about a section."""

    section: int
    sentences: list[Told] = at_most(2)


class Portrait(Answered):
    """What sums up each section."""

    sections: list[SectionWords]


class Request(Record):
    """A call about sections, by key, and the ids of their statements, numbered through all of them."""

    call: Call[Portrait]
    sections: tuple[str, ...]
    statements: tuple[str, ...]


def shown_of(section: Section) -> list[str]:
    """Ids of the statements that are shown of a section: the strongest of each claim on page one."""
    return list(dict.fromkeys(i for claim in section.claims if claim.page_one for i in claim.evidence[:_SHOWN]))


def requests(
    prompt: Prompt,
    sections: Sequence[Section],
    statements: Mapping[str, Statement],
    masked: Mapping[str, str],
    refused: Mapping[str, Sequence[Dropped]],
) -> list[Request]:
    """Calls about the sections that hold several claims."""
    several = [one for one in sections if sum(claim.page_one for claim in one.claims) >= SEVERAL]

    def size(section: Section) -> int:
        return sum(tokens(statements[i].quote) + 3 for i in shown_of(section))

    return [_request(prompt, some, statements, masked, refused) for some in batches(several, size, BATCH)]


def _request(
    prompt: Prompt,
    sections: Sequence[Section],
    statements: Mapping[str, Statement],
    masked: Mapping[str, str],
    refused: Mapping[str, Sequence[Dropped]],
) -> Request:
    lines: list[str] = []
    numbered: list[str] = []
    for number, section in enumerate(sections, 1):
        lines.append(f"section {number}, {section.title}")
        for i in shown_of(section):
            numbered.append(i)
            lines.append(line(len(numbered), masked[statements[i].quote]))
        lines += again(refused.get(section.key, ()))
    limit = _PER_SECTION * len(sections) + _BESIDES
    call = prompt.call(Portrait, {statements[i].source_id for i in numbered}, max_output_tokens=limit, lines=lines)
    return Request(call=call, sections=tuple(one.key for one in sections), statements=tuple(numbered))


def read(reply: Portrait, asked: Request, clean: Callable[[str], str]) -> dict[str, tuple[Written, ...]]:
    """Sentences by section; numbers that weren't given lead nowhere."""
    found: dict[str, tuple[Written, ...]] = {}
    for one in reply.sections:
        if 1 <= one.section <= len(asked.sections):
            told = [Written(text=clean(t.text), evidence=ids(t.evidence, asked.statements)) for t in one.sentences]
            found.setdefault(asked.sections[one.section - 1], tuple(told))
    return found
