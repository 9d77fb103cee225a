"""The facts of a claim in words: what stands together is said together, in the customer's own words under our labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from icp_synth.records import AFTER, Claim, Fact, FactName

_FROM = {"lost": "a lost account", "churned": "a churned account", "satisfied": "a satisfied customer"}
_DOES = {"runs": "runs it", "feels": "feels it", "champions": "champions it", "blocks": "blocks it"}
_FATES = {"beside": "used beside"}
_FIGURES = ("number", "from", "date")  # looked for at a glance, so shown even where the line says them
TAGGED = ("job", "comes from")
_LONGEST = 14  # words of a fact on page one
_MOST = 3  # facts on page one


@dataclass(frozen=True)
class FactView:
    """A fact under its label, and the number of the quote that says it."""

    label: str
    text: str
    number: str


def fact_views(claim: Claim, quote: Callable[[str], str], number: Mapping[str, str]) -> tuple[FactView, ...]:
    """All facts of a claim. `quote` gives the words of a statement as they are shown, `number` the number of its quote."""
    return tuple(
        FactView(label, text, number[group[0].statement])
        for group in _groups(claim.facts)
        for label, text in _said({fact.name: fact.text for fact in group}, quote(group[0].statement))
    )


def on_page_one(claim: Claim, facts: tuple[FactView, ...]) -> tuple[tuple[str, str], ...]:
    """What the line doesn't say itself, and figures; short: at most three facts, each of at most 14 words."""
    line = _plain(claim.text)
    told = [f for f in facts if f.label not in TAGGED]
    new = [f for f in told if f.label in _FIGURES or not (_plain(f.text) in line or line in _plain(f.text))]
    return tuple((fact.label, _short(fact.text)) for fact in new[:_MOST])


def tags(facts: tuple[FactView, ...]) -> tuple[str, ...]:
    """The facts that say in a word or two what sort of claim it is."""
    return tuple(
        f"{fact.text} job" if fact.label == "job" else f"from {fact.text}" for fact in facts if fact.label in TAGGED
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[`*_]", "", text).lower().split()).rstrip(" .…")


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= _LONGEST else " ".join(words[:_LONGEST]).rstrip(" ,;:") + " …"


def _groups(facts: tuple[Fact, ...]) -> Iterator[list[Fact]]:
    group: list[Fact] = []
    for fact in facts:
        if group and fact.name not in AFTER:
            yield group
            group = []
        group.append(fact)
    if group:
        yield group


def _said(group: Mapping[FactName, str], quote: str) -> Iterator[tuple[str, str]]:
    if "number" in group:
        yield "number", _figure(group["number"], group["unit"], group.get("baseline", ""), quote)
        if "baseline" in group:
            yield "from", group["baseline"]
    elif "name" in group:
        fate = group.get("fate")
        yield (group["name"], _FATES.get(fate, fate)) if fate else ("named", group["name"])
    elif "who" in group:
        yield "the speaker" if group["who"].lower() == "i" else group["who"], _DOES.get(group["does"], group["does"])
    elif "comes_from" in group:
        yield "comes from", _FROM[group["comes_from"]]
    elif "facet" in group:
        yield "job", group["facet"]
    else:
        yield from ((name, text) for name, text in group.items())


def _figure(number: str, unit: str, baseline: str, quote: str) -> str:
    """The figure with what it counts, in the order in which they were said."""
    if f"{unit} {number}" in quote or unit.endswith((" by", " to", " down", " up")):
        return f"{unit} {number}"
    if f"{number} {unit}" in quote or unit in baseline:
        return f"{number} {unit}"
    return f"{unit}: {number}"
