"""The loose values of exports, tables and manifests, read strictly: what can't be read is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any, get_args

from icp_synth.records import Locator, Outcome, Participant, Role, SourceKind

Json = Any  # what json.loads gives: the shape is checked where it is used

KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"^\s*(?:tel\.?:?\s*)?\+?\(?\d[\d\s().-]{7,}\d(?:\s*(?:x|ext\.?)\s*\d+)?\s*$", re.IGNORECASE)

_ANONYMOUS = re.compile(
    r"(?:speaker|user|guest|participant|respondent|caller|unknown|[pr](?=\d))[ _-]?\w{0,4}", re.IGNORECASE
)
_KIND_WORDS: tuple[tuple[SourceKind, str], ...] = (
    (
        "win_loss",
        r"win[ _/-]?loss|won[ _/-]?lost|closed[ _-]?lost|lost[ _-]?deals?|churn[ _-]?reasons?|exit[ _-]?interviews?",
    ),
    ("survey", r"surveys?|nps|csat|questionnaires?|responses?|polls?|typeform|feedback"),
    ("ticket", r"tickets?|cases?|support|zendesk|intercom|freshdesk|help[ _-]?desk|chats?|conversations?|bugs?"),
    ("review", r"reviews?|g2|capterra|trustpilot|app[ _-]?store|testimonials?"),
    ("interview", r"interviews?"),
    ("call", r"calls?|gong|snippets?|demos?|discovery|meetings?"),
    ("note", r"notes?|memos?"),
)
_OUTCOME_WORDS: tuple[tuple[Outcome, str], ...] = (
    ("churned", r"churn(?:ed)?|cancell?ed|cancellation|former customer|ex customer|lapsed|terminated|not renewed"),
    ("lost", r"(?:closed )?lost(?: deal)?|loss|lose|closed no decision|no decision"),
    ("won", r"(?:closed )?won(?: deal)?|win|signed"),
    (
        "active",
        r"(?:(?:active|current|existing|live|paying) )?(?:customers?|clients?|subscribers?|users?)"
        r"|active|renewed|live|retained",
    ),
)
_SIDE_WORDS: tuple[tuple[Role, str], ...] = (
    (
        "customer",
        r"(?:the )?(?:customer|user|end ?user|client|requester|respondent|interviewee|prospect|buyer|lead|contact"
        r"|external|visitor|consumer|shopper|human|participant)",
    ),
    (
        "us",
        r"(?:(?:support|sales|service) )?(?:agent|support|admin|rep|assistant|bot|staff|internal|interviewer|csm"
        r"|employee|operator|moderator|system|ai|us|vendor|seller|researcher)",
    ),
)
_BREAKS = re.compile(r"address|article|blockquote|br|div|d[dlt]|h[1-6r]|li|[ou]l|p|pre|section|table|tr")
_SILENT = frozenset({"script", "style", "head", "template"})
_LONGEST_DAY = 40
_DAY_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y")


def squash(heading: str) -> str:
    """A heading or a label in lower case, words apart: `Ticket_ID`, `ticketId` and `Ticket ID:` are all `ticket id`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"[^\W_]+", apart.lower()))


