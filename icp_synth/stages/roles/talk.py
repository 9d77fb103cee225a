"""Guess whose side speakers are on whom nothing names: by how they talk, and by whom they belong to.

A seller taken for a customer would put our own words into a profile, so who talks a little of both stays unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from icp_synth.records import Manifest, Role, Source, SourceKind
from icp_synth.speakers import company_key
from icp_synth.stages.roles.cues import OUR_TITLE, PARTNER, Talk, talk_of
from icp_synth.stages.roles.ties import attendee, groups

Verdict = tuple[Role, str]

_SURE = 1.0  # a score from which somebody is ours, whoever else there is
_TELLS = -0.4  # below it somebody tells of themselves
_APART = 1.2  # how far below one of ours an answering speaker must lie
_LEANS = 0.2  # a score from which somebody may be ours, if nobody else is and the others talk otherwise
_LEADS = 0.4  # the share of turns that a moderator ends with a question
_OPENS = 0.4
_TITLED = 3.0
_INTRODUCED = re.compile(
    r"\bI(?:['’]m| am| work| lead| run| do| head| manage| look after)\b[^.?!]{0,50}?\b(?:from|at|for|"
    r"with) (?:the )?(?P<firm>[A-Z][\w&-]*)"
)


def guess(source: Source, known: Mapping[str, Verdict], kind: SourceKind, manifest: Manifest) -> dict[str, Verdict]:
    """The known speakers and, as far as their talk tells, the others."""
    said = _said(source)
    out = dict(known)
    if not said:
        return out
    if kind == "ticket" and "customer" in {role for role, _ in known.values()}:
        return dict.fromkeys(said, ("us", "guessed: answers the customer's ticket")) | out
    together = groups(source, said)
    for group in together:
        out |= _spread(group, out)
    left = [group for group in together if not group & out.keys()]
    if len(left) == 1 and len(together) == 2 and len(left[0]) == 1:
        return out | _other_side(left[0], out, said)
    return out | _by_score(left, out, said, source, manifest)


def _said(source: Source) -> dict[str, list[str]]:
    """Each speaker's turns, in order; blocks of one speaker that follow each other are one turn."""
    said: dict[str, list[str]] = {}
    last = None
    for block in source.blocks:
        if block.form != "speech" or not block.speaker or block.side is not None:
            continue
        turns = said.setdefault(block.speaker, [])
        if last == block.speaker:
            turns[-1] += f" {block.text}"
        else:
            turns.append(block.text)
        last = block.speaker
    return said


