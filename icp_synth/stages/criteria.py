"""Account attributes → fit criteria: how many good and bad accounts each would admit; and what evidence is missing."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence

from icp_synth.records import (
    AccountRow,
    Cell,
    CleanSource,
    Criterion,
    Gap,
    ProfileAccount,
    Section,
)

_GOOD = ("won", "active")
_BAD = ("lost", "churned")
_NUMBER = re.compile(r"^[^\d-]{0,3}(-?\d[\d,.]*)\s*(%|k|m|bn?)?$", re.I)
_SCALE = {"%": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9}
# Columns that are known only once somebody is a customer, or that are the outcome itself: nobody can be targeted by them.
_AFTERWARDS = re.compile(
    r"\b(?:arr|mrr|acv|ltv|deal size|contract|renew\w*|churn\w*|nps|csat|usage|active|activation|adoption|log-?ins?|seats?|"
    r"licen[cs]es?|first value|time to value|days to|onboard\w*|tickets?|health|stage|status|outcome|owner|since|date|score)\b",
    re.I,
)
STALE_DAYS = 180
COMFORTABLE, DIRECTIONAL = 200, 50


def criteria(
    accounts: Mapping[str, ProfileAccount], rows: Sequence[AccountRow], row_account: Callable[[AccountRow], str]
) -> tuple[Criterion, ...]:
    """Criteria that admit a larger share of good than of bad accounts, best first.

    Good is won or active, bad is lost or churned. A text attribute gives one criterion per value, a number the cut-off
    that separates best (Youden's J, 1950).
    """
    judged = {a.id: a.outcome in _GOOD for a in accounts.values() if a.outcome in _GOOD + _BAD}
    good, bad = sum(judged.values()), len(judged) - sum(judged.values())
    if good < 2 or not bad:
        return ()
    cells: dict[str, dict[str, Cell]] = {}
    for row in sorted(rows, key=lambda r: (r.path, r.row)):
        account = row_account(row)
        if account in judged:
            for heading, value in row.attributes.items():
                if value.strip() and not _AFTERWARDS.search(heading):
                    cells.setdefault(heading, {})[account] = Cell(
                        account=account, path=row.path, row=row.row, heading=heading, value=value
                    )
    found = []
    for heading, by_account in cells.items():
        numbers = {account: number(cell.value) for account, cell in by_account.items()}
        numeric = {account: n for account, n in numbers.items() if n is not None}
        if len(numeric) == len(by_account) and len(set(numeric.values())) > 2:
            found.extend(_cut_off(heading, by_account, numeric, judged, good, bad))
        else:
            found.extend(_values(heading, by_account, judged, good, bad))
    found = [c for c in found if c.good >= 2 and c.good / good > c.bad / bad]
    return tuple(sorted(found, key=lambda c: (c.bad / bad - c.good / good, c.attribute, c.value))[:12])


def number(text: str) -> float | None:
    """The number in a cell such as `1,200`, `$4.5k` or `63%`; None where it isn't one."""
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    try:
        found = float(match[1].replace(",", "")) * _SCALE.get((match[2] or "%").lower(), 1.0)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _values(
    heading: str, cells: Mapping[str, Cell], judged: Mapping[str, bool], good: int, bad: int
) -> list[Criterion]:
    values = sorted({cell.value.strip() for cell in cells.values()})
    if len(values) > max(8, len(cells) // 2):
        return []
    return [
        _criterion(heading, value, [c for c in cells.values() if c.value.strip() == value], judged, good, bad)
        for value in values
    ]


def _cut_off(
    heading: str,
    cells: Mapping[str, Cell],
    numbers: Mapping[str, float],
    judged: Mapping[str, bool],
    good: int,
    bad: int,
) -> list[Criterion]:
    options = []
    for limit in sorted(set(numbers.values())):
        for above in (True, False):
            inside = [a for a, n in numbers.items() if (n >= limit) == above and (above or n < limit)]
            gain = sum(judged[a] for a in inside) / good - sum(not judged[a] for a in inside) / bad
            options.append((-round(gain, 9), not above, limit, inside))
    _, below, limit, inside = min(options, key=lambda option: option[:3])
    shown = f"{limit:,.0f}" if limit == int(limit) else f"{limit:,}"
    return [
        _criterion(
            heading, f"{'below' if below else 'at least'} {shown}", [cells[a] for a in inside], judged, good, bad
        )
    ]


def _criterion(
    heading: str, value: str, cells: Sequence[Cell], judged: Mapping[str, bool], good: int, bad: int
) -> Criterion:
    total = good + bad
    note = "" if total >= COMFORTABLE else (
        "directional: fewer than 200 accounts" if total >= DIRECTIONAL else f"qualitative: only {total} accounts"
    )  # fmt: skip
    return Criterion(
        attribute=heading,
        value=value,
        good=sum(judged[c.account] for c in cells),
        of_good=good,
        bad=sum(not judged[c.account] for c in cells),
        of_bad=bad,
        cells=tuple(sorted(cells, key=lambda c: (c.path, c.row))),
        note=note,
    )


def gaps(
    sections: Sequence[Section],
    accounts: Mapping[str, ProfileAccount],
    sources: Sequence[CleanSource],
    account_of: Mapping[str, str],
    as_of: dt.date,
) -> tuple[Gap, ...]:
    """What the evidence doesn't say, and what would fill it."""
    known = [a for a in accounts.values() if a.known and a.sources]
    claims = [claim for section in sections for claim in section.claims if claim.kind != "rebuttal"]
    single = sum(claim.status == "hypothesis" for claim in claims)
    open_doubts = sum(claim.detail.get("rebuttal") == "none in the evidence" for claim in claims)
    unknown = sum(not accounts[account_of[source.id]].known for source in sources)
    kinds = sorted({source.kind for source in sources})
    dates = [source.date for source in sources if source.date]
    out = [
        Gap(what=f"Nothing on “{section.title}”.", advice="Ask about it in the next interviews.")
        for section in sections
        if section.empty
    ]
    if len(known) < 5:
        out.append(Gap(what=f"Only {len(known)} known accounts.", advice="Five or more make patterns visible."))
    if not any(a.outcome in _BAD for a in known):
        out.append(
            Gap(
                what="No lost or churned account among them.", advice="Add win-loss notes: they hold the disqualifiers."
            )
        )
    if len(kinds) == 1:
        out.append(
            Gap(what=f"Only one kind of source ({kinds[0]}).", advice="A second kind is what corroborates a claim.")
        )
    if single:
        out.append(
            Gap(
                what=f"{single} of {len(claims)} claims rest on one account and are hypotheses.",
                advice="Test them with other accounts before acting on them.",
            )
        )
    if open_doubts:
        out.append(
            Gap(
                what=f"{open_doubts} objections have no answer in the evidence.",
                advice="Ask satisfied customers how they got past them.",
            )
        )
    if unknown:
        out.append(
            Gap(
                what=f"{unknown} sources belong to no known account and corroborate nothing.",
                advice="Name them: `icp-synth accounts assign SOURCE ACCOUNT`.",
            )
        )
    if not dates:
        out.append(Gap(what="No source has a date.", advice="Give dates in evidence.yaml, so that age can be shown."))
    elif (as_of - max(dates)).days > STALE_DAYS:
        out.append(Gap(what=f"The newest evidence is of {max(dates).isoformat()}.", advice="Add recent evidence."))
    return tuple(out)
