"""Whether words that look like a person's name are one. Pure: the lists come in as arguments.

A statistical tagger calls many products and headings persons, and products are evidence that must be kept. A span is
believed where one of its words is a known name and nothing around it says that it is a thing.
"""

from __future__ import annotations

import re

from icp_synth.records import Record

# Words that stand right after a product and not after a person, and words that end a job title.
_THING_AFTER = re.compile(
    r"\s+(?:ui|api|apis|sdk|cli|pipelines?|servers?|services?|platforms?|plugins?|clusters?|instances?|cloud|"
    r"enterprise|labs?|inc|llc|ltd|gmbh|corp|models?|jobs?|builds?|setup|integrations?|dashboards?|exports?|data|"
    r"licen[cs]es?|contract|documentation|docs|community|project|app|software|tool|module|sheet|reports?)\b",
    re.I,
)
_THING_BEFORE = re.compile(
    r"\b(?:using|use|used|uses|migrat\w+ (?:from|to|off)|mov\w+ (?:from|to|off)|switch\w+ (?:from|to)|replac\w+|"
    r"users? of|built on|runs? on|running on|powered by|deploy\w+|install\w+|integrat\w+ with|such as|e\.g\.,?)\s+$",
    re.I,
)
_NOT_A_NAME = re.compile(
    r"^(?:interview|attendees?|adopters?|maintainers?|organi[sz]ation|intro|governance|community|overview|"
    r"background|meeting|record|notes?|project|head|lead|director|manager|engineer\w*|officer|team|customer|client|"
    r"subject|date|hi|hello|hey|thanks|thank|dear|best|regards|re|fw|fwd|tbd|q[1-4]|nps|crm|ok|okay|yeah|yes)$",
    re.I,
)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_CUE_BEFORE = re.compile(
    r"(?:\b(?:hi|hello|hey|dear|thanks|thank you|cheers|mr\.?|mrs\.?|ms\.?|dr\.?|prof\.?|i'?m|i am|this is|name is|"
    r"named|ask(?:ed)?|told|cc|colleague|boss|particularly|especially)\s+|@\s*)$",
    re.I,
)
_CUE_AFTER = re.compile(
    r"^(?:\s+(?:said|says|asked|told|mentioned|noted|joined|thinks|wants|wanted|left|wrote|here|speaking|"
    r"explained|added|and i|signed off)\b)",
    re.I,
)


class FirstAndLastNames(Record):
    """Known names, lower-cased."""

    first: frozenset[str]
    last: frozenset[str]


def plausible_person(text: str, start: int, end: int, known: FirstAndLastNames) -> tuple[int, int] | None:
    """The part of ``text[start:end]`` that is a person's name, or None.

    Words that can't belong to a name are cut off both ends; a span across a line break keeps its first line's part.
    A single word needs more than two do: a known first name, or a context that is a person's.
    """
    words = [match for match in _WORD.finditer(text, start, end) if "\n" not in text[start : match.start()]]
    while words and (_NOT_A_NAME.match(words[0].group()) or words[0].group().islower()):
        words.pop(0)
    while words and _NOT_A_NAME.match(words[-1].group()):
        words.pop()
    if not words or len(words) > 4:
        return None
    if any(_NOT_A_NAME.match(word.group()) for word in words):
        return None
    first, last = words[0].start(), words[-1].end()
    if _THING_AFTER.match(text, last) or _THING_BEFORE.search(text[max(0, first - 30) : first]):
        return None
    stems = [re.sub(r"['’]s?$", "", word.group()).lower().strip(".") for word in words]
    if len(stems) > 1:
        known_any = any(stem in known.first or stem in known.last for stem in stems)
        return (first, last) if known_any or _person_context(text, first, last) else None
    return (first, last) if stems[0] in known.first or _person_context(text, first, last) else None


def _person_context(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 25) : start].rsplit("\n", 1)[-1]
    return bool(_CUE_AFTER.match(text[end : end + 25])) or bool(before.strip() and _CUE_BEFORE.search(before))


def person_in_label(text: str, known: FirstAndLastNames) -> list[tuple[int, int]]:
    """Persons in a file name or a title: a known first name with a known last name right behind it."""
    words = list(re.finditer(r"[^\W\d_]+", text))
    return [
        (one.start(), two.end())
        for one, two in zip(words, words[1:], strict=False)
        if two.start() - one.end() == 1
        and one.group().lower() in known.first
        and two.group().lower() in known.last
        and not _NOT_A_NAME.match(one.group())
        and not _NOT_A_NAME.match(two.group())
    ]
