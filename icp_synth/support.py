"""How much evidence stands behind something: n accounts of N, n sources of N, and the status that this earns."""

from __future__ import annotations

from collections.abc import Sequence

from icp_synth.records import CleanSource, ProfileAccount, Record, Statement, Status, Support


class Evidence(Record):
    """What is looked at, already resolved: account of each source, accounts by id."""

    sources: dict[str, CleanSource]
    statements: dict[str, Statement]
    account_of: dict[str, str]
    accounts: dict[str, ProfileAccount]


def count_support(evidence: Evidence, statements: Sequence[Statement]) -> Support:
    """n accounts of N, n sources of N, over the sources in which a customer says anything."""
    known = {a.id for a in evidence.accounts.values() if a.known and a.sources}
    accounts = {evidence.account_of[s.source_id] for s in statements} & known
    sources = {s.source_id for s in statements}
    dates = sorted(s.date for s in statements if s.date)
    return Support(
        accounts=len(accounts),
        of_accounts=len(known),
        sources=len(sources),
        of_sources=len(evidence.sources),
        source_kinds=tuple(sorted({s.source_kind for s in statements})),
        first_seen=dates[0] if dates else None,
        last_seen=dates[-1] if dates else None,
        unknown_sources=sum(evidence.account_of[s] not in known for s in sources),
    )


def judge_status(support: Support, *, contested: bool, least_accounts: int = 2, least_kinds: int = 2) -> Status:
    """The status that this much support earns (DESIGN section 2)."""
    if contested:
        return "contested"
    if support.accounts < least_accounts:
        return "hypothesis"
    return "corroborated" if len(support.source_kinds) >= least_kinds else "supported"
