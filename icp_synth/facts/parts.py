"""Parts of a quote: the shape in which readers give facts, and how a part is cut out of it."""

from __future__ import annotations

import re

from icp_synth.records import FactName

Group = tuple[tuple[FactName, str], ...]

NUMBER_WORD = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    "seventy|eighty|ninety)"
)
_EDGE = re.compile(r"^[\s,;:.!?…*_\"“”()–—-]+|[\s,;:.!?…*_\"“”()–—-]+$")


def level(quote: str) -> str:
    """The quote, letter for letter as long, with plain spaces and apostrophes, so that places in it are places in the quote."""
    return re.sub(r"\s", " ", quote).replace("’", "'")


def part(quote: str, start: int, end: int) -> str:
    """``quote[start:end]`` without the marks at its edges."""
    return _EDGE.sub("", quote[start:end])


def sentences(flat: str) -> list[tuple[int, int]]:
    """Where the sentences of a levelled quote start and end; a semicolon ends one, too."""
    ends = [match.end() for match in re.finditer(r"[.!?;](?=\s)\s*", flat)]
    return [(a, b) for a, b in zip([0, *ends], [*ends, len(flat)], strict=True) if flat[a:b].strip()]
