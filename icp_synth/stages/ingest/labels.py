"""Speaker labels: what a line says of who speaks, and whether that is a speaker at all.

Shapes are those of transcripts by Zoom, Teams, Otter, Rev and Google Meet, and of what people type by hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from icp_synth.records import Role
from icp_synth.speakers import CUSTOMER_LABELS, US_LABELS, same_person, speaker_is_name
from icp_synth.stages.ingest.layout import TIME, seconds

_MORE_ROLES = re.compile(
    r"^(?:unknown speaker|end users?|note ?taker|narrator|presenter|me|you|reviewer|[a-z]\d{0,2})$", re.I
)
# Short labels of notes that stand where a name would: they recur as speakers do, and are none.
_TOPICS = frozenset(
    re.findall(
        r"\S+",
        "action actions advice agenda alternative alternatives answer answers appendix background benefit benefits "
        "blocker blockers budget bug bugs caveat caveats challenge challenges change changes channel churn comment "
        "comments company competition competitor competitors con concern concerns conclusion cons context cost costs "
        "data date deadline decision decisions description detail details disclaimer discussion docs documentation "
        "driver drivers duration email error example examples fact feature features feedback field file finding "
        "findings fix follow-up followup format goal goals impact implementation important industry info input insight "
        "insights integration integrations issue issues item items key lesson lessons link links location main measure "
        "metric metrics motivation need needs next note notes objection objections objective onboarding opportunity "
        "option options outcome outcomes output overview pain pains performance phone plan plans point points positive "
        "pricing price priority problem problems pro process product project pros purpose question questions quote "
        "quotes rating reason reasons recommendation reference region request requirement requirements response result "
        "results risk risks roadmap role root scale scope score security setup size solution solutions source sources "
        "stack stage stakeholder stakeholders status step steps strength strengths subject suggestion suggestions "
        "summary takeaway thread takeaways task tasks team theme themes time timeline timing tip title todo tool tools topic "
        "topics total trigger triggers type update url usage use value values version warning weakness weaknesses why "
        "win workaround yes no http https however finally ",
    )
)
_SIDES: tuple[tuple[Role, re.Pattern[str]], ...] = (("us", US_LABELS), ("customer", CUSTOMER_LABELS))
_PARTICLES = re.compile(
    r"(?:de|da|del|della|di|du|la|le|van|von|der|den|bin|ibn|al|el|y|e|dos|das|ter|zu|of|from|and|&|the)"
)

_MARK = r"(?:\*\*|__|\*|_)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = (
    r"(?i:(?:(?:today|yesterday|(?:mon|tues?|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?),?\s+)?"
    rf"(?:\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|{_MONTH}\s\d{{1,2}}(?:,?\s\d{{4}})?|\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?)"
    r"|today|yesterday)"
)
_CLOCK = rf"{TIME}(?:\s?[AaPp]\.?[Mm]\.?)?"
_STAMP = rf"[\[(]?(?:{_DAY},?(?:\s+at)?\s+)?{_CLOCK}[\])]?"
_NOTE = r"\s*(?:\([^()\d\n]{1,60}\)|\[[^\[\]\d\n]{1,60}\])"
_LEAD = r"\s*(?:(?:[-*•–]|>{1,3})\s+|>>\s*)?"
_NAME = r"[^\W\d_](?:[^:：\[\]()<>|*\n\t]{0,58}[^:：\[\]()<>|*\s_,–-])?"
_LAZY = _NAME.replace("{0,58}", "{0,58}?")
_SPEECH = re.compile(
    rf"^{_LEAD}(?:(?P<before>{_STAMP})\s*[-–|:]?\s*)?{_MARK}(?P<name>{_NAME}){_MARK}"
    rf"(?P<tail>(?:\s*[,|–-]?\s*{_STAMP}|\s*\([^()\n]{{1,60}}\))*)\s*{_MARK}\s*[:：]{_MARK}(?=\s|$)\s*"
)
_NAME_THEN_TIME = re.compile(
    rf"^{_LEAD}{_MARK}\[?(?P<name>{_LAZY})\]?{_MARK}(?P<note>{_NOTE})?"
    rf"(?P<gap>[ \t]*[,|—–-]?[ \t]*)(?P<after>{_STAMP}){_MARK}(?:\s*$|(?:[ ]{{2,}}|\t)\s*(?=\S))"
)
_TIME_THEN_NAME = re.compile(rf"^{_LEAD}(?P<before>{_STAMP})[ \t]*[-–|]?[ \t]*{_MARK}(?P<name>{_NAME}){_MARK}\s*$")
# Forums say it in a sentence: `Mirela (Employee) wrote on 3 Feb 2025:`.
_AFTER = rf"(?:on|at)\s+(?P<after>{_DAY}(?:,?(?:\s+at)?\s+{_CLOCK})?)\s*:?\s*$"
_WROTE = re.compile(
    rf"^{_LEAD}{_MARK}(?P<name>{_LAZY}){_MARK}(?P<note>{_NOTE})?{_MARK}\s+(?:wrote|posted|replied|commented|said)\s+{_AFTER}"
)
_POSTED = re.compile(
    rf"^{_LEAD}(?i:posted|written|asked|"
    rf"answered) by {_MARK}(?P<name>{_LAZY}){_MARK}(?P<note>{_NOTE})?\s+{_AFTER}"
)
_TIME_ONLY = re.compile(rf"^\s*{_STAMP}(?:\s*(?:-->|–|-)\s*{_STAMP})?\s*$")
_STAMPED = re.compile(rf"^\s*(?:\[{TIME}\]|\({TIME}\)|(?P<bare>{TIME}))\s+(?=\S)")
_LONGEST = 200  # no label is longer, and patterns take their time over long runs of spaces
_PAREN = re.compile(r"\(([^()]*[^\W\d_][^()]*)\)|\[([^\[\]\d]*[^\W\d_][^\[\]\d]*)\]")
_DATED = re.compile(rf"{_DAY}|[AaPp]\.?[Mm]\b")
# `Day 3 - Monday, 07:45` heads an entry of a diary; nobody speaks.
_ENTRY = re.compile(r"(?i)^(?:day|week|entry|session|visit|task|month|part|chapter|ticket|case|order)\s*#?\d+\b")


class Label(NamedTuple):
    """A label that a line may begin with. Words spoken begin at `start`; `timed` if a time stands with the name."""

    name: str
    start: int
    note: str | None
    at: float | None
    timed: bool
    dated: bool
    bulleted: bool
    lone: bool


@dataclass(frozen=True)
class Cast:
    """Who speaks in a text: the label that each line may begin with, and which names are speakers.

    `counts` says how often each speaker's label stands; `below_times` are names that stand alone below times;
    `bare_times` says whether lines begin with times without brackets as a habit.
    """

    labels: tuple[Label | None, ...]
    speakers: frozenset[str]
    counts: Mapping[str, int]
    below_times: frozenset[str]
    bare_times: bool

    @classmethod
    def of(cls, texts: Sequence[str], wrapped: bool) -> Cast:
        """Look through all lines. In a `wrapped` text a paragraph begins after a blank line; else each line is one."""
        found = tuple(find(text) for text in texts)
        worded = [i for i, text in enumerate(texts) if text.strip()]
        openings = [i for i in worded if not wrapped or i == 0 or not texts[i - 1].strip()]
        speakers = accepted([found[i] for i in worded], len(openings))
        timed = [texts[k + 1].strip() for k in range(len(texts) - 1) if time_only(texts[k]) is not None]
        below = {name for name, n in Counter(timed).items() if n > 1 and find(f"{name}:") and _capitalised(name)}
        return cls(
            labels=found,
            speakers=speakers,
            counts=Counter(label.name for label in found if label and label.name in speakers),
            below_times=frozenset(below),
            bare_times=sum(1 for text in texts if stamped(text)[2]) > 2,
        )


def find(text: str) -> Label | None:
    """Read the label that `text` may begin with. Only `accepted` knows whether it is a speaker."""
    for pattern in (_WROTE, _POSTED, _SPEECH, _NAME_THEN_TIME, _TIME_THEN_NAME):
        found = pattern.match(text[:_LONGEST])
        if found and (pattern is _SPEECH or found.end() < _LONGEST):
            break
    else:
        return None
    parts = found.groupdict()
    name, _, title = parts["name"].strip().partition(", ")
    notes = _PAREN.search((parts.get("tail") or "") + (parts.get("note") or ""))
    stamp = parts.get("before") or parts.get("after") or parts.get("tail") or ""
    timed = re.search(TIME, stamp) is not None or pattern in (_WROTE, _POSTED)
    if pattern is _NAME_THEN_TIME and not parts["gap"].strip(" ") and len(parts["gap"]) < 2 and not _capitalised(name):
        return None
    if not _like_a_label(name) or _ENTRY.match(name) or not _like_a_title(title):
        return None
    note = (notes[1] or notes[2]).strip() if notes else title.strip() or None
    bulleted = re.match(r"\s*[-*•–]\s", text) is not None
    at = None if _DATED.search(stamp) else seconds(stamp)
    dated = timed and _DATED.search(stamp) is not None
    return Label(name, found.end(), note, at, timed, dated, bulleted, found.end() >= len(text.rstrip()))


def time_only(text: str) -> float | None:
    """Seconds, where the line holds a time or a range of times and nothing else; None where it holds words."""
    return seconds(text) if _TIME_ONLY.match(text) else None


def stamped(text: str) -> tuple[int, float | None, bool]:
    """Where the words begin after a leading time, its seconds, and whether the time stands without brackets."""
    found = _STAMPED.match(text)
    return (found.end(), seconds(found.group()), found["bare"] is not None) if found else (0, None, False)


def accepted(labels: Sequence[Label | None], openings: int) -> frozenset[str]:
    """Choose the names that are speakers. `labels` has one entry per line with words; `openings` counts paragraphs.

    A role is a speaker at once. A name is where times stand with it, or where it recurs, or where there are two of
    them, and labels make up much of the file. Topics of notes (`Result:`) never are.
    """
    found = [label for label in labels if label and not _is_topic(label.name)]
    counts = Counter(label.name for label in found)
    timed = [label for label in found if label.timed]
    plain = [label for label in found if _capitalised(label.name)]
    much = len(plain) >= 0.3 * len(labels) or len(plain) >= 0.5 * openings
    recurring = {name for name, n in counts.items() if (n > 1 or _varies(name, counts)) and _capitalised(name)}
    speakers = {name for name in counts if is_role(name) and (_sure_role(name) or counts[name] > 1)}
    if len(timed) > 1 or (timed and len(labels) < 12):
        speakers |= {label.name for label in timed if _capitalised(label.name) or label.dated or counts[label.name] > 1}
    bulleted = {label.name for label in found if label.bulleted}
    if len(recurring | speakers) > 1 or (recurring and len(plain) >= 0.1 * len(labels)):
        speakers |= {name for name in recurring if name not in bulleted or much}
    if much and len({label.name for label in plain}) > 1 and (recurring or len(plain) < 4):
        speakers |= {label.name for label in plain if not label.bulleted or bulleted & recurring}
    nicknames = {name for name, n in counts.items() if n > 1 and " " not in name}
    if len(nicknames) > 1 and sum(counts[name] for name in nicknames) >= 0.5 * len(labels):
        speakers |= nicknames
    return frozenset(speakers)


def _varies(name: str, others: Iterable[str]) -> bool:
    """Whether another label is the same person's: `Dana Foxworth`, `Dana F.` and `DANA` are one who recurs."""
    if is_role(name):
        return False
    people = [other for other in others if other != name and not is_role(other) and _capitalised(other)]
    return any(same_person(name, other) for other in people)


