"""Who is who by what is written down: the manifest, a label and its badge, an address, an attendee list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from icp_synth.records import Manifest, Role, Source
from icp_synth.speakers import (
    CUSTOMER_LABELS,
    US_LABELS,
    badge_side,
    is_our_address,
    is_our_company,
    label_parts,
    manifest_people,
    name_key,
    same_person,
)
from icp_synth.stages.roles.cues import PARTNER

# Handles of a help desk or a community team: `Cabinly Support`, `kestrel-support`, `Finbot from Larkfield`.
_OUR_HANDLE = re.compile(
    r"(?:^|[\s_.-])(?<!it[\s_.-])(?<!tech[\s_.-])(?:support|service|staff|mods?|bot|care|help ?desk)\d*$|"
    r"^\w+bot from\b|^support[\s_.-]",
    re.I,
)


def known_speakers(source: Source, manifest: Manifest) -> dict[str, tuple[Role, str]]:
    """The speakers whom the manifest, a label, an address or an attendee list settles, or the format elsewhere."""
    us, customers = manifest_people(manifest, source.path)
    known: dict[str, tuple[Role, str]] = {}
    for block in source.blocks:
        label = block.speaker
        if label is None or label in known:
            continue
        verdict = _by_manifest(label, us, customers) or _from_label(label, block.email, source, manifest)
        if verdict:
            known[label] = verdict
    for block in source.blocks:
        if block.speaker and block.side and block.speaker not in known:
            known[block.speaker] = (block.side, "the format says so of the same person")
    return known


def _by_manifest(label: str, us: Sequence[str], customers: Sequence[str]) -> tuple[Role, str] | None:
    """The side on which a manifest names this person; the whole name before parts of it."""
    name, _ = label_parts(label)
    sides: tuple[tuple[Role, Sequence[str]], ...] = (("customer", customers), ("us", us))
    for role, people in sides:
        if {name_key(label), name_key(name)} & {name_key(person) for person in people}:
            return role, "manifest"
    found = [role for role, people in sides if any(same_person(person, name) for person in people)]
    return (found[0], "manifest") if len(found) == 1 else None


def _from_label(label: str, email: str | None, source: Source, manifest: Manifest) -> tuple[Role, str] | None:
    name, company = label_parts(label)
    if US_LABELS.match(name):
        return "us", f"label “{name}”"
    if CUSTOMER_LABELS.match(name):
        return "customer", f"label “{name}”"
    if verdict := _from_badge(label, name):
        return verdict
    if company and is_our_company(company, manifest):
        return "us", "label names our company"
    if company and manifest.us_company:
        return "customer", "label names another company"
    if email and manifest.us_domains:
        return _by_address(email, manifest)
    for person in source.participants:
        if not person.name or not same_person(label_parts(person.name)[0], name):
            continue
        if PARTNER.search(f"{person.title or ''} {person.company or ''}"):
            return "unknown", "attendee list: a partner"
        if person.side != "unknown":
            return person.side, "attendee list"
        if person.email and manifest.us_domains:
            return _by_address(person.email, manifest)
        if person.company and is_our_company(person.company, manifest):
            return "us", "attendee of our company"
        if person.company and manifest.us_company:
            return "customer", "attendee of another company"
    return None


def _from_badge(label: str, name: str) -> tuple[Role, str] | None:
    """What brackets behind a name, or the name of a handle, say of its side."""
    for inside in re.findall(r"[(\[]([^()\[\]]+)[)\]]", label):
        if PARTNER.search(inside):
            return "unknown", "label names a partner"
        for part in inside.split(","):
            if (side := badge_side(part)) != "unknown":
                return side, f"badge “{part.strip()}”"
    return ("us", "the name of a help desk") if _OUR_HANDLE.search(name) else None


def _by_address(address: str, manifest: Manifest) -> tuple[Role, str]:
    ours = is_our_address(address, manifest)
    return ("us", "our e-mail domain") if ours else ("customer", "another e-mail domain")
