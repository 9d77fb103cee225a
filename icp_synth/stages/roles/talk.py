"""Guess whose side speakers are on whom nothing names: by how they talk, and by whom they belong to.

A seller taken for a customer would put our own words into a profile, so who talks a little of both stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from icp_synth.records import Manifest, Role, Source, SourceKind
from icp_synth.speakers import company_key
from icp_synth.stages.roles.cues import OUR_TITLE, PARTNER, Talk, talk_of
from icp_synth.stages.roles.ties import attendee, groups

Verdict = tuple[Role, str]

_SURE = 1.0  # a score from which somebody is ours, whoever else there is
_TELLS = -0.4  # below it somebody tells of themselves
_APART = 1.2  # how far below one of ours an answering speaker must lie
_OPENS = 0.7
_INTRODUCED = re.compile(
    r"\bI(?:['’]m| am| work| lead| run| do| head| manage| look after)\b[^.?!]{0,50}?\b(?:from|at|for|with) (?:the )?(?P<firm>[A-Z][\w&-]*)"
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


def _other_side(group: frozenset[str], known: Mapping[str, Verdict], said: Mapping[str, Sequence[str]]) -> dict[str, Verdict]:
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
    scores = {group: _score(group, said, source, manifest) for group in left}
    ours = any(role == "us" for role, _ in known.values())
    out: dict[str, Verdict] = {}
    top = max(scores.values(), default=0.0)
    lowest = min(scores.values(), default=0.0)
    for group, score in scores.items():
        if any(PARTNER.search(turn) for label in group for turn in said[label]):
            verdict: Verdict = ("unknown", "sells for others: a partner")
        elif score >= _SURE or (not ours and score == top and score > 0.2 and score - lowest >= _APART):
            verdict = ("us", "guessed: asks, offers or helps as we do")
        elif score <= _TELLS and (ours or top >= 0 or score < top):
            verdict = ("customer", "guessed: answers and tells of themselves")
        elif score < 0.5 * _SURE and (ours or top - score >= _APART) and (ours or top >= _SURE):
            verdict = ("customer", "guessed: answers ours")
        else:
            continue
        out |= dict.fromkeys(group, verdict)
    return out


def _score(group: frozenset[str], said: Mapping[str, Sequence[str]], source: Source, manifest: Manifest) -> float:
    talk = Talk(0.0, 0.0, 0)
    extra = 0.0
    opening = next(iter(said))
    for label in group:
        talk += talk_of(said[label])
        person = attendee(label, source.participants)
        if person and person.title and OUR_TITLE.search(person.title):
            extra += 3
        extra += _OPENS if label == opening else 0.0
        extra += _of_company(said[label], manifest)
    return talk.score + extra + _initiative([turn for label in group for turn in said[label]])


def _of_company(turns: Sequence[str], manifest: Manifest) -> float:
    """Whether somebody introduces themselves as of our company, or of another one."""
    if not manifest.us_company:
        return 0.0
    ours = company_key(manifest.us_company).split("-")[0]
    firms = [company_key(re.sub(r"['’]s$", "", found["firm"])) for turn in turns for found in _INTRODUCED.finditer(turn)]
    return 0.0 if not firms else 5.0 if ours in firms else -2.0


def _initiative(turns: Sequence[str]) -> float:
    """Who asks at the end of most turns leads the talk; who never does follows."""
    asked = sum(turn.rstrip("\"'”’)_* ").endswith("?") for turn in turns)
    return max(-0.6, min(1.3, 2 * (asked / len(turns) - 0.34))) if len(turns) > 1 else 0.0
