"""Who belongs together: labels of one person, people of one company, and those who introduce each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from icp_synth.records import Participant, Source
from icp_synth.speakers import company_key, label_parts, name_key, same_person

_FREE_MAIL = re.compile(
    r"(?i)@(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|me|aol|gmx|web|proton(?:mail)?|mail|qq|163)\.\w+"
)
_INTRODUCES = (
    r"\b{name}(?: here)?,? (?:is|was|runs|does|handles|leads|manages|looks after|takes care of|owns|"
    r"administers)\b[^.?!]{{0,15}}\b(?:our|my)\b",
    r"\b{name} (?:has|have|['’]s) (?:put|prepared|drafted|built|written up|worked out|set up)\b",
    r"\b{name} here (?:is|runs|does)\b",
    r"\b{name},? (?:who is )?(?:from|in) our\b",
    r"\b(?i:my colleagues?|our \w+(?: \w+)?|I have|I've got|I brought|I'm here with|joined by),? {name}\b",
    r"\b{name}['’]s colleague\b|\b(?i:colleague of) {name}\b",
)


def groups(source: Source, said: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """The speakers of a source, those together who must be on one side. `said` holds each speaker's turns."""
    found: list[set[str]] = [{label} for label in said]
    for one, other in _ties(source, said):
        here = next(group for group in found if one in group)
        there = next(group for group in found if other in group)
        if here is not there:
            here |= there
            found.remove(there)
    return [frozenset(group) for group in found]


def _ties(source: Source, said: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    labels = list(said)
    for label in labels:
        yield from ((label, other) for other in _variants(label, labels))
    firms: dict[str, str] = {}
    for label in labels:
        for firm in _firms(label, source):
            yield label, firms.setdefault(firm, label)
    for label, turns in said.items():
        for other in labels:
            if other != label and _introduces(turns, other):
                yield label, other


def _variants(label: str, labels: Sequence[str]) -> list[str]:
    """Other labels of the same person: `Dana`, `DANA` and `Dana F.` beside one `Dana Foxworth`, and not beside two Danas."""
    name = label_parts(label)[0]
    whole = [other for other in labels if other != label and same_person(label_parts(other)[0], name)]
    spelled = {name_key(label_parts(other)[0]) for other in whole if len(name_key(label_parts(other)[0]).split()) > 1}
    alike = all(same_person(one, other) for one in spelled for other in spelled)
    return whole if alike else []


def _firms(label: str, source: Source) -> Iterable[str]:
    """What tells somebody's company: the label, its e-mail domain, and the same of an attendee of that name."""
    name, company = label_parts(label)
    people = [p for p in source.participants if p.name and same_person(label_parts(p.name)[0], name)]
    emails = [block.email for block in source.blocks if block.speaker == label and block.email][:1]
    for firm in (company, *(p.company for p in people if len(people) == 1)):
        if firm:
            yield company_key(firm)
    for email in (*emails, *(p.email for p in people if len(people) == 1)):
        if email and not _FREE_MAIL.search(email):
            yield "@" + email.rsplit("@", 1)[-1].lower()


def _introduces(turns: Sequence[str], other: str) -> bool:
    first = label_parts(other)[0].split()[0]
    if len(first) < 3 or not first[0].isupper() or first.isupper():
        return False
    patterns = [form.format(name=re.escape(first)) for form in _INTRODUCES]
    return any(re.search(pattern, turn) for turn in turns if first in turn for pattern in patterns)


def attendee(label: str, people: Sequence[Participant]) -> Participant | None:
    """The only attendee whom a label may mean."""
    name = label_parts(label)[0]
    found = [p for p in people if p.name and same_person(label_parts(p.name)[0], name)]
    return found[0] if len(found) == 1 else None
