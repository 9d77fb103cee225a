"""Lines to stretches of text: bullets, quotes, hard wraps and rulers, without a thought of who speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from icp_synth.records import LineRange, Locator

Style = Literal["text", "item", "strong", "heading"]


@dataclass(frozen=True)
class Line:
    """A line of a text file, or a whole paragraph of a format that has paragraphs, exactly as it stands there.

    `style` is what the format says of it: a list item, wholly bold or italic, a heading. Markdown is read from `text`.
    """

    text: str
    locator: Locator
    lines: LineRange | None = None
    style: Style = "text"


class Piece(NamedTuple):
    """What a block will hold: its text and where that stands."""

    text: str
    locator: Locator
    lines: LineRange | None


# Teams writes `0:0:4.9` in its older Word exports; everybody else writes seconds with two digits.
TIME = r"(?<![\d:])(?:\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}|(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?:[.,]\d{1,3})?)(?![\d:])"
_LONG = 100
_WIDEST_WRAP = 130
_RULER = re.compile(r"^\s*(?:([-*_=~])(?:\s*\1){2,}|(?=[^\n]*(?:--|==))[-=|:+\s]+|`{3,}.*|~{3,}.*|<!--.*-->)\s*$")
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:(?:[-*+•‣◦▪–]|\d{1,3}[.)]|[A-Za-z][)])\s+(?:\[[ xX]\]\s+)?)")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_CELL = re.compile(r"^\s*\|\s*")
_STAMP_INSIDE = re.compile(rf"\[{TIME}\]")
_SENTENCE_END = re.compile(r"[.?!:;…][\"'”’)*_\]]*\s*$")


def is_blank(text: str) -> bool:
    """Tell whether there is nothing on the line."""
    return not text.strip()


def is_ruler(text: str) -> bool:
    """Tell whether the line only draws: a rule, a table's ruler, a code fence, an HTML comment."""
    return _RULER.match(text) is not None


def marker(text: str) -> int:
    """Length of the bullet, number, quote or table mark that the line begins with, with its spaces; 0 for none."""
    for pattern in (_BULLET, _QUOTE, _CELL):
        found = pattern.match(text)
        if found:
            return found.end()
    return 0


def is_item(line: Line) -> bool:
    """Tell whether the line is an item of a list."""
    return line.style == "item" or _BULLET.match(line.text) is not None


def is_quote(text: str) -> bool:
    """Tell whether the line is of a Markdown quotation, and no list inside it."""
    return _QUOTE.match(text) is not None and _BULLET.match(text) is None


def indent(text: str) -> int:
    """Where the words of the line begin: after its mark, or after its indentation."""
    return marker(text) or len(text) - len(text.lstrip())


def runs_on(rows: Sequence[Line], line: Line) -> bool:
    """Tell whether `line` goes on with the paragraph, the bullet or the quotation of `rows`."""
    if is_quote(line.text) or is_quote(rows[-1].text):
        return is_quote(line.text) and is_quote(rows[-1].text) and _continues(rows[-1].text, line.text)
    if marker(line.text) or (is_item(rows[0]) and not line.text[:1].isspace()):
        return False
    return _continues(rows[-1].text, line.text)


def _continues(previous: str, text: str) -> bool:
    # Short lines that stand together are one paragraph; long ones are their own, unless a sentence runs on.
    if max(len(previous.strip()), len(text.strip())) <= _LONG:
        return True
    broken = text.lstrip()[:1].islower() or len(previous.strip()) <= _WIDEST_WRAP
    return broken and not _SENTENCE_END.search(previous)


def pieces(rows: Sequence[tuple[Line, int]], cut: int = 0) -> list[tuple[Piece, float | None]]:
    """Make the text of lines, each from its offset on, with `cut` characters dropped at the end.

    Bracketed times in it are not words: the text is divided there, and each time (seconds) goes with what follows it.
    """
    text = "\n".join(line.text[start:] for line, start in rows)
    text = text[: len(text) - cut].rstrip()
    unchanged = all(start == 0 for _, start in rows[1:])
    made: list[tuple[Piece, float | None]] = []
    begin, at = 0, None
    for found in [*_STAMP_INSIDE.finditer(text), None]:
        end = found.start() if found else len(text)
        if text[begin:end].strip():
            begin += len(text[begin:end]) - len(text[begin:end].lstrip())
            made.append((_piece(rows, text, begin, begin + len(text[begin:end].rstrip()), unchanged), at))
        if found:
            begin, at = found.end(), seconds(found.group())
    return made


def _piece(rows: Sequence[tuple[Line, int]], text: str, begin: int, end: int, unchanged: bool) -> Piece:
    first_row = rows[0][0]
    if len(rows) == 1 and first_row.lines is None:
        return Piece(text[begin:end], first_row.locator, None)
    if len(rows) == 1 and first_row.lines is not None:
        top = first_row.lines[0] + first_row.text.count("\n", 0, rows[0][1])
        span = (top + text.count("\n", 0, begin), top + text.count("\n", 0, end))
        return Piece(text[begin:end], Locator(unit=first_row.locator.unit, first=span[0], last=span[1]), span)
    first, last = rows[text.count("\n", 0, begin)][0], rows[text.count("\n", 0, end)][0]
    place = Locator(unit=first.locator.unit, first=first.locator.first, last=last.locator.last)
    lines = (first.lines[0], last.lines[1]) if first.lines and last.lines and unchanged else None
    return Piece(text[begin:end], place, lines)


def seconds(stamp: str) -> float | None:
    """Seconds of the first ``h:mm:ss`` or ``mm:ss`` in `stamp`; None where there is none or it is a time of day."""
    found = re.search(TIME, stamp)
    if found is None or re.search(r"[AaPp]\.?[Mm]\b", stamp):
        return None
    total = 0.0
    for part in found.group().replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def standing(text: str, source: Sequence[str], first: int, last: int) -> LineRange | None:
    """Find where `text` stands unchanged in lines `first` to `last` (1-based, inclusive) of `source`, or None."""
    rows = text.split("\n")
    for top in range(first, last - len(rows) + 2):
        there = source[top - 1 : top - 1 + len(rows)]
        if text in "\n".join(there):
            return top, top + len(rows) - 1
    return None
