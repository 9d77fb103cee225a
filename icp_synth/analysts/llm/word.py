"""A theme → which statement speaks for it, and a few sentences: the situation, what is wished for, what it means for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icp_synth.analysts.llm.lines import Answered, at_most, batches, line, of_one_world, shown, tokens
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Dropped, Record, Statement, Theme, Wording, Written

SEVERAL = 2  # statements from which a theme is worded: one quote says itself
BATCH = 1500  # tokens of evidence a call
_MOST = 12  # statements of a theme that are shown, the most central first
_PER_THEME, _BESIDES = 400, 64  # tokens of an answer


class Told(Answered):
    """A sentence, and the numbers of the statements that bear it."""

    text: str
    evidence: list[int] = at_most(_MOST, 1)


class ThemeWords(Answered):
    """How one theme is put. `headline` is the number of the statement that says it best."""

    theme: int
    headline: int
    sentences: list[Told] = at_most(3)


class Worded(Answered):
    """How each theme is put."""

    themes: list[ThemeWords]


class Request(Record):
    """A call about themes, numbered from 1, and the ids of their statements, numbered through all of them."""

    call: Call[Worded]
    themes: tuple[Theme, ...]
    statements: tuple[str, ...]


def requests(
    prompt: Prompt,
    themes: Sequence[Theme],
    statements: Mapping[str, Statement],
    masked: Mapping[str, str],
    refused: Mapping[str, Sequence[Dropped]],
) -> list[Request]:
    """Calls about themes of several statements; `refused` says which earlier sentences don't hold, and why."""

    def size(theme: Theme) -> int:
        return sum(tokens(statements[m].quote) + 3 for m in theme.members[:_MOST])

    def sources(theme: Theme) -> frozenset[str]:
        return frozenset(statements[m].source_id for m in theme.members)

    several = [theme for theme in themes if len(theme.members) >= SEVERAL]
    return [
        _request(prompt, some, statements, masked, refused)
        for world in of_one_world(several, sources)
        for some in batches(world, size, BATCH)
    ]


def _request(
    prompt: Prompt,
    themes: Sequence[Theme],
    statements: Mapping[str, Statement],
    masked: Mapping[str, str],
    refused: Mapping[str, Sequence[Dropped]],
) -> Request:
    lines: list[str] = []
    numbered: list[str] = []
    for number, theme in enumerate(themes, 1):
        lines.append(f"theme {number}, {theme.kind}")
        for member in theme.members[:_MOST]:
            numbered.append(member)
            lines.append(line(len(numbered), masked[statements[member].quote]))
        lines += again(refused.get(theme.id, ()))
    shown = {statements[i].source_id for i in numbered}
    limit = _PER_THEME * len(themes) + _BESIDES
    call = prompt.call(Worded, shown, max_output_tokens=limit, lines=lines)
    return Request(call=call, themes=tuple(themes), statements=tuple(numbered))


def again(refused: Sequence[Dropped]) -> list[str]:
    """Sentences that have to be written again, each with what was wrong with it."""
    return [line("!", f"{shown(one.text)} ({shown(one.reason)})") for one in refused]


def read(reply: Worded, asked: Request, clean: Callable[[str], str]) -> dict[str, Wording]:
    """Wordings by theme id. Numbers that weren't given lead nowhere; `clean` makes a sentence fit to be kept."""
    found: dict[str, Wording] = {}
    for one in reply.themes:
        if not 1 <= one.theme <= len(asked.themes):
            continue
        theme = asked.themes[one.theme - 1]
        spoken = ids([one.headline], asked.statements)
        found.setdefault(
            theme.id,
            Wording(
                headline=spoken[0] if spoken and spoken[0] in theme.members else "",
                sentences=tuple(
                    Written(text=clean(told.text), evidence=ids(told.evidence, asked.statements))
                    for told in one.sentences
                ),
            ),
        )
    return found


def ids(numbers: Sequence[int], statements: Sequence[str]) -> tuple[str, ...]:
    """The statements of these numbers; a number that wasn't given becomes an id that nothing has, and is refused as such."""
    return tuple(
        statements[number - 1] if 1 <= number <= len(statements) else f"no-{number}"
        for number in dict.fromkeys(numbers)
    )