def is_role(name: str) -> bool:
    """Tell whether a label names a part in the talk (`Interviewer`, `Speaker 2`, `Sales Rep`) and no person."""
    return side(name) != "unknown" or not speaker_is_name(name) or _MORE_ROLES.match(name) is not None


def is_personal(name: str) -> bool:
    """Tell whether a label is a person's name: neither a part in the talk nor a topic."""
    return not is_role(name) and not _is_topic(name)


def side(label: str) -> Role:
    """Whose side a label says that somebody is on: all of it, else its last word (`Acme Interviewer`)."""
    words = label.split()
    for part in (label, *(words[-1:] if words and words[-1][0].isupper() else ())):
        for role, pattern in _SIDES:
            if pattern.match(part.strip()):
                return role
    return "unknown"


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name)]


def _sure_role(name: str) -> bool:
    """Whether one label alone makes a speaker: `User:` or `Support:` may as well be a topic."""
    return (
        re.match(
            r"(?:(?:sales )?rep|speaker|interviewe[er]|moderator|customer|client|prospect|buyer|respondent|host|guest"
            r"|adopter|participant|agent|researcher|caller)s?\s*\d*$",
            name,
            re.IGNORECASE,
        )
        is not None
    )


def _is_topic(name: str) -> bool:
    words = _words(name)
    return bool(words) and not is_role(name) and (words[-1] in _TOPICS or words[0] in _TOPICS)


def _capitalised(name: str) -> bool:
    words = name.split()
    return is_role(name) or all(word[:1].upper() == word[:1] or _PARTICLES.fullmatch(word.lower()) for word in words)


def _like_a_title(title: str) -> bool:
    """Tell whether what stands behind a name and a comma may be a job or a company, not a wrapped line of prose."""
    return re.search(r"\d{3}|[.?!]\s+\S", title) is None


def _like_a_label(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 6 or len(name) > 60 or re.search(r"[?!;\"“”/]|\.\s+[a-z]|://", name):
        return False
    return not name.endswith(".") or len(words[-1]) <= 4
