"""One spelling for what looks the same: full-width digits, decomposed accents, zero-width characters. Pure.

Everything that looks for personal data looks at the folded text; places are told in the text as it came.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from icp_synth.records import Record, Redaction

_DASHES = frozenset("‐‑‒–−﹣－")


class Folded(Record):
    """Text in Unicode's compatibility form (NFKC) without invisible characters, and where each character stood.

    Character n of `text` came from ``original[starts[n]:ends[n]]``; both are empty where nothing was changed.
    """

    text: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text in the original."""
        return (self.starts[start], self.ends[end - 1]) if self.starts else (start, end)

    def placed(self, found: Iterable[Redaction]) -> list[Redaction]:
        """Findings with their places in the original."""
        if not self.starts:
            return list(found)
        spans = ((one, self.place(one.start, one.end)) for one in found)
        return [one.model_copy(update={"start": start, "end": end}) for one, (start, end) in spans]


def fold(text: str) -> Folded:
    """The folded text. Line breaks stay where they are; a cluster of marks counts as its base character."""
    if text.isascii():
        return Folded(text=text)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and (unicodedata.combining(text[end]) or _invisible(text[end])):
            end += 1
        for char in _plain(text[at:end]):
            out.append(char)
            starts.append(at)
            ends.append(end)
        at = end
    return Folded(text="".join(out), starts=tuple(starts), ends=tuple(ends))


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char == "\u034f"


def _plain(cluster: str) -> str:
    if len(cluster) == 1 and (cluster in "\n\t’‘“”…" or cluster.isascii()):
        return cluster
    seen = "".join(char for char in cluster if not _invisible(char))
    folded = unicodedata.normalize("NFKC", seen)
    return "".join("-" if c in _DASHES else " " if unicodedata.category(c) == "Zs" else c for c in folded)
