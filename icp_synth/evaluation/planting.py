"""Inventions made by code from sentences that their quotes bear: one thing changed each, so that the sentence is false.

They are what a careless or hostile model would write: another number, name, account or unit, a "not" more or less, a reason
that nobody gave, a stronger word, a detail added, or the quotes of somebody else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from icp_synth.records import Record

Made = Iterator[str]


class Borne(Record):
    """A sentence with the quotes that bear it, and the account of each."""

    id: str
    sentence: str
    quotes: tuple[str, ...]
    accounts: tuple[str, ...]


class Planted(Record):
    """A false sentence about these quotes. `kind` says what was changed."""

    id: str
    kind: str
    sentence: str
    quotes: tuple[str, ...]
    accounts: tuple[str, ...]


_SMALL = "two three four five six seven eight nine ten twelve fifteen twenty thirty forty fifty sixty".split()
_UNITS = {
    "minute": "hour", "hour": "day", "day": "week", "week": "month", "month": "year", "year": "month", "percent": "points",
    "%": " times", "night": "month", "morning": "evening", "term": "year", "pound": "euro", "dollar": "cent",
}  # fmt: skip
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|has|have|had|can|could|does|do|did|will|would)\b(?! not|n['’]t)")
_NOT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|can|has|have|would|will)(?:n['’]t| not)\b|\b(?:never|not)\b|\bcannot\b"
)
_WEAK = re.compile(
    r"\b(?:about|around|roughly|almost|nearly|maybe|perhaps|some|most|often|sometimes|mostly|usually|a few)\b", re.I
)
_JOINED = re.compile(r"(?:,? and|,? but|, so|;) (?=\w)")
_NAMES = ("Norvella", "Quistel Systems", "Tarrowmere", "Brandt & Loy", "Zephion")
_DETAILS = (
    ", which also upset the auditors",
    ", and two people left over it",
    ", as their board had asked for",
    ", and has since replaced the whole system",
    " and plans to move to another supplier",
    ", which has cost them several large customers",
    " on all of their sites",
    ", and the managers are very pleased with it",
)
_REASONS = (
    " because the budget had been cut",
    " because nobody had been trained",
    " due to a new regulation",
    ", since their previous supplier had failed",
)
_STRONGER = ("always", "every single time", "without exception", "in all cases")


def planted(cases: Sequence[Borne], many: int) -> list[Planted]:
    """So many inventions, spread evenly over their kinds; the same from the same cases."""
    made: dict[str, list[Planted]] = {}
    for n, one in enumerate(cases):
        other = cases[(n + 1) % len(cases)]
        for kind, change in _CHANGES.items():
            for m, sentence in enumerate(change(one, other, _pick(one.id, kind))):
                if sentence != one.sentence:
                    name = f"{one.id}-{kind}-{m}"
                    made.setdefault(kind, []).append(_of(one, name, kind, sentence))
        if other.quotes != one.quotes:
            made.setdefault("other evidence", []).append(
                Planted(
                    id=f"{one.id}-other evidence-0",
                    kind="other evidence",
                    sentence=one.sentence,
                    quotes=other.quotes,
                    accounts=(one.accounts[0],) * len(other.quotes),
                )
            )
    for several in made.values():
        several.sort(key=lambda each: _pick(each.id))
    turn = (
        several[n]
        for n in range(max(map(len, made.values()), default=0))
        for several in made.values()
        if n < len(several)
    )
    return [each for each, _ in zip(turn, range(many), strict=False)]


def _of(one: Borne, name: str, kind: str, sentence: str) -> Planted:
    return Planted(id=name, kind=kind, sentence=sentence, quotes=one.quotes, accounts=one.accounts)


def _pick(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4], "big")


def _number(one: Borne, other: Borne, pick: int) -> Made:
    for found in re.finditer(r"\d[\d,.]*\d|\d", one.sentence):
        value = found.group().replace(",", "")
        changed = str(int(float(value)) + 1 + pick % 7)
        yield one.sentence[: found.start()] + changed + one.sentence[found.end() :]
    for found in re.finditer(rf"\b(?:{'|'.join(_SMALL)})\b", one.sentence):
        word = _SMALL[(_SMALL.index(found.group()) + 1 + pick % 5) % len(_SMALL)]
        yield one.sentence[: found.start()] + word + one.sentence[found.end() :]


def _unit(one: Borne, other: Borne, pick: int) -> Made:
    for unit, instead in _UNITS.items():
        bound = rf"(?<=\d){unit}" if unit == "%" else rf"\b{unit}(?=s?\b)"
        if re.search(bound, one.sentence):
            yield re.sub(bound, instead, one.sentence, count=1)


def _name(one: Borne, other: Borne, pick: int) -> Made:
    name = _NAMES[pick % len(_NAMES)]
    for found in list(re.finditer(r"(?<=[a-z] )[A-Z]\w+(?: [A-Z]\w+)*", one.sentence))[:1]:
        yield one.sentence[: found.start()] + name + one.sentence[found.end() :]
    yield f"{one.sentence.rstrip('.')} with {name}."


def _account(one: Borne, other: Borne, pick: int) -> Made:
    for name in dict.fromkeys(one.accounts):
        if name in one.sentence:
            others = [each for each in dict.fromkeys(one.accounts) if each != name and each not in one.sentence]
            for each in [*others, other.accounts[0]]:
                yield one.sentence.replace(name, each)
    two = [name for name in dict.fromkeys(one.accounts) if name in one.sentence]
    if len(two) == 2:  # who said which
        yield one.sentence.replace(two[0], "\0").replace(two[1], two[0]).replace("\0", two[1])


def _negation(one: Borne, other: Borne, pick: int) -> Made:
    if found := _NOT.search(one.sentence):
        yield " ".join((one.sentence[: found.start()] + one.sentence[found.end() :]).split())
    elif found := _AUXILIARY.search(one.sentence):
        yield f"{one.sentence[: found.end()]} not{one.sentence[found.end() :]}"
    else:
        yield _before_verb(one, "never")


def _cause(one: Borne, other: Borne, pick: int) -> Made:
    yield f"{one.sentence.rstrip('.')}{_REASONS[pick % len(_REASONS)]}."
    quotes = " ".join(one.quotes).lower()
    if (found := _JOINED.search(one.sentence)) and not re.search(r"\b(?:because|since|so|why|due)\b", quotes):
        yield f"{one.sentence[: found.start()]} because {one.sentence[found.end() :]}"


def _stronger(one: Borne, other: Borne, pick: int) -> Made:
    if found := _WEAK.search(one.sentence):
        yield one.sentence[: found.start()] + ("all" if found.start() else "All") + one.sentence[found.end() :]
    yield f"{one.sentence.rstrip('.')}, {_STRONGER[pick % len(_STRONGER)]}."
    yield _before_verb(one, "always")


def _detail(one: Borne, other: Borne, pick: int) -> Made:
    yield f"{one.sentence.rstrip('.')}{_DETAILS[pick % len(_DETAILS)]}."
    if found := re.search(r"\b(?:the|a|an|its|their) (?=[a-z])", one.sentence):
        yield f"{one.sentence[: found.end()]}{('outdated', 'expensive', 'main', 'old')[pick % 4]} {one.sentence[found.end() :]}"


def _before_verb(one: Borne, word: str) -> str:
    """The word behind the name of the account that the sentence begins with, else at its start."""
    for name in one.accounts:
        if one.sentence.startswith(name):
            return f"{name} {word}{one.sentence.removeprefix(name)}"
    return f"{word.capitalize()} {one.sentence[0].lower()}{one.sentence[1:]}"


_CHANGES: Mapping[str, Callable[[Borne, Borne, int], Made]] = {
    "number": _number,
    "unit": _unit,
    "name": _name,
    "account": _account,
    "negation": _negation,
    "cause": _cause,
    "stronger": _stronger,
    "detail": _detail,
}
