"""Themes → which of them are one, and which are two. The model is asked only where the vectors leave it open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from icp_synth.analysts.llm.lines import Answered, at_most, batches, line, of_one_world, tokens
from icp_synth.neighbours import centre
from icp_synth.ports import Vectors
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Consolidation, Record, Statement, Theme

NEAR = 0.55  # cosine of two centres from which two themes may be one
LARGE = 4  # statements from which a theme may be two
BATCH = 1500  # tokens of evidence a call
_SHOWN = 3  # statements of a theme that may be merged
_LONGEST = 12  # statements of a theme that may be split
_PER_PAIR, _PER_GROUP, _BESIDES = 32, 64, 64  # tokens of an answer


class Same(Answered):
    """Whether the two themes of a pair say one thing."""

    pair: int
    same: bool


class Apart(Answered):
    """Numbers of the statements of a group that say something else than the rest of it."""

    group: int
    statements: list[int] = at_most(_LONGEST, 1)


class Consolidated(Answered):
    """An answer to each pair, and the groups that are two."""

    pairs: list[Same]
    groups: list[Apart]


class Question(Record):
    """Two themes that may be one, or one that may be two."""

    themes: tuple[Theme, ...]

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """Ids of the statements that are shown, by theme."""
        most = _SHOWN if len(self.themes) == 2 else _LONGEST
        return tuple(theme.members[:most] for theme in self.themes)


class Request(Record):
    """A call with its pairs and groups, both numbered from 1, and the statements numbered through all groups."""

    call: Call[Consolidated]
    pairs: tuple[Question, ...]
    groups: tuple[Question, ...]


def questions(themes: Sequence[Theme], settled: Collection[str], vectors: Mapping[str, Vectors]) -> list[Question]:
    """Pairs that are each other's nearest of their kind and near, and themes of several statements; not those settled before."""
    found = []
    for kind in sorted({theme.kind for theme in themes}):
        those = sorted((theme for theme in themes if theme.kind == kind), key=lambda t: t.id)
        if len(those) > 1:
            middle = np.stack([centre([vectors[m] for m in theme.members]) for theme in those])
            like = middle @ middle.T
            np.fill_diagonal(like, -1.0)
            best = like.argmax(axis=1)
            for n, m in enumerate(best):
                if n < m and best[m] == n and like[n, m] >= NEAR and not {those[n].id, those[m].id} <= {*settled}:
                    found.append(Question(themes=(those[n], those[int(m)])))
        found += [Question(themes=(t,)) for t in those if LARGE <= len(t.members) <= _LONGEST and t.id not in settled]
    return found


def requests(
    prompt: Prompt, asked: Sequence[Question], statements: Mapping[str, Statement], masked: Mapping[str, str]
) -> list[Request]:
    """Calls about these. `masked` gives the words of each statement as they may be sent, by their quote."""

    def size(one: Question) -> int:
        return sum(tokens(statements[i].quote) + 3 for ids in one.shown for i in ids)

    def sources(one: Question) -> frozenset[str]:
        return frozenset(statements[m].source_id for theme in one.themes for m in theme.members)

    return [
        _request(prompt, some, statements, masked)
        for world in of_one_world(asked, sources)
        for some in batches(world, size, BATCH)
    ]


def _request(
    prompt: Prompt, asked: Sequence[Question], statements: Mapping[str, Statement], masked: Mapping[str, str]
) -> Request:
    pairs = tuple(one for one in asked if len(one.themes) == 2)
    groups = tuple(one for one in asked if len(one.themes) == 1)
    lines: list[str] = []
    for number, one in enumerate(pairs, 1):
        lines.append(f"pair {number}, {one.themes[0].kind}")
        for side, ids in zip("ab", one.shown, strict=True):
            lines += [line(side, masked[statements[i].quote]) for i in ids]
    at = 0
    for number, one in enumerate(groups, 1):
        lines.append(f"group {number}, {one.themes[0].kind}")
        for i in one.shown[0]:
            at += 1
            lines.append(line(at, masked[statements[i].quote]))
    shown = {statements[i].source_id for one in asked for ids in one.shown for i in ids}
    limit = _PER_PAIR * len(pairs) + _PER_GROUP * len(groups) + _BESIDES
    call = prompt.call(Consolidated, shown, max_output_tokens=limit, lines=lines)
    return Request(call=call, pairs=pairs, groups=groups)


def read(reply: Consolidated, asked: Request) -> Consolidation:
    """Proposals about what was asked; a number that wasn't given, or a split that leaves nothing, is left out."""
    merges = []
    for pair in dict.fromkeys(one.pair for one in reply.pairs if one.same):
        if 1 <= pair <= len(asked.pairs):
            into, gone = sorted(asked.pairs[pair - 1].themes, key=lambda theme: (-len(theme.members), theme.id))
            merges.append((gone.id, into.id))
    numbered = [(n, i) for n, one in enumerate(asked.groups, 1) for i in one.shown[0]]
    splits = []
    for apart in reply.groups:
        ids = tuple(
            numbered[number - 1][1]
            for number in sorted(set(apart.statements))
            if 1 <= number <= len(numbered) and numbered[number - 1][0] == apart.group
        )
        if ids and 0 < len(ids) < len(asked.groups[apart.group - 1].themes[0].members):
            splits.append((asked.groups[apart.group - 1].themes[0].id, ids))
    return Consolidation(merges=tuple(merges), splits=tuple(dict(splits).items()))
