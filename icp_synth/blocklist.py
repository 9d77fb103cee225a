"""Words that must go wherever they stand: what a person had removed, and companies that shall not be named. Pure.

What a person had removed is known by keyed hashes only; no list of it is kept. A text is searched by hashing every run
of its words, up to the length of the longest entry.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from icp_synth.folding import fold
from icp_synth.records import CleanBlock, CleanSource, CleanTurn, PrivacyRules, Redaction
from icp_synth.records.privacy import ACCOUNT, REDACTED

Keyed = Callable[..., str]
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = 4  # characters that may stand between two words of an entry: a space, a line break, `. `, `_`


def entry(text: str, keyed: Keyed) -> tuple[str, int]:
    """The keyed hash of an entry, and its number of words (0: nothing to look for)."""
    words = _WORD.findall(fold(text).text.lower())
    return keyed("blocklist", " ".join(words)), len(words)


def naming(names: Iterable[str]) -> Callable[[str], list[Redaction]]:
    """A search for these names, whole words in any case."""
    spelled = {name for name in names if len(name) > 2}
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(spelled, key=lambda n: -len(n))), re.I
    )

    def find(text: str) -> list[Redaction]:
        spans = (match.span() for match in pattern.finditer(text)) if spelled else ()
        return [Redaction(start=start, end=end, entity=ACCOUNT, score=1.0) for start, end in spans]

    return find


def blocked(text: str, rules: PrivacyRules, keyed: Keyed) -> list[Redaction]:
    """Where the added entries of `rules` stand in `text`, whatever their case and spelling in Unicode; longer ones win."""
    entries, longest = frozenset(rules.added), rules.longest
    folded = fold(text)
    words = [(match.group().lower(), *match.span()) for match in _WORD.finditer(folded.text)]
    found, at = [], 0
    while at < len(words):
        taken = 1
        for length in range(min(longest, len(words) - at), 0, -1):
            run = words[at : at + length]
            near = all(two[1] - one[2] <= _BETWEEN for one, two in zip(run, run[1:], strict=False))
            if near and keyed("blocklist", " ".join(word for word, _, _ in run)) in entries:
                found.append(Redaction(start=run[0][1], end=run[-1][2], entity=REDACTED, score=1.0))
                taken = length
                break
        at += taken
    return folded.placed(found)


def without(source: CleanSource, find: Callable[[str], Sequence[Redaction]]) -> CleanSource:
    """A clean source without what `find` finds in it, each block by itself. What it finds reads `<REDACTED>` from then on."""

    def replaced(said: str | None) -> str | None:
        for found in reversed(find(said or "")):
            said = f"{(said or '')[: found.start]}<{found.entity}>{(said or '')[found.end :]}"
        return said

    spans = [
        found.model_copy(update={"start": block.start + found.start, "end": block.start + found.end})
        for block in source.blocks
        for found in find(source.text[block.start : block.end])
    ]
    spans = [found for found in spans if not _in_placeholder(source, found)]
    text, moved, redactions = [], _Moved(), []
    at = 0
    for found in spans:
        word = f"<{found.entity}>"
        breaks = "\n" * source.text.count("\n", found.start, found.end)
        text += [source.text[at : found.start], word + breaks]
        start = moved.add(found.start, found.end, len(word) + len(breaks))
        redactions.append(Redaction(start=start, end=start + len(word), entity=found.entity, score=found.score))
        at = found.end
    text.append(source.text[at:])

    def shifted(one: CleanBlock | CleanTurn | Redaction) -> dict[str, int]:
        return {"start": moved.place(one.start), "end": moved.place(one.end)}

    kept = [one.model_copy(update=shifted(one)) for one in source.redactions]
    return source.model_copy(
        update={
            "text": "".join(text),
            "title": replaced(source.title),
            "path": replaced(source.path),
            "blocks": tuple(
                one.model_copy(update={**shifted(one), "heading": replaced(one.heading)}) for one in source.blocks
            ),
            "turns": tuple(
                one.model_copy(update={**shifted(one), "speaker": replaced(one.speaker), "title": replaced(one.title)})
                for one in source.turns
            ),
            "redactions": tuple(sorted([*kept, *redactions], key=lambda one: one.start)),
        }
    )


def _in_placeholder(source: CleanSource, found: Redaction) -> bool:
    return any(one.start < found.end and found.start < one.end for one in source.redactions)


class _Moved:
    """Where places of a text came to lie after parts of it were replaced; a place inside a part goes to its beginning."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, int, int, int]] = []  # start, end, where it begins now, its new length

    def add(self, start: int, end: int, length: int) -> int:
        """Note the next part that was replaced; returns where it begins now."""
        now = self.place(start)
        self._parts.append((start, end, now, length))
        return now

    def place(self, at: int) -> int:
        n = bisect_left(self._parts, at, key=lambda part: part[0])
        if n == 0:
            return at
        start, end, now, length = self._parts[n - 1]
        return now if at < end and at > start else now + length + at - end
