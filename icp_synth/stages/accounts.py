"""Whose words a source holds: hints from the raw source, then one resolution over all sources of a workspace.

Support is counted in accounts, so who is who is decided in one place, shown with its reason, and correctable by
overlays. An unknown account never corroborates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from icp_synth.records import (
    AccountRef,
    AccountRow,
    CleanSource,
    Manifest,
    Outcome,
    Overlay,
    Participant,
    ProfileAccount,
    Record,
    Source,
)
from icp_synth.speakers import label_company, manifest_entries

UNKNOWN = AccountRef(id="unknown", name="unknown account", known=False, why="nothing says whose words these are")
_FREE_MAIL = frozenset(
    """gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com icloud.com me.com aol.com proton.me
    protonmail.com gmx.com gmx.de web.de mail.com yandex.com zoho.com fastmail.com""".split()
)
_SUFFIX = re.compile(
    r"(?:,?\s+(?:inc|incorporated|ltd|limited|llc|gmbh|ag|corp|corporation|co|company|plc|s\.?a\.?|b\.?v\.?|pty|oy|ab|"
    r"group|holdings?)\.?)+$",
    re.I,
)
_TITLE = re.compile(
    r"\b(?:interview|call|meeting|notes?|review|case study|conversation)\b.*?[-–—:|]\s*(?P<name>[^-–—:|]{2,40})$", re.I
)
_WITH = re.compile(r"\b(?:interview|call|meeting|conversation|demo|session) with (?P<name>[A-Z][\w&.' ]{1,40})$")


def account_id(name: str) -> str:
    """A name's identity: case, punctuation and legal forms don't matter."""
    bare = _SUFFIX.sub("", name.strip())
    return re.sub(r"[^\w]+", "-", bare.lower()).strip("-") or "unknown"


def hint(source: Source, manifest: Manifest, consumer: Callable[[str], str]) -> AccountRef:
    """Whose words these are, from what the source itself and the manifest say.

    `consumer` turns a private e-mail address into a pseudonym that is the same for the same person.
    """
    for entry in reversed(manifest_entries(manifest, source.path)):
        if entry.account:
            return _named(entry.account, "manifest", None)
    domain = _customer_domain(source, manifest)
    if source.account and not _is_us(source.account, manifest):
        return _named(source.account, "named in the source", domain)
    companies = sorted({p.company for p in source.participants if p.company and _customer_side(p, manifest)})
    if len(companies) == 1:
        return _named(companies[0], "company of the attendee", domain)
    labels = {label_company(block.speaker) for block in source.blocks if block.speaker} - {None}
    outside = sorted(label for label in labels if label and "@" not in label and not _is_us(label, manifest))
    if len(outside) == 1 and len(outside[0]) > 1:
        return _named(outside[0], "company in the speaker label", domain)
    if domain and domain not in _FREE_MAIL:
        return AccountRef(
            id=account_id(domain.split(".")[0]), name=domain.split(".")[0].title(), known=True,
            why="e-mail domain", domain=domain,
        )  # fmt: skip
    title = (source.title or "").strip(" *_#")
    match = _TITLE.search(title) or _WITH.search(title)
    if match and not _is_us(match["name"], manifest):
        return _named(match["name"].strip(), "heading", None)
    private = _private_address(source, manifest)
    if private:
        pseudonym = consumer(private)
        return AccountRef(id=f"consumer-{pseudonym}", name=f"Consumer {pseudonym}", known=True, why="private e-mail")
    return UNKNOWN


def _named(name: str, why: str, domain: str | None) -> AccountRef:
    clean = " ".join(name.split())
    return AccountRef(id=account_id(clean), name=clean, known=True, why=why, domain=domain)


def _is_us(name: str, manifest: Manifest) -> bool:
    ours = [n for n in (manifest.us_company, manifest.product) if n]
    return any(account_id(name) == account_id(own) for own in ours)


def _customer_side(person: Participant, manifest: Manifest) -> bool:
    if person.side == "us" or (person.company and _is_us(person.company, manifest)):
        return False
    domain = (person.email or "").rsplit("@", 1)[-1].lower()
    return domain not in manifest.us_domains or not domain


def _addresses(source: Source, manifest: Manifest) -> list[str]:
    people = [p.email for p in source.participants if p.email and _customer_side(p, manifest)]
    blocks = [b.email for b in source.blocks if b.email and b.side != "us"]
    found = {address.lower() for address in (*people, *blocks) if "@" in address}
    return sorted(a for a in found if a.rsplit("@", 1)[1] not in manifest.us_domains)


def _customer_domain(source: Source, manifest: Manifest) -> str | None:
    domains = {address.rsplit("@", 1)[1] for address in _addresses(source, manifest)} - _FREE_MAIL
    return next(iter(domains)) if len(domains) == 1 else None


def _private_address(source: Source, manifest: Manifest) -> str | None:
    private = [a for a in _addresses(source, manifest) if a.rsplit("@", 1)[1] in _FREE_MAIL]
    return private[0] if len(private) == 1 else None


# ---------------------------------------------------------------- resolution over a workspace


class Accounts(Record):
    """The accounts of a workspace: source id → account id, and the accounts themselves by id."""

    of_source: dict[str, str]
    by_id: dict[str, ProfileAccount]

    def known(self) -> list[ProfileAccount]:
        """Accounts that can corroborate and whose words are among the evidence."""
        return [a for a in self.by_id.values() if a.known and a.sources]


def resolve(sources: Sequence[CleanSource], rows: Sequence[AccountRow], overlays: Sequence[Overlay]) -> Accounts:
    """One account for each source: its own hint, else the only known account that its path, title or opening names.

    Rows of account tables give names, domains, attributes and outcomes. Overlays merge, rename and set, in the order
    in which they were made.
    """
    by_domain = {row.domain.lower(): account_id(row.name) for row in rows if row.domain}
    names: dict[str, str] = {}
    reasons: dict[str, str] = {}
    hints: dict[str, AccountRef] = {}
    for source in sorted(sources, key=lambda s: s.id):
        ref = source.account
        if ref.known and ref.domain in by_domain and ref.why == "e-mail domain":
            ref = ref.model_copy(update={"id": by_domain[ref.domain]})
        hints[source.id] = ref
        if ref.known:
            names.setdefault(ref.id, ref.name)
            reasons.setdefault(ref.id, ref.why)
    for row in rows:
        names[account_id(row.name)] = row.name
        reasons.setdefault(account_id(row.name), "accounts table")
    mentions = {a: re.compile(rf"(?<!\w){re.escape(n)}(?!\w)", re.I) for a, n in names.items() if len(n) > 2}
    of_source: dict[str, str] = {}
    for source in sources:
        ref = hints[source.id]
        of_source[source.id] = ref.id if ref.known else (_mentioned(source, mentions) or UNKNOWN.id)
        if of_source[source.id] != UNKNOWN.id:
            reasons.setdefault(of_source[source.id], "named in the file name or title")
    for overlay in overlays:
        if overlay.action == "source.account" and overlay.target in of_source:
            name = overlay.value["name"]
            of_source[overlay.target] = account_id(name)
            names.setdefault(account_id(name), name)
            reasons.setdefault(account_id(name), "assigned by hand")
    merged = {o.target: o.value["into"] for o in overlays if o.action == "account.merge"}
    of_source = {source: _final(account, merged) for source, account in of_source.items()}
    return Accounts(of_source=of_source, by_id=_collect(of_source, names, reasons, rows, sources, overlays, merged))


def of_row(row: AccountRow, merged: Mapping[str, str]) -> str:
    """The account that a row of a table is about, merges applied."""
    return _final(account_id(row.name), merged)


def _final(account: str, merged: Mapping[str, str]) -> str:
    seen = {account}
    while account in merged and merged[account] not in seen:
        account = merged[account]
        seen.add(account)
    return account


def _mentioned(source: CleanSource, mentions: Mapping[str, re.Pattern[str]]) -> str | None:
    path = re.sub(r"[_./!-]+", " ", source.path)
    opening = source.text[:400] if source.kind in ("win_loss", "note", "interview", "call") else ""
    for where in (path, source.title or "", opening):
        found = {account for account, pattern in mentions.items() if pattern.search(where)}
        if len(found) == 1:
            return found.pop()
    return None


def _collect(
    of_source: Mapping[str, str],
    names: Mapping[str, str],
    reasons: Mapping[str, str],
    rows: Sequence[AccountRow],
    sources: Sequence[CleanSource],
    overlays: Sequence[Overlay],
    merged: Mapping[str, str],
) -> dict[str, ProfileAccount]:
    attributes: dict[str, dict[str, str]] = {}
    outcomes: dict[str, Outcome] = {}
    for source in sorted(sources, key=lambda s: (s.date.isoformat() if s.date else "", s.id)):
        if source.outcome and of_source[source.id] != UNKNOWN.id:
            outcomes[of_source[source.id]] = source.outcome
    for row in sorted(rows, key=lambda r: (r.path, r.row)):
        account = _final(account_id(row.name), merged)
        attributes.setdefault(account, {}).update(row.attributes)
        if row.outcome:
            outcomes[account] = row.outcome
    renamed: dict[str, str] = {}
    for overlay in overlays:
        target = _final(overlay.target, merged)
        if overlay.action == "account.rename":
            renamed[target] = overlay.value["name"]
        elif overlay.action == "account.set":
            values = dict(overlay.value)
            if "outcome" in values:
                outcomes[target] = values.pop("outcome")  # type: ignore[assignment]
            attributes.setdefault(target, {}).update(values)
    ids = sorted({*of_source.values(), *(_final(account_id(row.name), merged) for row in rows)})
    counts = _count(of_source.values())
    return {
        account: ProfileAccount(
            id=account,
            name=renamed.get(account, names.get(account, UNKNOWN.name)),
            known=account != UNKNOWN.id,
            why=reasons.get(account, UNKNOWN.why),
            sources=counts.get(account, 0),
            outcome=outcomes.get(account),
            attributes=dict(sorted(attributes.get(account, {}).items())),
        )
        for account in ids
    }


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