def _spread(group: frozenset[str], known: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """The side of those in a group whom something names, for the others in it; nothing where they differ."""
    sides = {known[label][0] for label in group if label in known}
    if len(sides) != 1:
        return {}
    side = sides.pop()
    return {label: (side, "guessed: belongs to one who is known") for label in group if label not in known}


def _other_side(
    group: frozenset[str], known: Mapping[str, Verdict], said: Mapping[str, Sequence[str]]
) -> dict[str, Verdict]:
    """Of two speakers the one who isn't known: the other side, unless they talk as ours do too."""
    label = next(iter(group))
    sides = {role for role, _ in known.values()}
    sells = talk_of(said[label]).score >= _SURE
    if sides == {"customer"}:
        return {label: ("us", "guessed: the other side of the customer")}
    if sides == {"us"} and not sells:
        return {label: ("customer", "guessed: the other side of us")}
    return {}


def _by_score(
    left: Sequence[frozenset[str]],
    known: Mapping[str, Verdict],
    said: Mapping[str, Sequence[str]],
    source: Source,
    manifest: Manifest,
) -> dict[str, Verdict]:
    """Three readings, each resting on the one before: who is clearly ours or not, who is led, and who answers whom."""
    talks = {group: _talk(group, said) for group in left}
    scores = {group: _score(group, talks[group], said, source, manifest) for group in left}
    partners = {group for group in left if any(PARTNER.search(turn) for label in group for turn in said[label])}
    out: dict[str, Verdict] = {
        label: ("unknown", "sells for others: a partner") for group in partners for label in group
    }
    ours = any(role == "us" for role, _ in known.values())
    sure = _SURE * 2 if _is_led(known, said) else _SURE  # beside a moderator hardly anybody else is ours
    top, lowest = max(scores.values(), default=0.0), min(scores.values(), default=0.0)
    for group, score in scores.items():
        if group in partners:
            continue
        stands_out = not ours and score == top and score > _LEANS and score - lowest >= _APART
        if score >= sure or stands_out:
            out |= dict.fromkeys(group, ("us", "guessed: asks, offers or helps as we do"))
        elif score <= _TELLS and talks[group].tells and (ours or top >= 0 or score < top):
            out |= dict.fromkeys(group, ("customer", "guessed: answers and tells of themselves"))
    led = _is_led(dict(known) | out, said)
    for group, score in scores.items():
        if led and not group & out.keys() and score < 0.5 * _SURE:
            out |= dict.fromkeys(group, ("customer", "guessed: answers ours"))
    return out if led else out | _by_answers(scores, dict(known) | out, source)


def _is_led(verdicts: Mapping[str, Verdict], said: Mapping[str, Sequence[str]]) -> bool:
    """Whether one of ours leads the talk by asking, as moderators and interviewers do: then the others are asked."""
    ours = [label for label, (role, _) in verdicts.items() if role == "us" and label in said]
    return any(_asked(said[label]) >= _LEADS and len(said[label]) > 1 for label in ours)


def _by_answers(
    scores: Mapping[frozenset[str], float], verdicts: Mapping[str, Verdict], source: Source
) -> dict[str, Verdict]:
    """Who answers us is a customer, and who answers a customer is one of ours, where their talk doesn't say otherwise."""
    answers: Counter[str] = Counter()
    blocks = [block for block in source.blocks if block.form == "speech" and block.speaker]
    for before, block in zip(blocks, blocks[1:], strict=False):
        role = verdicts.get(before.speaker or "", ("unknown", ""))[0]
        if before.speaker != block.speaker and block.speaker and _asks(before.text):
            answers[block.speaker] += {"us": 1, "customer": -1, "unknown": 0}[role]
    out: dict[str, Verdict] = {}
    for group, score in scores.items():
        told = sum(answers[label] for label in group)
        if group & verdicts.keys():
            continue
        if told > 0 and score <= 0:
            out |= dict.fromkeys(group, ("customer", "guessed: answers our questions"))
        elif told < 0 and score > _TELLS:
            out |= dict.fromkeys(group, ("us", "guessed: answers the customer's questions"))
    return out


def _talk(group: frozenset[str], said: Mapping[str, Sequence[str]]) -> Talk:
    talk = Talk(0.0, 0.0, 0)
    for label in sorted(group):
        talk += talk_of(said[label])
    return talk


def _score(
    group: frozenset[str], talk: Talk, said: Mapping[str, Sequence[str]], source: Source, manifest: Manifest
) -> float:
    """How much a group's talk is ours: its cues, its people's titles, who opens, who introduces themselves, who asks."""
    score = talk.score + (_OPENS if next(iter(said)) in group else 0.0)
    for label in sorted(group):
        person = attendee(label, source.participants)
        score += _TITLED if person and person.title and OUR_TITLE.search(person.title) else 0.0
        score += _of_company(said[label], manifest)
    turns = [turn for label in sorted(group) for turn in said[label]]
    return score + (max(-0.6, min(1.3, 2 * (_asked(turns) - 0.34))) if len(turns) > 1 else 0.0)


def _asks(text: str) -> bool:
    return text.rstrip("\"'”’)_* ").endswith("?")


def _asked(turns: Sequence[str]) -> float:
    """The share of turns that end in a question: who asks most leads the talk."""
    return sum(map(_asks, turns)) / len(turns)


def _of_company(turns: Sequence[str], manifest: Manifest) -> float:
    """Whether somebody introduces themselves as of our company, or of another one."""
    if not manifest.us_company:
        return 0.0
    ours = company_key(manifest.us_company).split("-")[0]
    firms = [
        company_key(re.sub(r"['’]s$", "", found["firm"])) for turn in turns for found in _INTRODUCED.finditer(turn)
    ]
    return 0.0 if not firms else 5.0 if ours in firms else -2.0
