"""What stands at the top of notes and transcripts: `Date: …`, `Company: …`, `Outcome: …`, and who was there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from icp_synth.records import Outcome, Participant, Role
from icp_synth.speakers import badge_side
from icp_synth.stages.ingest import labels
from icp_synth.stages.ingest.values import EMAIL, day_of, outcome_of, squash

FieldKind = Literal["date", "account", "buyer", "outcome", "people", "person", "other"]

_KEYS_BY_KIND: dict[FieldKind, str] = {
    "date": "date|meeting time|meeting date|interview date|call date|date of interview|date of call|close date|created|"
    "date and time|date time|when|recorded|recorded on|recorded at|conducted|held|held on|submitted|sent|closed",
    "account": "company|account|organisation|organization|account name|company name|customer company|employer",
    "buyer": "customer|client|prospect|customer name|client name|adopter",
    "outcome": "outcome|result|status|deal|deal status|deal stage|deal outcome|stage|disposition|account status",
    "people": "attendees|participants|present|in attendance|attendance|speakers|people|invitees|interviewees|"
    "on the call|who was there|guests|attending|interviewers|panel|ours|theirs|our side|their side|our team|their team|"
    "our people|their people",
    "person": "interviewer|interviewee|moderator|host|rep|sales rep|seller|account executive|account manager|ae|se|"
    "csm|owner|account owner|deal owner|author|prepared by|notes by|recorded by|written by|conducted by|from|to|cc|"
    "contact|champion|respondent|participant|reviewer|researcher|name|note taker|facilitator|buyer|user|guest|"
    "requester|assignee|visited by|observer|observed by|logged by|reported by|submitted by",
    "other": "meeting|meeting record|meeting link|recording|recording link|transcript|location|place|duration|"
    "length|subject|product|project|type|kind|source|industry|sector|region|country|size|employees|company size|"
    "segment|plan|arr|role|title|job title|position|email|phone|language|version|confidentiality|tags|rating|stars|"
    "time|file|id|call id|meeting id|interview|format|channel|platform|keywords|summary keywords|link|url|"
    "household|age|gender|occupation|mood|weather|session|participant id|priority|brand|order|started|ticket|group",
}
_KEYS = {key: kind for kind, keys in _KEYS_BY_KIND.items() for key in keys.split("|")}
_LONGEST = 400  # no field is longer, and patterns take their time over long runs of spaces
_FIELD = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\*\*|__|\*|_)?(?P<key>[^\W\d_][\w /&'()-]{0,40}?)(?:\*\*|__|\*|_)?\s*[:：]"
    r"(?:\*\*|__|\*|_)?(?:\s+(?P<value>.*?))?\s*$",
    re.DOTALL,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}([/.-])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:[a-z]*(?:engineer|manager|architect|developer|analyst|consultant|sponsor|maintainer|designer|scientist|officer|"
    r"admin|administrator|specialist|coordinator|executive|founder|director|president|researcher|strategist|accountant|"
    r"buyer|recruiter|teacher|nurse|planner|controller|assistant|technician|supervisor|representative|advisor|intern)s?"
    r"|head|lead|leader|chief|vp|svp|evp|avp|ceo|cto|cfo|coo|cio|cmo|cro|cpo|cso|ciso|cdo|chro"
    r"|owner|partner|principal|sre|devops|rev ?ops|pm|rep|ae|se|csm)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?:\b(?:inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|gmbh|ag|s\.?a|s\.?r\.?l|b\.?v|n\.?v|a/?s|ab|oy|"
    r"pty|co|company|companies|group|holdings?|labs?|systems?|software|solutions?|technolog(?:y|ies)|tech|partners?|bank|"
    r"insurance|health|healthcare|hospitals?|university|college|school|institute|foundation|agency|ministry|authority|"
    r"council|media|studios?|networks?|logistics|energy|foods?|traders?|trading|industries|services?|ventures?|capital|"
    r"retail|stores?|international|global|digital|cloud|data|analytics|robotics|motors|airlines|pharma|bio\w*|"
    r"consulting|security|payments?|financial|finance|interactive|works|project)\b\.?|\.(?:com|io|ai|dev|net|org)\b|\d)",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"^(?:inc|ltd|llc|llp|plc|corp|co|gmbh|s\.?a|b\.?v|limited)\.?$", re.IGNORECASE)
_NAME_WORD = re.compile(r"^[^\W\d_a-z][\w'’.-]*$|^(?:de|da|del|della|di|du|la|le|van|von|der|den|bin|ibn|al|el|dos)$")


class Field(NamedTuple):
    """A label and its value as found; `kind` says what it tells."""

    kind: FieldKind
    key: str
    value: str


def find(text: str) -> Field | None:
    """Read a line as a field with a known key; None for any other line."""
    found = _FIELD.match(text) if len(text) <= _LONGEST else None
    kind = _KEYS.get(squash(found["key"])) if found else None
    if found is None or kind is None:
        return None
    return Field(kind, found["key"].strip(), (found["value"] or "").strip().strip("*_ "))


def group(text: str) -> str | None:
    """The label of a line that holds a label and nothing else (`Customer:`); None for any other line."""
    found = _FIELD.match(text) if len(text) <= _LONGEST else None
    if found is None or found["value"] or len(found["key"].split()) > 4:
        return None
    return found["key"].strip()


def day_in(text: str) -> date | None:
    """The first whole date written in `text`; ``9/8/2025`` is read the American way. A date without a year is None."""
    found = _DATE.search(text)
    spelled = re.sub(r"\bof\b|\.(?=\s)", " ", found.group()) if found else ""
    return day_of(re.sub(r"(?i)\bsept\b", "Sep", spelled), day_first=False)


def is_day(text: str) -> bool:
    """Tell whether a line is a date, perhaps with its weekday, time and length, and no sentence."""
    if len(text) > _LONGEST:
        return False
    rest = re.sub(r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\d|[ap]\.?m\b|\W", "", _DATE.sub("", text))
    return day_in(text) is not None and len(rest) <= 8


def outcome_in(value: str) -> Outcome | None:
    """The outcome that a field's value begins with: `Closed lost 14/03/2025`, `Won - price`."""
    return outcome_of(re.split(r"\s[-–—|]\s|\d|[.(,;]", value)[0])


