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
from icp_synth.speakers import (
    company_key,
    is_our_address,
    is_our_company,
    label_company,
    manifest_entries,
    manifest_people,
    name_key,
    person_of,
    same_person,
)

UNKNOWN = AccountRef(id="unknown", name="unknown account", known=False, why="nothing says whose words these are")
_FREE_MAIL = re.compile(
    r"^(?:(?:gmail|googlemail|yahoo|ymail|rocketmail|hotmail|outlook|live|msn|icloud|me|mac|aol|proton|protonmail|pm|gmx|"
    r"web|mail|yandex|zoho|zohomail|fastmail|hey|tutanota|qq|163|126|naver|rediffmail|comcast|att|verizon|btinternet|"
    r"orange|wanadoo|free|laposte|libero|t-online|bigpond|wp|seznam)\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2}))$"
)
_PUBLIC = frozenset("co com org net ac gov edu".split())
_TITLE = re.compile(
    r"\b(?:interview|call|meeting|notes?|review|case study|conversation)\b.*?[-–—:|]\s*(?P<name>[^-–—:|]{2,40})$", re.I
)
_WITH = re.compile(r"\b(?i:interview|call|meeting|conversation|demo|session) with (?P<name>[A-Z][\w&.' ]{1,40})$")
# What a heading may end in that names no company: dates, parts of a deal, topics, people's parts in it.
_TOPIC = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|"
    r"october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|q[1-4]|week|part|session|round|"
    r"draft|final|copy|v\d+|transcript|recording|summary|notes?|debrief|follow[- ]?up|kick[- ]?off|onboarding|renewal|"
    r"pricing|prices?|pain|pains|feedback|findings|feature|features|product|demo|discovery|churn|win|won|loss|lost|"
    r"security|integrations?|migration|objections?|roadmap|process|lessons|learnings|insights|themes|overview|review|"
    r"customers?|clients?|prospects?|users?|buyers?|partners?|team|teams|procurement|sales|marketing|support|finance|"
    r"engineering|operations|manager|director|lead|head|engineer|cto|ceo|cfo|vp|internal|confidential|the|my|our|why|"
    r"what|how|who)\b",
    re.I,
)


def account_id(name: str) -> str:
    """A name's identity: case, punctuation and legal forms don't matter."""
    return company_key(name) or "unknown"


def hint(source: Source, manifest: Manifest, consumer: Callable[[str], str]) -> AccountRef:
    """Whose words these are, from what the source itself and the manifest say.

    `consumer` turns a private e-mail address, or a person's name, into a pseudonym that is the same for the same person.
    """
    for entry in reversed(manifest_entries(manifest, source.path)):
        if entry.account:
            return _named(entry.account, "manifest", None)
    domain = _customer_domain(source, manifest)
    private = _private_address(source, manifest)
    if source.account and not is_our_company(source.account, manifest):
        if "@" in source.account or _is_person(source.account, source):
            return _of_address(private or source.account.strip().lower(), consumer)
        return _named(source.account, "named in the source", domain)
    companies = {p.company for p in source.participants if p.company and _customer_side(p, source, manifest)}
    if len({account_id(name) for name in companies}) == 1:
        return _named(min(companies), "company of the attendee", domain)
    outside = _label_companies(source, manifest)
    if len({account_id(name) for name in outside}) == 1:
        return _named(min(outside), "company in the speaker label", domain)
    if domain:
        return _of_domain(domain)
    title = (source.title or "").strip(" *_#")
    match = _TITLE.search(title) or _WITH.search(title)
    if match and not is_our_company(match["name"], manifest) and _may_be_company(match["name"].strip()):
        return _named(match["name"].strip(), "heading", None)
    return _of_address(private, consumer) if private else UNKNOWN


def _named(name: str, why: str, domain: str | None) -> AccountRef:
    clean = " ".join(name.split())
    return AccountRef(id=account_id(clean), name=clean, known=True, why=why, domain=domain)


def _of_domain(domain: str) -> AccountRef:
    """`mail.acme.co.uk` is Acme: the last part before the public suffix."""
    parts = domain.split(".")[:-1]
    if len(parts) > 1 and parts[-1] in _PUBLIC:
        parts.pop()
    name = parts[-1] if parts else domain
    return AccountRef(id=account_id(name), name=name.title(), known=True, why="e-mail domain", domain=domain)


