"""Whether words that look like a person's name are one. Pure: the lists come in as arguments.

A statistical tagger calls many products and headings persons, and products are evidence that must be kept. A span is
believed where one of its words is a known name and nothing around it says that it is a thing.
"""

from __future__ import annotations

import re

from icp_synth.evidence import FUNCTION_WORDS, NEGATIONS
from icp_synth.records import Record

# Words that stand right after a product and not after a person, and words that end a job title.
_THING_AFTER = re.compile(
    r"\s+(?:ui|api|apis|sdk|cli|pipelines?|servers?|services?|platforms?|plugins?|clusters?|instances?|cloud|"
    r"enterprise|labs?|inc|llc|ltd|gmbh|corp|models?|jobs?|builds?|setup|integrations?|dashboards?|exports?|data|"
    r"licen[cs]es?|contract|documentation|docs|community|project|app|software|tool|module|sheet|reports?|investments?|"
    r"foundation|channel|hospital|orchestra|bank|airlines?|group|capital|partners|ventures|solutions|systems|"
    r"technolog(?:y|ies)|consulting|insurance|university|school|street|airport|awards?|"
    r"(?:&|and) (?:sons?|co|company|partners|brothers|bros)|bros)\b",
    re.I,
)
_THING_BEFORE = re.compile(
    r"\b(?:using|use|used|uses|migrat\w+ (?:from|to|off)|mov\w+ (?:from|to|off)|switch\w+ (?:from|to)|replac\w+|"
    r"users? of|built on|runs? on|running on|powered by|deploy\w+|install\w+|integrat\w+ with|such as|e\.g\.,?)\s+$",
    re.I,
)
# Companies that bear persons' names and are often named beside others.
_BORNE = re.compile(
    r"\b(?:j\.?p\.? ?morgan|morgan stanley|goldman sachs|wells fargo|charles schwab|johnson controls|eli lilly|john deere|"
    r"walt disney|berkshire hathaway|ernst & young|(?:johnson|procter|marks) (?:&|and) (?:johnson|gamble|spencer)|"
    r"thomson reuters|forrester (?:wave|research)|robert half|edward jones|fannie mae|freddie mac)\b",
    re.I,
)
_NOT_A_NAME = re.compile(
    r"^(?:per|via|with|from|by|and|met|cc|attn|interview|attendees?|adopters?|maintainers?|organi[sz]ation|intro|governance|community|overview|"
    r"background|meeting|record|notes?|project|head|lead|director|manager|engineer\w*|officer|team|customer|client|"
    r"subject|date|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|hi|hello|hey|thanks|thank|dear|best|regards|re|fw|fwd|tbd|q[1-4]|nps|crm|ok|okay|yeah|yes)$",
    re.I,
)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_LETTERS = re.compile(r"(?<![\w@/.-])[^\W\d_]{2,}(?:['’-](?!s\b)[^\W\d_]+)*(?![\w@/])")
_IN_CHAT = re.compile(
    r"(?:\b(?:(?:my|full|first|last|the) name(?: is|['’]s|:)?|name(?: is|:)|i am|i['’]?m|this is|hi|hello|hey|thanks|"
    r"thank you|thx|bye|ok|okay|sure|dear)|^name)[ ,]+(?P<name>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)",
    re.I | re.M,
)
_ASKED = re.compile(
    r"\byour (?:\w+ )?name\b[^?\n]{0,60}\??[ \t]*\n+(?:sure|yes|yeah|ok|it is|it['’]?s|i am|i['’]?m|this is|my name is|[ ,.])*"
    r"(?P<name>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)[^\n]{0,30}(?=\n|$)",
    re.I,
)
_LINE = re.compile(
    r"^[ \t]*(?P<name>[^\W\d_]{3,}(?: [^\W\d_]{3,}){0,2}?)(?=[ \t]*$|[ ,]+(?:and|here|is my name)\b)", re.M | re.I
)
_NAMES_SELF = re.compile(r"(?:(?:my|full|first|last) )?name", re.I)
_CUE_BEFORE = re.compile(
    r"(?:\b(?:hi|hello|hey|dear|thanks|thank you|cheers|(?-i:Mr|Mrs|Ms|Dr|Prof)\.?|i'?m|i am|this is|name is|"
    r"named|ask(?:ed)?|told|cc|colleague|boss|particularly|especially)\s+|@\s*)$",
    re.I,
)
_CUE_AFTER = re.compile(
    r"^(?:\s+(?:said|says|asked|told|mentioned|noted|joined|thinks|wants|wanted|left|wrote|here|speaking|"
    r"explained|added|and i|signed off)\b)",
    re.I,
)


class KnownNames(Record):
    """Known names and words, lower-cased. `sure` are first names that are hardly anything else."""

    first: frozenset[str]
    last: frozenset[str]
    sure: frozenset[str]
    words: frozenset[str]