def company_in(field: Field, speakers: Iterable[str]) -> str | None:
    """The company that a field clearly names; None where the value may be a person or a sentence."""
    value = re.split(r"\s[-–—|(]\s?|\s\(", field.value)[0].strip()
    if (
        not value
        or len(value.split()) > 6
        or re.search(r"[.?!]\s|[?!:;]$", value)
        or value.lower() in ("tbd", "tba", "n/a")
    ):
        return None
    parts = [part.strip() for part in value.split(",")]
    if len(parts) > 1 and not _LEGAL.match(parts[1]):
        return None
    if field.kind == "account":
        return value
    spoken = {word.lower() for name in speakers for word in name.split()}
    one_word = len(value.split()) == 1 and value[:1].isupper() and value.lower() not in spoken
    return value if one_word or _COMPANY.search(value) else None


def entries(value: str) -> list[str]:
    """Divide an attendee list that stands on one line: at semicolons, else at commas between names."""
    if ";" in value:
        return [part.strip() for part in value.split(";") if part.strip()]
    parts = [part.strip() for part in re.split(r",(?![^()]*\))|\s+(?:and|&)\s+", value) if part.strip()]
    bare = [re.sub(r"\s*[(<].*$", "", part) for part in parts]
    alike = len(parts) > 2 or len({len(part.split()) for part in bare}) == 1
    return parts if alike and all(_is_name(part) for part in bare) else [value.strip()]


def meets(text: str) -> tuple[str, ...]:
    """The entries of a line that only says who met whom: `Ann Lee (Acme) with Bob Ray (Initech)`; () for any other."""
    if len(text) > _LONGEST:
        return ()
    parts = [part.strip() for part in re.split(r"\s+(?:with|and|&|x)\s+|\s*,\s*(?![^()]*\))", text.strip())]
    named = [part for part in parts if (found := re.match(r"(.+?)\s*\([^()]+\)$", part)) and _is_name(found[1])]
    return tuple(named) if len(named) > 1 and len(named) == len(parts) else ()


def is_entry(text: str) -> bool:
    """Tell whether a line may stand in an attendee list: short, a name or a job first, no sentence."""
    bare = re.sub(r"\([^)]*\)|<[^>]*>|\*\*|__", "", text).strip(" *_")
    if not bare or len(bare.split()) > 16 or re.search(r"[?!;]|\.\s+[A-Z][a-z]+\s+[a-z]", bare):
        return False
    if bare.endswith(".") and not _LEGAL.match(bare.split()[-1]):
        return False
    head = re.split(r"\s*[,|]\s*|\s+[-–—@]\s+|\s+at\s+|:\s+", bare)[0]
    return len(head.split()) <= 5 and (_is_name(head) or _TITLE.search(head) is not None or labels.is_role(head))


