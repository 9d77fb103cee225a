"""What was removed as personal data, how sure that is, and what a person decided about it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from icp_synth.ports import Store
from icp_synth.records import CleanSource, LineRange, Locator, Overlay, PrivacyRules, Record, Source

DOUBTFUL = 0.75  # below this a finding is shown to a person
_SHOWN = 60  # characters on either side of a finding
_POLICY = "privacy"


class Finding(Record):
    """A person or identifier of one source, under the placeholder that stands for it, where it stands first.

    `context` is clean text: what stood there is not kept. `score` is that of its surest mention.
    """

    id: str
    source: str
    placeholder: str
    entity: str
    score: float
    mentions: int
    locator: Locator
    lines: LineRange | None
    context: str


class PrivacyReport(Record):
    """What was removed: source → entity → mentions; what is doubtful, least sure first; and what must be read again.

    `needs_original` are sources that were read under other rules: what these would leave in can't be brought back from
    clean text.
    """

    sources: dict[str, dict[str, int]]
    entities: dict[str, int]
    doubtful: tuple[Finding, ...]
    needs_original: tuple[str, ...]
    rules: PrivacyRules


def rules(store: Store) -> PrivacyRules:
    """The policy of a workspace with the decisions that were laid over it."""
    overlays = store.overlays()
    added = {one.target: int(one.value["words"]) for one in overlays if one.action == "privacy.add"}
    return PrivacyRules(
        **json.loads(store.setting(_POLICY) or "{}"),
        dismissed=tuple(sorted({one.target for one in overlays if one.action == "privacy.dismiss"})),
        added=tuple(sorted(added)),
        longest=max(added.values(), default=0),
    )


def put_policy(store: Store, now: PrivacyRules) -> None:
    """Keep the actions, and whether companies are masked."""
    store.put_setting(
        _POLICY, json.dumps({"actions": dict(sorted(now.actions.items())), "mask_accounts": now.mask_accounts})
    )


def beyond_text(now: PrivacyRules) -> str:
    """What of the rules can't be carried out on clean text: sources read under another value need their original."""
    return now.model_dump_json(include={"actions", "mask_accounts", "dismissed"})


def report(
    sources: Sequence[CleanSource], overlays: Iterable[Overlay], stale: Iterable[str], now: PrivacyRules
) -> PrivacyReport:
    """What was removed from these sources; findings that a person accepted are no longer doubtful."""
    accepted = {one.target for one in overlays if one.action == "privacy.accept"}
    counts = {label(source): dict(Counter(one.entity for one in source.redactions)) for source in sources}
    doubtful = [
        finding
        for source in sources
        for finding in findings(source)
        if finding.score < DOUBTFUL and finding.id not in accepted
    ]
    return PrivacyReport(
        sources=counts,
        entities=_sum(counts),
        doubtful=tuple(sorted(doubtful, key=lambda one: (one.score, one.id))),
        needs_original=tuple(sorted(stale)),
        rules=now,
    )


def findings(source: CleanSource) -> list[Finding]:
    """One for each placeholder of a source."""
    found: dict[str, Finding] = {}
    for one in source.redactions:
        placeholder = source.text[one.start : one.end]
        known = found.get(placeholder)
        if known:
            found[placeholder] = known.model_copy(
                update={"score": max(known.score, one.score), "mentions": known.mentions + 1}
            )
            continue
        block = next(block for block in source.blocks if block.start <= one.start < block.end)
        before = source.text[max(block.start, one.start - _SHOWN) : one.start]
        after = source.text[one.end : min(block.end, one.end + _SHOWN)]
        line = block.lines[0] + source.text.count("\n", block.start, one.start) if block.lines else None
        found[placeholder] = Finding(
            id=f"{source.id}:{placeholder.strip('<>')}",
            source=label(source),
            placeholder=placeholder,
            entity=one.entity,
            score=one.score,
            mentions=1,
            locator=block.locator,
            lines=(line, line) if line else None,
            context=" ".join(f"{before}{placeholder}{after}".split()),
        )
    return list(found.values())


def label(source: Source | CleanSource) -> str:
    """A source as it is listed: path and ref."""
    return f"{source.path} {source.ref}".strip()


def _sum(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts.values():
        total.update(one)
    return dict(sorted(total.items()))