def plausible_person(text: str, start: int, end: int, known: KnownNames) -> tuple[int, int] | None:
    """The part of ``text[start:end]`` that is a person's name, or None.

    Words that can't belong to a name are cut off both ends; a span across a line break keeps its first line's part.
    A single word needs more than two do: to be a name and hardly anything else, or a context that is a person's.
    """
    words = [match for match in _WORD.finditer(text, start, end) if "\n" not in text[start : match.start()]]
    while words and (_NOT_A_NAME.match(words[0].group()) or words[0].group().islower()):
        words.pop(0)
    while words and _NOT_A_NAME.match(words[-1].group()):
        words.pop()
    if not words or len(words) > 4:
        return None
    if any(_NOT_A_NAME.match(word.group()) or _THING_AFTER.match(f" {word.group()}") for word in words):
        return None
    first, last = words[0].start(), _to_the_end(text, words[-1].end(), known, len(words))
    if _is_thing(text, first, last):
        return None
    stems = [re.sub(r"['’]s?$", "", word.group()).lower().strip(".") for word in words]
    if len(stems) > 1:
        borne = any(stem in known.first | known.last and not _is_word(stem, known) for stem in stems)
        known_any = borne or (stems[0] in known.first and stems[-1] in known.last)
        plain = all(_capitalised(re.sub(r"['’]s?$", "", word.group())) for word in words)
        no_words = plain and not any(_is_word(stem, known) for stem in stems)
        return (first, last) if known_any or no_words or _person_context(text, first, last) else None
    return (first, last) if stems[0] in known.sure or _person_context(text, first, last) else None


def listed_persons(text: str, known: KnownNames) -> list[tuple[int, int]]:
    """Persons that the lists alone tell: a capitalised first name that is no word, with the last name behind it.

    A first name that is also a word (Mark, Grace) counts only before a known last name that is none.
    """
    found: list[tuple[int, int]] = []
    words = [word for word in _LETTERS.finditer(text) if _capitalised(word.group())]
    for at, word in enumerate(words):
        first = word.group().lower()
        follows = words[at + 1] if at + 1 < len(words) and words[at + 1].start() - word.end() == 1 else None
        surname = follows.group().lower() if follows and "\n" not in text[word.end() : follows.start()] else ""
        listed = surname in known.last or not _is_word(surname, known)
        named = bool(surname) and listed and not _NOT_A_NAME.match(surname)
        end = _to_the_end(text, follows.end(), known, 2) if follows and named else word.end()
        rare = named and surname in known.last and not _is_word(surname, known)
        sure = first in known.sure or (first in known.first and rare)
        if not sure or _NOT_A_NAME.match(first):
            continue
        if not _is_thing(text, word.start(), end):
            found.append((word.start(), end))
    return found


def _is_thing(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name says that it is a product's or a company's."""
    before = text[max(0, start - 30) : start]
    company = _BORNE.search(text, max(0, start - 20), end + 20)
    inside = company is not None and company.start() <= start and end <= company.end()
    return inside or bool(_THING_AFTER.match(text, end)) or bool(_THING_BEFORE.search(before))


def chat_persons(text: str, known: KnownNames) -> list[tuple[int, int]]:
    """Persons written small, as in chats: after "my name is" and greetings, in answer to who one is, and alone on a line."""
    found: list[tuple[int, int]] = []
    for match in (*_IN_CHAT.finditer(text), *_ASKED.finditer(text)):
        introduced = match.re is _ASKED or _NAMES_SELF.match(match.group()) is not None
        words = list(_LETTERS.finditer(text, *match.span("name")))
        kept = 0
        for word in words:
            lower = word.group().lower()
            likely = lower in known.first or not _is_word(lower, known)
            unknown = introduced and likely and lower not in FUNCTION_WORDS | NEGATIONS
            if lower not in known.sure and not unknown and not (kept and lower in known.last - known.words):
                break
            kept = word.end()
        if kept:
            found.append((words[0].start(), kept))
    for match in _LINE.finditer(text):
        first, *others = match["name"].lower().split(" ")
        if first in known.sure and all(word in known.last or word in known.sure for word in others):
            found.append(match.span("name"))
    small = [word for word in _LETTERS.finditer(text) if word.group().islower()]
    for one, two in zip(small, small[1:], strict=False):
        whole = one.group() in known.sure and two.group() in known.last and two.group() not in known.words
        if whole and text[one.end() : two.start()] == " ":
            found.append((one.start(), two.end()))
    return found


def _is_word(lower: str, known: KnownNames) -> bool:
    """Whether this is an English word, also in its inflected forms."""
    stems = {
        lower,
        lower.removesuffix("s"),
        lower.removesuffix("es"),
        lower.removesuffix("ed"),
        lower.removesuffix("ing"),
    }
    stems |= {lower.removesuffix("d"), f"{lower.removesuffix('ing')}e", re.sub(r"(.)\1(?:ed|ing)$", r"\1", lower)}
    return lower in FUNCTION_WORDS | NEGATIONS or not stems.isdisjoint(known.words)


def _capitalised(word: str) -> bool:
    return word[0].isupper() and word[1:2].islower() or bool(re.match(r"[^\W\d_]['’]", word))


def _person_context(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 25) : start].rsplit("\n", 1)[-1]
    return bool(_CUE_AFTER.match(text[end : end + 25])) or bool(before.strip() and _CUE_BEFORE.search(before))


def _to_the_end(text: str, end: int, known: KnownNames, words: int) -> int:
    """Where a name of `words` words ends that goes on with further ones, three in all: a tagger often stops short."""
    for _ in range(3 - words):
        match = _LETTERS.match(text, end + 1) if text[end : end + 1] == " " else None
        if not match or not _capitalised(match.group()) or _THING_AFTER.match(text, end):
            break
        if _is_word(match.group().lower(), known) or _NOT_A_NAME.match(match.group()):
            break
        end = match.end()
    return end


def person_in_label(text: str, known: KnownNames) -> list[tuple[int, int]]:
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