def _of_address(address: str, consumer: Callable[[str], str]) -> AccountRef:
    if "@" in address and not _FREE_MAIL.match(address.rsplit("@", 1)[1]):
        return _of_domain(address.rsplit("@", 1)[1])
    pseudonym = consumer(address)
    why = "private e-mail" if "@" in address else "a person"
    return AccountRef(id=f"consumer-{pseudonym}", name=f"Consumer {pseudonym}", known=True, why=why)


def _is_person(name: str, source: Source) -> bool:
    """Whether the customer whom a source names is a person who speaks or is named in it."""
    people = {p.name for p in source.participants if p.name} | {b.speaker for b in source.blocks if b.speaker}
    return any(name_key(person_of(person) or "") == name_key(name) for person in people)


def _may_be_company(name: str) -> bool:
    """Whether the end of a heading reads as a proper name: `Quarterly review - March 2025` doesn't."""
    words = [word for word in name.split() if word.lower() not in ("of", "and", "&", "de", "for")]
    proper = all(word[0].isupper() or any(letter.isupper() for letter in word) for word in words)
    return 0 < len(words) <= 4 and proper and not _TOPIC.search(name)


def _label_companies(source: Source, manifest: Manifest) -> set[str]:
    us, _ = manifest_people(manifest, source.path)
    labels = {b.speaker for b in source.blocks if b.speaker and b.side != "us"}
    outside = {label_company(x) for x in labels if not any(same_person(own, person_of(x) or "") for own in us)}
    return {name for name in outside if name and len(name) > 1 and not is_our_company(name, manifest)}


def _customer_side(person: Participant, source: Source, manifest: Manifest) -> bool:
    if person.side == "us" or (person.company and is_our_company(person.company, manifest)):
        return False
    us, _ = manifest_people(manifest, source.path)
    if person.name and any(same_person(own, person.name) for own in us):
        return False
    return not (person.email and is_our_address(person.email, manifest))


def _addresses(source: Source, manifest: Manifest) -> list[str]:
    people = [p.email for p in source.participants if p.email and _customer_side(p, source, manifest)]
    ours = {(p.email or "").lower() for p in source.participants if not _customer_side(p, source, manifest)}
    blocks = [b.email for b in source.blocks if b.email and b.side != "us"]
    found = {address.lower() for address in (*people, *blocks) if "@" in address}
    return sorted(a for a in found - ours if not is_our_address(a, manifest))


def _customer_domain(source: Source, manifest: Manifest) -> str | None:
    domains = {address.rsplit("@", 1)[1] for address in _addresses(source, manifest)}
    outside = {domain for domain in domains if not _FREE_MAIL.match(domain)}
    return outside.pop() if len(outside) == 1 else None


def _private_address(source: Source, manifest: Manifest) -> str | None:
    private = [a for a in _addresses(source, manifest) if _FREE_MAIL.match(a.rsplit("@", 1)[1])]
    return private[0] if len(private) == 1 else None


# ---------------------------------------------------------------- companies that shall not be named


def masked(ref: AccountRef, keyed: Callable[..., str]) -> AccountRef:
    """The account under a pseudonym that is the same for the same company; unknown ones and consumers stay."""
    if not ref.known or ref.id.startswith("consumer-"):
        return ref
    name = _pseudonym(ref.name, keyed)
    return ref.model_copy(update={"id": account_id(name), "name": name, "domain": None})


def masked_row(row: AccountRow, keyed: Callable[..., str]) -> AccountRow:
    """A row of an accounts table under the pseudonym of its company, which its attributes don't name either."""
    name = _pseudonym(row.name, keyed)
    own = re.compile(re.escape(row.name), re.I)
    attributes = {key: own.sub(name, value) for key, value in row.attributes.items()}
    return row.model_copy(update={"name": name, "domain": None, "attributes": attributes})


