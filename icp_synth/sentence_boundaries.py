"""Where sentences end, in prose and in talk.

Boundaries are punctuation followed by something that can start a sentence. Talk without punctuation is cut at clause
words so that no unit grows past about 45 words.
"""

from __future__ import annotations

import re

_END = re.compile(r"(?:[.!?…]+[\"'”’)\]*_]*)(?=\s|$)|(?<=[^\s\d]):(?=\s*\n\s*\n)")
_BEFORE = r"(?:^|[\s(\"“])"
# Something always follows these; a number follows those of the second row; the third may end a sentence, or not.
_TITLE = re.compile(_BEFORE + r"(?:mr|mrs|ms|dr|prof|st|messrs|vs|e\.g|i\.e|approx|fig|cf|incl|esp)\.$", re.I)
_NUMBERED = re.compile(_BEFORE + r"(?:no|nos|vol|sec|pp|ext|art)\.$", re.I)
_SHORT = re.compile(
    _BEFORE + r"(?:etc|inc|ltd|llc|co|corp|dept|est|jr|sr|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    r"[a-z]\.[a-z]|(?-i:[A-HJ-Z]))\.$",
    re.I,
)
_ITEM = re.compile(r"\s*\(?(?:\d{1,3}|[a-zA-Z])\.$")
_STARTER = re.compile(
    r"(?:we|they|he|she|it|i|you|the|this|that|these|those|there|then|so|but|and|or|our|my|their|his|her|its|your|in|on|"
    r"at|if|when|while|now|after|before|because|since|what|why|how|who|which|no|not|yes|for|as|also|by|with|from|all|"
    r"some|each|every|one|once|still|even|only|just|well|maybe|nobody|everybody|everyone|nothing|a|an|is|was|are|do|did)"
    r"(?:['’]\w+)?\b",
    re.I,
)
_CLAUSE = re.compile(r"\s+(?=(?:and then|and so|and we|but|so|because|which|and i|then)\b)", re.I)
_LONG = 45


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`, white space trimmed; every other character lies in exactly one span."""
    spans: list[tuple[int, int]] = []
    start = 0
    casual = _is_casual(text)
    for match in _END.finditer(text):
        if _ends(text, start, match, casual):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return [piece for span in spans if (trimmed := _trim(text, *span)) for piece in _cut_long(text, *trimmed)]


def _is_casual(text: str) -> bool:
    """Whether sentences begin with small letters here, as in chats."""
    first = next((letter for letter in text if letter.isalpha()), "A")
    return first.islower() and not re.search(r"[.!?]\s+(?!I\b)[A-Z]", text)


def _ends(text: str, start: int, match: re.Match[str], casual: bool) -> bool:
    mark, rest = match.group(), text[match.end() :].lstrip()
    if not rest:
        return True
    before = text[start : match.end()]
    if rest[0].islower():
        trails_off = mark.startswith(("…", ".."))
        if trails_off or mark[-1] in "\"'”’)]" or (mark[0] == "." and not casual):
            return False
    if mark != ".":
        return True
    if _TITLE.search(before) or _ITEM.fullmatch(before):
        return False
    if _NUMBERED.search(before) and rest[0].isdigit():
        return False
    return not _SHORT.search(before) or bool(_STARTER.match(rest))


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
