"""The fixed words of the one-pager: how a status, a place, a date or a count is said, in English in any locale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from icp_synth.records import ProfileSource, ProfileStatement, SourceKind, Status, Support, Task

# The marks differ in shape, so that a status can be told without colour.
STATUS_MARKS: Mapping[Status, str] = {"corroborated": "●", "supported": "◐", "hypothesis": "○", "contested": "◇"}

_STATUS_PLURALS: Mapping[Status, str] = {"hypothesis": "hypotheses"}

KIND_WORDS: Mapping[SourceKind, str] = {
    "interview": "interview",
    "ticket": "ticket",
    "call": "call",
    "win_loss": "win/loss",
    "survey": "survey",
    "review": "review",
    "note": "note",
}

HOW_TO_READ = (
    (
        "Claim",
        "A numbered line rests on quotes that were checked, letter by letter, against the stored sources. "
        "Quotation marks mean that a customer said exactly this. Other words are ours.",
    ),
    (
        "Support",
        "n of N accounts: how many independent customers say it, of all that were heard. "
        "A source whose account is unknown is counted apart and corroborates nothing.",
    ),
    ("○ Hypothesis", "One account, or none that is known. Something to test, not to build on."),
    ("◐ Supported", "Independent accounts agree, in one kind of source."),
    ("● Corroborated", "Independent accounts agree, and so does a second kind of source."),
    (
        "◇ Contested",
        "Accounts say opposite things. Both are shown: what speaks against a claim is under “Said otherwise”.",
    ),
    (
        "Reported",
        "A note-taker's account of what a customer said: evidence, but nobody's own words, so never a testimonial.",
    ),
    ("Numbers", "A claim keeps its number on every page of this version. 12.3 is the third quote under claim 12."),
)

WRITTEN = (
    "Model",
    "A sentence marked so was written by a model. Code checked that the quotes whose numbers follow bear its words, names, "
    "numbers and negations; it is no customer's wording. What didn't hold is listed under “Dropped sentences”.",
)
PARTIAL: Mapping[Task, str] = {
    "read": "Not read to the end",
    "consolidate": "Themes that were not looked at for merging",
    "word": "Themes that were not put into words",
    "rebut": "Doubts whose answers were paired by likeness alone",
    "synthesize": "Sections that were not summed up",
    "answer": "Not put in words by the model: customers' own words answer",
}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(date: dt.date | None) -> str:
    """A date as ``3 March 2026``; "" for none. `strftime` would follow the machine's locale."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}" if date else ""


def plural(count: int, noun: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def status_count(count: int, status: Status) -> str:
    """``1 hypothesis``, ``2 hypotheses``, ``2 supported``."""
    return f"{count} {status if count == 1 else _STATUS_PLURALS.get(status, status)}"


def place(statement: ProfileStatement) -> str:
    """Where a quote is in its original: ``line 45``, ``lines 12–14``, ``row 7``, ``02:31``, ``page 3``.

    Lines of the quote itself are preferred to the lines of its block. A time is where to start listening.
    """
    locator = statement.locator
    if locator.unit == "time":
        return _clock(locator.first)
    if locator.unit == "line" and statement.lines:
        return _span("line", *statement.lines)
    return _span(locator.unit, int(locator.first), int(locator.last))


def support_words(support: Support) -> str:
    """``3 of 7 accounts``: known accounts only."""
    if not support.accounts:
        return "no known account"
    return f"{support.accounts} of {plural(support.of_accounts, 'account')}"


def unknown_words(support: Support) -> str:
    """The sources that nobody can place, said apart; "" where there are none."""
    return f"+ {plural(support.unknown_sources, 'source')} of unknown account" if support.unknown_sources else ""


def seen(support: Support) -> str:
    """From when to when the support was seen, by the month."""
    months = [f"{_MONTHS[d.month - 1][:3]} {d.year}" for d in (support.first_seen, support.last_seen) if d]
    return " – ".join(dict.fromkeys(months))


def source_name(source: ProfileSource) -> str:
    """The path, and what tells it apart from others in the same file."""
    return f"{source.path} · {source.ref}" if source.ref else source.path


def small_numbers(accounts: int) -> str:
    """How far counts over so many accounts can be trusted: about 200 are comfortable, from 50 they are directional."""
    if accounts >= 200:
        return ""
    if accounts >= 50:
        return f"Counted over {accounts} accounts: directional, not proof."
    return f"Counted over {plural(accounts, 'account')}: fewer than 50, so read it as qualitative."


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def _span(word: str, first: int, last: int) -> str:
    return f"{word} {first}" if first == last else f"{word}s {first}–{last}"
