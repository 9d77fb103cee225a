"""What each kind of claim needs beyond its line, read from its quotes by rule: when, how much, what instead, who.

One module a kind. A reader takes the words of one quote and gives groups of facts that belong together; each text is a
part of the quote, to the letter, or a word of `LABELS`. A wrong date or baseline is worse than none: what is not said
outright is left out. Plain English, the same for every industry; no product and no company is named here.
"""

from __future__ import annotations

from collections.abc import Collection

from icp_synth.facts import alternatives, buying_roles, disqualifiers, jobs, pains, proofs, triggers
from icp_synth.facts.parts import Group
from icp_synth.records import Kind, Outcome

__all__ = ["Group", "beside", "read"]


def read(kind: Kind, quote: str, *, product: str = "", outcome: Outcome | None = None) -> list[Group]:
    """The groups of facts of one quote of a claim of this kind, in the order in which they are said; often none.

    `product` is never an alternative to itself; `outcome` is what became of the account that says it.
    """
    match kind:
        case "pain":
            return pains.read(quote)
        case "job":
            return jobs.read(quote)
        case "trigger":
            return triggers.read(quote)
        case "proof":
            return proofs.read(quote)
        case "alternative":
            return alternatives.read(quote, product)
        case "buying_role":
            return buying_roles.read(quote)
        case "disqualifier":
            return disqualifiers.read(quote, outcome)
        case _:
            return []


def beside(quote: str, kinds: Collection[Kind]) -> Group:
    """What a statement next to a pain adds to it: a `wish` where it is a desired outcome, an `impact` where it is a pain."""
    wish = pains.wish(quote) if "desired_outcome" in kinds else None
    impact = pains.impact(quote) if "pain" in kinds else None
    return (*((("wish", wish),) if wish else ()), *((("impact", impact),) if impact else ()))