def _pseudonym(name: str, keyed: Callable[..., str]) -> str:
    return f"Account {keyed('account', account_id(name))[:6]}"


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
    by_domain = _by_domain(sources, rows)
    listed = {account_id(row.name) for row in rows}
    names: dict[str, str] = {}
    reasons: dict[str, str] = {}
    hints: dict[str, AccountRef] = {}
    for source in sorted(sources, key=lambda s: s.id):
        ref = source.account
        if ref.known and ref.domain in by_domain and ref.id not in listed:
            ref = ref.model_copy(update={"id": by_domain[ref.domain]})
        hints[source.id] = ref
        better = ref.id not in names or (reasons[ref.id] == "e-mail domain" != ref.why)
        if ref.known and better:
            names[ref.id], reasons[ref.id] = ref.name, ref.why
    for row in sorted(rows, key=lambda r: (r.path, r.row)):
        names[account_id(row.name)] = row.name
        reasons.setdefault(account_id(row.name), "accounts table")
    of_source: dict[str, str] = {}
    for source in sources:
        ref = hints[source.id]
        of_source[source.id] = ref.id if ref.known else (_mentioned(source, names) or UNKNOWN.id)
        if of_source[source.id] != UNKNOWN.id:
            reasons.setdefault(of_source[source.id], "named in the file name or title")
    for overlay in overlays:
        if overlay.action == "source.account" and overlay.target in of_source:
            name = overlay.value["name"]
            of_source[overlay.target] = account_id(name)
            names.setdefault(account_id(name), name)
            reasons.setdefault(account_id(name), "assigned by hand")
    merged = merges(overlays)
    of_source = {source: merged.get(account, account) for source, account in of_source.items()}
    return Accounts(of_source=of_source, by_id=_collect(of_source, names, reasons, rows, sources, overlays, merged))


def merges(overlays: Sequence[Overlay]) -> dict[str, str]:
    """Merged accounts → the account that each of them is now, decisions taken in the order in which they were made.

    Merging A into B and later B into A leaves one account, called A.
    """
    final: dict[str, str] = {}
    for overlay in overlays:
        if overlay.action != "account.merge":
            continue
        target, into = overlay.target, overlay.value["into"]
        old, new = final.get(target, target), final.get(into, into)
        new = into if old == new else new
        final |= {account: new for account, now in (*final.items(), (old, old), (target, old)) if now == old}
        final = {account: now for account, now in final.items() if account != now}
    return final


def of_row(row: AccountRow, merged: Mapping[str, str]) -> str:
    """The account that a row of a table is about, merges applied."""
    return merged.get(account_id(row.name), account_id(row.name))


def _by_domain(sources: Sequence[CleanSource], rows: Sequence[AccountRow]) -> dict[str, str]:
    """Domain → account, from the tables, else from sources that name one account with it."""
    named: dict[str, set[str]] = {}
    for source in sources:
        ref = source.account
        if ref.known and ref.domain and ref.why != "e-mail domain":
            named.setdefault(ref.domain, set()).add(ref.id)
    found = {domain: ids.copy().pop() for domain, ids in named.items() if len(ids) == 1}
    return found | {row.domain.lower(): account_id(row.name) for row in rows if row.domain}


def _mentioned(source: CleanSource, names: Mapping[str, str]) -> str | None:
    """The only account named in the path, the title or the opening; of `Acme` and `Acme Health` the longer counts."""
    patterns = {a: r"\W+".join(map(re.escape, a.split("-"))) for a, name in names.items() if len(name) > 2}
    where = {re.sub(r"_", " ", source.path): re.I, source.title or "": re.I}
    if source.kind in ("win_loss", "note", "interview", "call"):
        where[source.text[:400]] = re.NOFLAG
    for text, flags in where.items():
        found = {
            account
            for account, pattern in patterns.items()
            for match in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", text, re.I)
            if flags or match.group()[0] == names[account][0]
        }
        longest = [a for a in found if not any(f"-{a}-" in f"-{other}-" for other in found - {a})]
        if len(longest) == 1:
            return longest[0]
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
        account = of_row(row, merged)
        attributes.setdefault(account, {}).update(row.attributes)
        if row.outcome:
            outcomes[account] = row.outcome
    renamed: dict[str, str] = {}
    for overlay in overlays:
        target = merged.get(overlay.target, overlay.target)
        if overlay.action == "account.rename":
            renamed[target] = overlay.value["name"]
        elif overlay.action == "account.set":
            values = dict(overlay.value)
            if "outcome" in values:
                outcomes[target] = values.pop("outcome")  # type: ignore[assignment]
            attributes.setdefault(target, {}).update(values)
    ids = sorted({*of_source.values(), *(of_row(row, merged) for row in rows)})
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