def participant(entry: str, label: str | None = None) -> Participant:
    """Read `Jane Doe, CTO, Acme (jane@acme.example)`, `Jane Doe (Acme)`, `DevOps Lead, Acme` and their like.

    A label before the entry (`Adopter: Jane Doe`) wins over `label`, that of the list. It tells the side.
    """
    text = re.sub(r"\*\*|__|`", "", entry).strip(" *_")
    own = label_of(text)
    if own:
        label, text = own, text.partition(":")[2].strip()
    email = EMAIL.search(text)
    text = re.sub(r"[(<\[]\s*(?:mailto:)?[)>\]]", "", text.replace(email.group(), "") if email else text)
    inside, badges = _badges(re.findall(r"\(([^()]+)\)", text))
    parts = _parts(re.sub(r"\s*\([^()]*\)\s*", " ", text))
    jobs = [part for part in [*parts, *inside] if _TITLE.search(part)]
    name = parts[0] if parts and _is_name(parts[0]) and not _TITLE.search(parts[0]) else None
    if (
        name is None
        and parts
        and not jobs
        and parts[0][0].isupper()
        and len(parts[0].split()) == 1
        and not _COMPANY.search(parts[0])
    ):
        name = parts[0]
    others = [part for part in [*inside, *reversed(parts)] if part != name and part not in jobs]
    companies = [part for part in others if not labels.is_role(part) or (jobs and part[-1].isdigit())]
    roles = [part for part in [*inside, *parts] if labels.side(part) != "unknown"]
    side = labels.side(label) if label else labels.side(roles[0]) if roles else "unknown"
    side = badges[0] if side == "unknown" and badges else side
    return Participant(
        name=name,
        email=email.group() if email else None,
        company=companies[0] if companies else None,
        title=", ".join(jobs[: 2 if name else 1]) or None,
        side=side,
    )


def _badges(inside: Iterable[str]) -> tuple[list[str], list[Role]]:
    """What stands in brackets, a job and its company apart, without badges (`us`, `our CSM`), and the sides that those tell."""
    left: list[str] = []
    sides: list[Role] = []
    for words in inside:
        parts = [part.strip() for part in words.split(",")]
        told = [side for part in parts if (side := badge_side(part)) != "unknown"]
        sides += told
        plain = [part for part in parts if badge_side(part) == "unknown"] if told else [words]
        if (
            not told
            and len(parts) == 2
            and _TITLE.search(parts[0])
            and not _TITLE.search(parts[1])
            and not _LEGAL.match(parts[1])
        ):
            left += parts
        elif plain:
            left.append(", ".join(plain))
    return left, sides


def label_of(entry: str) -> str | None:
    """The label that an attendee entry begins with (`TOC Shadow: Ann Lee`); None where it has none."""
    own = re.match(r"^([^\W\d_][^:,(]{0,40}?):\s", re.sub(r"\*\*|__", "", entry).strip(" *_"))
    return own[1] if own and len(own[1].split()) <= 4 else None


def _parts(text: str) -> list[str]:
    """Name, jobs and company, in their order. A legal form belongs to the company before it."""
    found: list[str] = []
    for part in re.split(r"\s*[,|;]\s+|\s+[—@]\s+|\s*/\s+(?=[A-Z])", text):
        part = part.strip(" ,–-")
        if found and _LEGAL.match(part):
            found[-1] = f"{found[-1]}, {part}"
        elif part:
            found.append(part)
    if len(found) == 1:
        found = [part.strip() for part in re.split(r"\s+[–-]\s+", found[0])]
    return [piece for part in found for piece in re.split(r"\s+(?:at|from|with)\s+(?=[A-Z])", part)]


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= 5
        and all(_NAME_WORD.match(word) for word in words)
        and not _COMPANY.search(text)
        and not _TITLE.search(text)
        and not labels.is_role(text)
    )


def sided(found: Iterable[tuple[Participant, str | None]]) -> tuple[Participant, ...]:
    """Participants with their sides: a label that says nothing means "us" where another entry is the customer's."""
    listed = list(found)
    customers = any(person.side == "customer" for person, _ in listed)
    return tuple(
        person.model_copy(update={"side": "us"}) if customers and label and person.side == "unknown" else person
        for person, label in listed
    )
