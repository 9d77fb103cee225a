"""What a speaker label says by itself: a role, a person, a company; and what a manifest says of a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatch

from icp_synth.records import Manifest, ManifestSource, Role

US_LABELS = re.compile(
    r"^(?:interviewer|moderator|host|facilitator|researcher|sales ?rep|rep|seller|vendor|ae|se|sdr|bdr|csm|"
    r"account (?:executive|manager)|customer success(?: manager)?|support(?: agent| engineer)?|agent|admin|bot|"
    r"operator|consultant|us|q|question)\s*\d*$",
    re.I,
)
CUSTOMER_LABELS = re.compile(
    r"^(?:(?:customer|client|interviewee|participant|respondent|prospect|buyer|guest|adopter|caller|requester|reviewer|"
    r"a|answer|them)\s*\d*|user|end[- ]user)$",
    re.I,
)
_ROLE_LABEL = re.compile(
    r"^(?:speaker|person|participant|interviewer|interviewee|moderator|host|customer|client|user|agent|support|rep|"
    r"sales ?rep|ae|se|csm|seller|vendor|buyer|prospect|respondent|guest|researcher|analyst|adopter|admin|bot|"
    r"operator|caller|q|a|us|them|unknown|end[- ]user|requester|[\w/& -]*\b(?:lead|manager|director|head|engineer|"
    r"officer|vp|ceo|cto|cfo|coo|cio|ciso|founder|buyer|admin|owner|team))\s*\d*$",
    re.I,
)


def manifest_entries(manifest: Manifest, path: str) -> list[ManifestSource]:
    """Entries of the manifest that speak of `path`, in order; later ones win."""
    return [entry for entry in manifest.sources if entry.path == path or fnmatch(path, entry.path)]


def label_parts(label: str) -> tuple[str, str | None]:
    """The name and the company of a label: `Dana (Acme)` → `Dana`, `Acme`."""
    match = re.match(r"^(?P<name>[^(\[|,/@]+?)\s*(?:[(\[|,/@]\s*(?P<company>[^)\]]+?)\s*[)\]]?)?$", label.strip())
    if not match:
        return label.strip(), None
    return match["name"].strip(), match["company"]


def label_company(label: str) -> str | None:
    """The company in a label such as `Dana (Acme)` or `Dana | Acme`."""
    return label_parts(label)[1]


def same_person(full: str, label: str) -> bool:
    """Whether a full name and a label may be one person: the same words, or the same first name where one has no more."""
    a, b = name_key(full).split(), name_key(label).split()
    return bool(a and b) and (a == b or (len(b) == 1 and a[0] == b[0]) or (len(a) == 1 and b[0] == a[0]))


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
