"""What a speaker label says by itself: a role, a person, a company; and what a manifest says of a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatch

from icp_synth.records import Manifest, ManifestSource, Role

US_LABELS = re.compile(
    r"^(?:interviewer|moderator|host|facilitator|researcher|sales ?rep|rep|seller|vendor|ae|se|sdr|bdr|csm|"
    r"account (?:executive|manager)|customer success(?: manager)?|support(?: agent| engineer)?|agent|admin|bot|"
    r"operator|consultant|us|ours|our (?:side|team|people)|q|question)\s*\d*$",
    re.I,
)
CUSTOMER_LABELS = re.compile(
    r"^(?:(?:customer|client|interviewee|participant|respondent|prospect|buyer|guest|adopter|caller|requester|reviewer|"
    r"a|answer|them|theirs|their (?:side|team|people))\s*\d*|[pr]\s?\d{1,2}|user|end[- ]user)$",
    re.I,
)
_JOB = (
    r"lead|manager|director|head|engineer|officer|vp|svp|evp|ceo|cto|cfo|coo|cio|ciso|cmo|cro|cpo|founder|co-founder|"
    r"buyer|admin|administrator|owner|team|president|analyst|architect|developer|designer|consultant|executive|"
    r"coordinator|specialist|assistant|sre|pm"
)
_ROLE_LABEL = re.compile(
    r"^(?:speaker|person|participant|interviewer|interviewee|moderator|facilitator|host|customer|client|user|agent|"
    r"support|rep|sales ?rep|ae|se|sdr|bdr|csm|seller|vendor|buyer|prospect|respondent|guest|researcher|adopter|bot|"
    r"operator|caller|q|a|question|answer|us|them|unknown|anonymous|end[- ]user|requester|reviewer|"
    r"customer success|support (?:agent|engineer)|(?:verified|anonymous|unknown) \w+(?: in [\w ,&-]+)?|"
    rf"[\w/& -]*\b(?:{_JOB}))\s*\d*$",
    re.I,
)
# What stands in brackets or behind a comma and is no company: pronouns, what the meeting tool adds, jobs, degrees.
_NO_COMPANY = re.compile(
    r"^(?:(?:he|she|they|ze|xe|any)\b[/\w ,]*|guest|external|internal|host|co-?host|me|you|organi[sz]er|presenter|"
    r"unverified|unknown|mobile|phone|i(?:phone|pad)|remote|phd|md|mba|cpa|esq|jr|sr|i{1,3}|"
    rf"(?:head|chief|vp|director|founder|president)\b.*|[\w/& -]*\b(?:{_JOB})s?\b.*)\.?$",
    re.I,
)
# What tools and note-takers write behind a name to say whose side somebody is on.
_US_BADGE = re.compile(
    r"^(?:us|staff|employee|(?:\w+ )?team(?: member)?|mod(?:erator)?|admin|official|internal|agent|bot|operator|"
    r"interviewer|researcher|host|facilitator|support(?: agent| team)?|customer (?:success|support|service)|csm|ae|"
    r"our .{2,40})$",
    re.I,
)
_CUSTOMER_BADGE = re.compile(
    r"^(?:customer|client|member|new member|visitor|requester|end[- ]user|user|prospect|buyer|participant|respondent|"
    r"original poster|op)$",
    re.I,
)
_SHARED_MAILBOX = re.compile(
    r"^(?:info|support|help|sales|contact|hello|hi|team|office|admin|billing|noreply|no-reply|service|marketing|hr|"
    r"jobs|it|ops|security|legal|finance|accounts?|mail|me|customer\w*|success)$",
    re.I,
)
_LEGAL_FORM = re.compile(
    r"(?:,?\s+(?:inc|incorporated|ltd|limited|llc|llp|gmbh|ag|se|corp|corporation|co|company|plc|s\.?a\.?|s\.?r\.?l\.?|"
    r"b\.?v\.?|n\.?v\.?|pty|oy|ab|as|a/s|group|holdings?)\.?)+$",
    re.I,
)


def badge_side(badge: str) -> Role:
    """Whose side a badge behind a name says somebody is on: `Staff`, `our CSM`, `Member`; unknown for any other words."""
    words = badge.strip()
    return "us" if _US_BADGE.match(words) else "customer" if _CUSTOMER_BADGE.match(words) else "unknown"


def manifest_entries(manifest: Manifest, path: str) -> list[ManifestSource]:
    """Entries of the manifest that speak of `path`, in order; later ones win."""
    return [entry for entry in manifest.sources if entry.path == path or fnmatch(path, entry.path)]


def manifest_people(manifest: Manifest, path: str) -> tuple[list[str], list[str]]:
    """Who the manifest says is us, and who a customer, in the source at `path`."""
    entries = manifest_entries(manifest, path)
    us = [*manifest.us_people, *(name for entry in entries for name in entry.us)]
    return us, [name for entry in entries for name in entry.customers]


def is_our_address(address: str, manifest: Manifest) -> bool:
    """Whether an e-mail address is of one of our domains or of a domain below one."""
    domain = address.rsplit("@", 1)[-1].lower()
    ours = (own.lower().lstrip("@") for own in manifest.us_domains)
    return any(domain == own or domain.endswith(f".{own}") for own in ours)


def company_key(name: str) -> str:
    """A company's name for comparing: case, punctuation and legal forms don't matter."""
    return re.sub(r"[^\w]+", "-", _LEGAL_FORM.sub("", name.strip()).lower()).strip("-")


def is_our_company(name: str, manifest: Manifest) -> bool:
    """Whether a company's name is ours, or our product's."""
    ours = (own for own in (manifest.us_company, manifest.product) if own)
    return any(company_key(name) == company_key(own) for own in ours)


def label_parts(label: str) -> tuple[str, str | None]:
    """The name and the company of a label: `Dana (Acme)` → `Dana`, `Acme`; `Fox, Dana` → `Dana Fox`, None."""
    bare = label.strip()
    if re.fullmatch(r"\S+@\S+", bare):
        return bare, None
    inside = [part.strip() for part in re.findall(r"[(\[]([^()\[\]]+)[)\]]", bare)]
    name, *behind = re.split(r"\s*[(\[].*$|\s*[|@/]\s*|\s+[–—-]\s+", bare)
    name, *after = [part.strip() for part in name.split(",")]
    inside = [part for part in inside if badge_side(part) == "unknown"]
    companies = [part for part in (*inside, *after, *behind) if part and not _NO_COMPANY.match(part.strip())]
    if len(after) == 1 and companies[-1:] == after and " " not in name and after[0][:1].isupper():
        return f"{after[0]} {name}", None
    return name or bare, companies[0] if companies else None


def label_company(label: str) -> str | None:
    """The company in a label such as `Dana (Acme)` or `Dana | Acme`; what stands with one of our roles is none."""
    name, company = label_parts(label)
    return None if US_LABELS.match(name) else company


def person_of(label: str) -> str | None:
    """The personal name in a label: `Dana` of `Dana (Acme)`, `Hannah` of `Interviewer (Hannah)`; None where none is."""
    name, inside = label_parts(label)
    if "@" in name:
        return address_name(name)
    if not _ROLE_LABEL.match(name):
        return name
    return inside if inside and US_LABELS.match(name) else None


def address_name(address: str) -> str | None:
    """The name that an e-mail address spells (`dana.fox@acme.example` → `dana fox`); None for shared mailboxes."""
    box = address.split("@")[0]
    words = [word for word in re.split(r"[\W\d_]+", box) if len(word) > 1]
    return " ".join(words) if words and not any(map(_SHARED_MAILBOX.match, (box, *words))) else None


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person: the same words, the first name alone, or initials in the place of words."""
    a, b = name_key(one).split(), name_key(other).split()
    if not a or not b:
        return False
    if sorted(a) == sorted(b) or (1 in (len(a), len(b)) and a[0] == b[0]):
        return True
    pairs = list(zip(a, b, strict=False))
    return (
        len(a) == len(b) and a[0] == b[0] and all(x == y or (x[0] == y[0] and 1 in (len(x), len(y))) for x, y in pairs)
    )


def name_key(text: str) -> str:
    """A name for comparing: lower case, words only."""
    return re.sub(r"[^\w]+", " ", text.lower()).strip()


def speaker_is_name(label: str) -> bool:
    """Whether a speaker label may name a person (`Interviewer`, `Speaker 2`, `DevOps Lead` don't)."""
    return not _ROLE_LABEL.match(label.strip())


def words_by_role(text: str, turns: Iterable[tuple[int, int, Role]]) -> dict[Role, int]:
    """How many words each role says."""
    counts: dict[Role, int] = {"customer": 0, "us": 0, "unknown": 0}
    for start, end, role in turns:
        counts[role] += len(text[start:end].split())
    return counts