def text_of(value: Json) -> str:
    """A JSON scalar as stripped text; "" for null and for anything that isn't a scalar."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def seconds_of(value: Json) -> float | None:
    """Seconds from a number, a numeric string or a clock (`1:02`, `00:01:02.5`, `00:01:02,5`)."""
    raw = text_of(value).strip("[]() ").replace(",", ".").removesuffix("s")
    if not re.fullmatch(r"(?:\d{1,3}:)?(?:\d{1,4}:)?\d+(?:\.\d+)?", raw):
        return None
    total = 0.0
    for part in raw.split(":"):
        total = total * 60 + float(part)
    return total


def day_of(value: Json, day_first: bool | None = None) -> date | None:
    """A calendar day from ISO 8601, an epoch in s or ms (UTC), a written month, or d/m/y.

    `03/04/2024` is read only where `day_first` says which is the day, or where the numbers leave one reading.
    """
    raw = text_of(value)
    if len(raw) > _LONGEST_DAY or not any(map(str.isdigit, raw)):
        return None
    if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}(?:\.\d+)?", raw):
        number = float(raw)
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC).date()
    if iso := re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", raw):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if short := re.match(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", raw):
        return _short_day(int(short[1]), short[2], int(short[3]), int(short[4]), day_first)
    words = re.sub(
        r"(?<=\d)(?:st|nd|rd|th)\b|,|\.|^(?:mon|tue|wed|thu|fri|sat|sun)\w*\b", " ", raw, flags=re.IGNORECASE
    )
    words = re.sub(r"\s+\d{1,2}:\d{2}.*$| at .*$", "", " ".join(words.split()))
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    return None


def _short_day(first: int, separator: str, second: int, year: int, day_first: bool | None) -> date | None:
    if separator == "." or first > 12:
        day_first = True
    elif second > 12:
        day_first = False
    elif first == second:
        day_first = True
    if day_first is None:
        return None
    year = year + 2000 if year < 100 else year
    return _day(year, second, first) if day_first else _day(year, first, second)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_first_in(values: Iterable[str]) -> bool | None:
    """Whether a column of `a/b/year` dates puts the day first: told by the values over 12, None where none tells."""
    pairs = [(int(m[1]), int(m[2])) for v in values if (m := re.match(r"\s*(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", v))]
    first, second = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    return None if first == second else first


def outcome_of(value: Json) -> Outcome | None:
    """`Closed Won`, `Lost (price)`, `Churn`, `Active customer` … as an outcome; None for an open deal or a ticket."""
    words = squash(re.sub(r"[(:,;].*$", "", text_of(value)))
    return next((o for o, pattern in _OUTCOME_WORDS if re.fullmatch(pattern, words)), None)


def kind_of(value: Json) -> SourceKind | None:
    """A source kind from a cell that names it in one or two words (`Support ticket`, `win-loss`)."""
    words = squash(text_of(value))
    return kind_in(words) if 0 < len(words.split()) <= 3 else None


def kind_in(name: str) -> SourceKind | None:
    """A source kind from words in a file or sheet name; the more telling words come first."""
    spaced = f" {re.sub(r'[^a-z0-9/]+', ' ', name.lower())} "
    return next((kind for kind, words in _KIND_WORDS if re.search(rf"(?<![a-z])(?:{words})(?![a-z])", spaced)), None)


def side_of(value: Json) -> Role | None:
    """Which side a role word names (`agent` → us, `end-user` → customer); a person's name is None."""
    words = squash(text_of(value))
    return next((side for side, pattern in _SIDE_WORDS if re.fullmatch(pattern, words)), None)


def fallback(*values: Json) -> str:
    """The first of these that holds text."""
    return next((found for value in values if (found := text_of(value))), "")


def objects(value: Json) -> list[Mapping[str, Json]]:
    """The objects of a JSON list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def names_of(participants: Iterable[Participant]) -> tuple[str, ...]:
    """The distinct personal names of participants, in their order; `Speaker 2` and the like are nobody's name."""
    return tuple(dict.fromkeys(p.name for p in participants if p.name and not _ANONYMOUS.fullmatch(p.name)))


def utterance_locator(number: int, start: float | None, end: float | None) -> Locator:
    """Where an utterance of an export is: its time in seconds where it has one, else its place in the list, from 1."""
    if start is None:
        return Locator(unit="item", first=number, last=number)
    return Locator(unit="time", first=start, last=start if end is None else max(start, end))


class _Text(HTMLParser):
    """Collects the words of a fragment; block elements and <br> become line breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if _BREAKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if _BREAKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def words_of_html(fragment: str) -> str:
    """The text of an HTML fragment as a help desk stores it, one line per block, without markup, scripts and styles."""
    if not re.search(r"</?[a-zA-Z][^<>]*>|&#?\w+;", fragment):
        return text_of(fragment)
    parser = _Text()
    parser.feed(fragment)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)
