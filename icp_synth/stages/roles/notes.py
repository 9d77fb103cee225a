"""Notes: what a note-taker tells of the customer, what is their own view, and in whose words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from icp_synth.records import Block, Role, Source, SourceKind, Voice

NOTES: frozenset[SourceKind] = frozenset({"win_loss", "note"})
_FIRST_PERSON = re.compile(r"\b(?:i|we|i['’]m|we['’]re|we['’]ve|i['’]ve|our|ours|my|us|me)\b", re.I)
_THIRD_PERSON = re.compile(
    r"\b(?:he|she|they|him|her|his|hers|their|theirs|them|the (?:adopter|customer|client|user|buyer|team|company)s?|"
    r"(?:said|says|told|added|mentioned|explained|noted)(?! that i))\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_REP_ASIDE = re.compile(
    r"(?i)^\s*(?:\d{1,2}:\d{2}\s+)?(?:\W*\b)?(?:i |i['’]?d |i['’]?ll |imo\b|imho\b|my (?:take|read|gut|opinion|guess|"
    r"view|recommendation|"
    r"own)|personally|what i take|we (?:should|could|might|need to|must|can win|will|offered|pitched|quoted|sent|"
    r"discounted|demoed|accepted|lost (?:on|because|due|this|the deal|it to)|(?:do not|don['’]t|did not|didn['’]t) "
    r"(?:offer|sell|ship|support|ask|follow))|"
    r"next (?:steps?|time)|action|todo|to do|follow[- ]?up|rep(?:['’]s)? (?:note|comment|opinion|view)|note to self|"
    r"our (?:pitch|product|platform|price|pricing|demo|team|strength)|honestly i\b)"
)
# An opinion is the writer's own even if it is of the customer, unless it is what somebody said.
_OPINION = re.compile(
    r"(?i)^\s*(?:\d{1,2}:\d{2}\s+)?(?:\W*\b)?(?:i (?:personally |really |still )?(?:think|believe|feel|guess|suspect|"
    r"reckon|doubt|expect|"
    r"would say|wonder)|i['’]d (?:say|guess)|in my (?:opinion|view)|imho|imo|my (?:take|view|opinion|gut)|we (?:could|"
    r"should|might))\b"
)
_SAID = re.compile(r"(?i)\b(?:said|says|told|mentioned|according to|quote|explained|asked)\b")
_ATTRIBUTED = re.compile(
    r"(?i)\b(?:they|customer|client|prospect|buyer|champion|(?:he|she) |their|the team|said|says|told (?:me|us)|"
    r"mentioned|according to|quote)\b"
)
# Headings under which a note-taker stops telling and starts thinking.
OUR_VIEW = re.compile(
    r"(?i)\b(?:my|our|internal|(?:interviewer|rep|author|seller|ae|csm|pm)s?['’]?s?)\b.*\b(?:views?|take|opinions?|thoughts?|"
    r"read|comments?|pitch|recommendations?|assessment|analysis|reflections?|learnings?|lessons?|hypothes[ie]s)\b|"
    r"^\W*(?:next(?: steps?)?|action(?: items?|s)?|follow[- ]?ups?|to[- ]?dos?|internal(?: notes?)?|recommendations?|"
    r"lessons(?: learned)?|takeaways?|assessment|what we (?:could|should|would)\b.*)\W*$"
)
_PASSIVE = re.compile(r"(?:was|were|is|are|got|been) (?:told|asked|given|sent|shown)|heard|learned|learnt", re.I)
_REPORTED_KINDS: frozenset[SourceKind] = frozenset({"win_loss", "note", "call", "interview"})


def told_or_own(text: str, ours: Sequence[str]) -> tuple[Role, str, bool]:
    """In a rep's notes: what they tell of the customer, or their own words and those of our people."""
    opinion = _OPINION.search(text) and not _SAID.search(text)
    if opinion or (_REP_ASIDE.search(text) and not _ATTRIBUTED.search(text)):
        return "us", "the note-taker's own words", False
    for name in ours:
        subject = re.match(rf"\W*(?:{re.escape(name)}|{re.escape(name.split()[0])})\b(?!['’]s)(?P<rest>.*)", text, re.S)
        if subject and not _PASSIVE.search(subject["rest"]):
            return "us", "what our own people say", False
    return "customer", "what the notes tell of the customer", False


def voice(block: Block, role: Role, kind: SourceKind, third_person: bool) -> Voice:
    """Whether a customer's words stand here or what somebody tells of them; `third_person` holds for the whole source."""
    if role != "customer" or block.form == "speech" or block.side == "customer" or kind not in _REPORTED_KINDS:
        return "verbatim"
    if kind in NOTES:
        return "reported"
    person = _person(block.text)
    return "reported" if person < 0 or (person == 0 and third_person) else "verbatim"


def _person(text: str) -> int:
    """Above zero where the writer speaks of themselves, below where of others; quotations don't count."""
    own = _QUOTED.sub(" ", text)
    return len(_FIRST_PERSON.findall(own)) - len(_THIRD_PERSON.findall(own))


def mostly_third_person(source: Source) -> bool:
    """Whether most of what a source tells is told of others."""
    prose = [_person(b.text) for b in source.blocks if b.form == "prose"]
    return sum(person < 0 for person in prose) >= max(sum(person > 0 for person in prose), 1)
