"""Where sentences end, in prose and in talk.

Boundaries are punctuation followed by something that can start a sentence. Talk without punctuation is cut at clause
words so that no unit grows past about 45 words.
"""

from __future__ import annotations

import re

_END = re.compile(r"(?:[.!?…]+[\"'”’)\]*_]*)(?=\s|$)|(?<=[^\s\d]):(?=\s*\n\s*\n)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|approx|inc|ltd|co|corp|no|dept|fig|est|jan|feb|mar|apr|"
    r"jun|jul|aug|sep|sept|oct|nov|dec|a\.m|p\.m|u\.s|[a-z])\.$",
    re.I,
)
_CLAUSE = re.compile(r"\s+(?=(?:and then|and so|and we|but|so|because|which|and i|then)\b)", re.I)
_LONG = 45


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`, white space trimmed; every other character lies in exactly one span."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        follows = text[end:].lstrip()[:1]
        if text[match.start()] == "." and (_ABBREVIATION.search(text[start:end]) or (follows and follows.islower())):
            continue
        spans.append((start, end))
        start = end
    spans.append((start, len(text)))
    return [piece for span in spans if (trimmed := _trim(text, *span)) for piece in _cut_long(text, *trimmed)]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _cut_long(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if len(text[start:end].split()) <= _LONG:
        return [(start, end)]
    cuts = [match.start() for match in _CLAUSE.finditer(text, start, end)]
    if not cuts:
        return [(start, end)]
    middle = (start + end) / 2
    cut = min(cuts, key=lambda at: abs(at - middle))
    left, right = _trim(text, start, cut), _trim(text, cut, end)
    return [piece for part in (left, right) if part for piece in _cut_long(text, *part)]
