"""What a source is: its kind, date and outcome, from the source, the manifest, or guessed from names and format."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from icp_synth.records import AccountRef, Manifest, Outcome, Record, Source, SourceKind
from icp_synth.speakers import manifest_entries

# The more specific first: of what a path says the first decides (`notes/acme-interview.md` is an interview), then the title.
_KIND_WORDS: tuple[tuple[SourceKind, str], ...] = (
    (
        "win_loss",
        r"\bwin[\s/&-]*loss|\bclosed[\s-]*(?:won|lost)|\bno[\s-]?bid\b|\blost[\s-]?deal|\bdeal[\s-]?review|\bloss\b",
    ),
    ("interview", r"\binterviews?\b|\bdiscovery\b|\bjtbd\b|\buser[\s-]?research|\bcase[\s-]?stud(?:y|ies)\b"),
    ("survey", r"\bsurveys?\b|\bnps\b|\bcsat\b|\bquestionnaires?\b|\bresponses?\b"),
    ("ticket", r"\btickets?\b|\bsupport\b|\bzendesk\b|\bintercom\b|\bhelpdesk\b|\bconversations?\b"),
    ("review", r"\breviews?\b|\bg\s?2\b|\bcapterra\b|\btrustradius\b|\btestimonials?\b"),
    ("call", r"\bcalls?\b|\brecordings?\b|\btranscripts?\b|\bdemos?\b|\bqbr\b|\bmeetings?\b|\bsync\b"),
    ("note", r"\bnotes?\b|\bmemos?\b|\bfield\b|\bdebriefs?\b"),
)
_BY_FORMAT: dict[str, SourceKind] = {
    "vtt": "call", "srt": "call", "whisper": "call", "gong": "call", "fireflies": "call", "otter": "call",
    "zendesk": "ticket", "intercom": "ticket", "eml": "note",
}  # fmt: skip
_OUTCOME_WORDS: tuple[tuple[Outcome, str], ...] = (
    ("lost", r"\bclosed[\s-]*lost|\blost\b|\bno[\s-]?bid\b|\bloss\b"),
    ("won", r"\bclosed[\s-]*won|\bwon\b|\bwin\b"),
    ("churned", r"churn"),
)
_DATES = (
    re.compile(r"(?<!\d)(20\d{2})[-_.](\d{1,2})[-_.](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)"),
)


class Description(Record):
    """Kind, date and outcome of a source; `inferred` names those that were guessed."""

    kind: SourceKind
    date: dt.date | None
    outcome: Outcome | None
    inferred: tuple[str, ...]


def describe(source: Source, manifest: Manifest) -> Description:
    """What a source is. The manifest decides, then the source itself, then its path, title and format."""
    given = manifest_entries(manifest, source.path)
    kind = next((e.kind for e in reversed(given) if e.kind), None) or source.kind
    date = next((e.date for e in reversed(given) if e.date), None) or source.date or _block_date(source)
    outcome = next((e.outcome for e in reversed(given) if e.outcome), None) or source.outcome
    inferred = []
    if kind is None:
        kind = _guess_kind(source)
        inferred.append("kind")
    if date is None and (date := _date_in(source.path)):
        inferred.append("date")
    if outcome is None and kind == "win_loss":
        named = re.sub(r"(?i)win[\s/&-]*loss", " ", f"{_words(source.path)} {source.title or ''}")
        outcome = next((o for o, pattern in _OUTCOME_WORDS if re.search(pattern, named, re.I)), None)
        if outcome:
            inferred.append("outcome")
    return Description(kind=kind, date=date, outcome=outcome, inferred=tuple(inferred))


def _words(path: str) -> str:
    """A path as words: `CustomerCall_Acme2.vtt` → `Customer Call Acme 2 vtt`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|[_/.!]", " ", path)


def _guess_kind(source: Source) -> SourceKind:
    if source.format in ("md", "txt", "docx", "pdf", "html") and any(b.form == "question" for b in source.blocks):
        return "interview"
    # The subject of a mail says what it is about, not what it is.
    title = "" if source.format == "eml" else source.title or ""
    for text in (_words(source.path), title):
        for kind, pattern in _KIND_WORDS:
            if re.search(pattern, text, re.I):
                return kind
    if source.format in _BY_FORMAT:
        return _BY_FORMAT[source.format]
    speech = sum(block.form == "speech" for block in source.blocks)
    return "interview" if 2 * speech > len(source.blocks) else "note"


def _block_date(source: Source) -> dt.date | None:
    return next((block.date for block in source.blocks if block.date), None)


def _date_in(path: str) -> dt.date | None:
    for pattern in _DATES:
        for match in pattern.finditer(path):
            try:
                return dt.date(*(int(group) for group in match.groups()))
            except ValueError:
                continue
    return None


def identity(source: Source, account: AccountRef, keyed: Callable[..., str]) -> str:
    """A source's id: a keyed hash of its account and content.

    The same content of the same account is one source, wherever it lies. Where the account is unknown the respondent,
    or else the place in its file, keeps identical answers of different people apart.
    """
    content = " ".join(" ".join(block.text.split()) for block in source.blocks)
    person = ""
    if not account.known:
        people = sorted(p.email or p.name or "" for p in source.participants)
        person = "|".join(filter(None, people)) or source.ref
    return f"src-{keyed('source', account.id, person, content)}"
