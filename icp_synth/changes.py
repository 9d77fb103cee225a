"""What changed between two versions of a profile, claim by claim: worked out from the statements that they cite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from icp_synth.records import Claim, Kind, Profile, Record

What = Literal["new", "split", "merged", "left out", "gone", "grew", "shrank", "status", "reworded", "reviewed"]
_SUMMARY: dict[What, tuple[str, str]] = {  # said of one claim, and of several
    "new": ("claim new", "claims new"),
    "split": ("split off", "split off"),
    "merged": ("merged", "merged"),
    "left out": ("left out", "left out"),
    "gone": ("gone", "gone"),
    "grew": ("grew", "grew"),
    "shrank": ("shrank", "shrank"),
    "status": ("changed status", "changed status"),
    "reworded": ("reworded", "reworded"),
    "reviewed": ("reviewed", "reviewed"),
}


class Change(Record):
    """One thing that changed about one claim.

    `other` is the claim that it was split from or merged into, `quotes` how many came or went; `before` and `after`
    are its status, its wording, or what stands about it.
    """

    what: What
    claim: str
    kind: Kind
    text: str
    other: str | None = None
    quotes: int = 0
    before: str | None = None
    after: str | None = None


def changes(before: Profile, after: Profile) -> tuple[Change, ...]:
    """Everything that changed, in the order of `What`, then in that of the newer profile."""
    old, new = _claims(before), _claims(after)
    statements = {statement.id for statement in after.statements}
    found = [_lost(claim, new, statements) for name, claim in old.items() if name not in new]
    became = {change.other for change in found if change.what == "merged"}
    found += [_come(claim, old, new) for name, claim in new.items() if name not in old and name not in became]
    found += [change for name, claim in new.items() if name in old for change in _altered(old[name], claim)]
    order = list(_SUMMARY)
    return tuple(sorted(found, key=lambda change: order.index(change.what)))


def summary(found: Sequence[Change]) -> str:
    """How many of each, in one line; "" for none."""
    counts = Counter(change.what for change in found)
    return ", ".join(f"{counts[what]} {words[counts[what] > 1]}" for what, words in _SUMMARY.items() if counts[what])


def told(change: Change) -> str:
    """What changed, in words."""
    quotes = f"{change.quotes} quote{'s'[: change.quotes != 1]}"
    return {
        "new": "new",
        "split": f"split from {change.other}",
        "merged": f"merged into {change.other}",
        "left out": "no longer shown; its evidence is still there",
        "gone": "gone with its evidence",
        "grew": f"grew by {quotes}",
        "shrank": f"lost {quotes}",
        "status": f"{change.before} → {change.after}",
        "reworded": f"reworded{' by hand' if change.after == 'by hand' else ''}, was: {change.before}",
        "reviewed": f"{change.after or 'no longer ' + (change.before or '')}",
    }[change.what]


def _claims(profile: Profile) -> dict[str, Claim]:
    return {claim.id: claim for section in profile.sections for claim in section.claims}


def _holder(claim: Claim, claims: Mapping[str, Claim]) -> str | None:
    """The claim of the same kind that cites most of what this one cites."""
    shared = [
        (-len({*claim.evidence} & {*other.evidence}), name)
        for name, other in claims.items()
        if other.kind == claim.kind and {*claim.evidence} & {*other.evidence}
    ]
    return min(shared)[1] if shared else None


def _lost(claim: Claim, new: Mapping[str, Claim], statements: set[str]) -> Change:
    heir = _holder(claim, new)
    left = bool({*claim.evidence} & statements)
    what: What = "merged" if heir else "left out" if left else "gone"
    return Change(what=what, claim=claim.id, kind=claim.kind, text=claim.text, other=heir)


def _come(claim: Claim, old: Mapping[str, Claim], new: Mapping[str, Claim]) -> Change:
    origin = _holder(claim, {name: one for name, one in old.items() if name in new})
    return Change(what="split" if origin else "new", claim=claim.id, kind=claim.kind, text=claim.text, other=origin)


def _altered(before: Claim, after: Claim) -> list[Change]:
    plain = Change(what="new", claim=after.id, kind=after.kind, text=after.text)
    made: list[dict[str, object]] = []
    if came := len({*after.evidence} - {*before.evidence}):
        made.append({"what": "grew", "quotes": came})
    if went := len({*before.evidence} - {*after.evidence}):
        made.append({"what": "shrank", "quotes": went})
    if before.status != after.status:
        made.append({"what": "status", "before": before.status, "after": after.status})
    if before.text != after.text:
        by_hand = "by hand" if after.detail.get("wording") == "edited by hand" else None
        made.append({"what": "reworded", "before": before.text, "after": by_hand})
    said = before.detail.get("reviewed"), after.detail.get("reviewed")
    if said[0] != said[1]:
        made.append({"what": "reviewed", "before": said[0], "after": said[1]})
    return [plain.model_copy(update=each) for each in made]
