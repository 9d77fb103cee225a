"""How well evidence is read: what of the gold is found, and what of what is found is right.

A gold item is found where a statement quotes one of its places; *typed* where it does so with one of the item's kinds. No
judge is asked: places are compared by lines, or by words where a format has no lines. Precision counts each statement
once for each of its kinds; a quote of more than two sentences is wrong. `fit_signal` isn't annotated and counts neither way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np

from icp_synth.evaluation.cases import GoldItem, GoldSet
from icp_synth.evaluation.gold_file import Place
from icp_synth.evaluation.metrics import Figure, f1_of, share_of
from icp_synth.evaluation.reading import Drafted, Prepared, Spoken, bears, resolved, sentences_at
from icp_synth.evaluation.results import Bin, Case, Result
from icp_synth.evidence import MAX_SENTENCES
from icp_synth.records import Claim, Kind, ProfileStatement, Role
from icp_synth.speakers import label_parts, person_of
from icp_synth.verification import Finding, verify

NOT_ANNOTATED = frozenset({"fit_signal"})
NOTHING = "nothing"
_BINS = 8
_WORST = 40

Rights = Sequence[tuple[ProfileStatement, Kind, bool]]
Borne = Mapping[str, set[str]]


def measure(read: Drafted, again: Sequence[Drafted] = (), grown: Sequence[tuple[Drafted, Drafted]] = ()) -> Result:
    """Compare what was read with the gold.

    `again` are further readings of the same set, for how stable they are; `grown` drafts of a part of it, each with the draft
    of the whole that came after.
    """
    gold, ready = read.prepared.gold, read.prepared
    statements = {one.id: one for one in read.profile.statements}
    borne = {
        item.id: {one.id for one in statements.values() if any(_bears(one, place, ready) for place in item.evidence)}
        for item in gold.items
    }
    core = [item for item in gold.items if item.core]
    claims = [claim for section in read.profile.sections for claim in section.claims]
    typed = {item.id: any({*statements[s].kinds} & item.kinds for s in borne[item.id]) for item in core}
    rights = [
        (statement, kind, _right(statement, kind, gold.items, borne))
        for statement in statements.values()
        for kind in statement.kinds
        if kind not in NOT_ANNOTATED
        and (gold.sample is None or any(_bears(statement, place, ready) for place in gold.sample))
    ]
    figures = {
        "core_recall": share_of((item.id, bool(borne[item.id])) for item in core),
        "typed_core_recall": share_of((item.id, typed[item.id]) for item in core),
        "typed_precision": share_of((_unit(s, ready), right) for s, _, right in rights),
        **_claims(core, claims, borne),
        "rebuttals_paired": share_of(_pairs(gold.items, claims, borne)),
        "roles": share_of(_roles(gold, read)),
        "words_of_us": share_of(
            ((_unit(s, ready), _is_ours(s, gold, ready)) for s in statements.values()), "lower", exact=True
        ),
        "on_traps": share_of(
            (
                (_unit(s, ready), _on_trap(s, gold, ready) and not any(s.id in b for b in borne.values()))
                for s in statements.values()
            ),
            "lower",
        ),
        **_held(read),
        "stable": share_of(_again(read, again)),
        "themes_kept": share_of(_kept(grown)),
        "members_kept": share_of(_members_kept(grown)),
    }
    figures["typed_f1"] = f1_of(figures["typed_core_recall"], figures["typed_precision"])
    return Result(
        suite="interviews",
        set=gold.name,
        reader=read.profile.analyst,
        figures=figures,
        by_kind=_by_kind(core, typed, rights, ready),
        confusion=_confusion(core, borne, statements),
        calibration=_calibration(rights, read),
        cases=(*_missed(core, typed, borne, statements, ready), *_wrong(rights, borne, read))[: 2 * _WORST],
        facts={
            "statements": len(statements),
            "claims": len(claims),
            "core_items": len(core),
            "accounts_off_by": _mean([abs(error) for _, error in _miscounted(core, claims, borne)]),
        },
    )


def _bears(statement: ProfileStatement, place: Place, ready: Prepared) -> bool:
    return bears(statement.source_id, statement.lines, statement.quote, place, ready)


def _unit(statement: ProfileStatement, ready: Prepared) -> str:
    return ready.unit_of[ready.file_of[statement.source_id]]


def _right(statement: ProfileStatement, kind: Kind, items: Sequence[GoldItem], borne: Borne) -> bool:
    short = len(re.findall(r"[.!?…][\"'”’)]*(?=\s|$)", statement.quote)) <= MAX_SENTENCES
    return short and any(kind in item.kinds and statement.id in borne[item.id] for item in items)


# ---------------------------------------------------------------- claims: page one, support, status, pairs


def _claims(core: Sequence[GoldItem], claims: Sequence[Claim], borne: Borne) -> dict[str, Figure]:
    best = {item.id: _best(item, claims, borne[item.id]) for item in core}
    return {
        "page_one_recall": share_of(
            (
                item.id,
                any(c.page_one and c.kind in item.kinds and borne[item.id] & {*c.evidence} for c in claims),
            )
            for item in core
        ),
        "accounts_exact": share_of((item.id, not error) for item, error in _miscounted(core, claims, borne)),
        "status_accuracy": share_of(
            (item.id, claim.status == item.status) for item in core if item.status and (claim := best[item.id])
        ),
    }


def _miscounted(core: Sequence[GoldItem], claims: Sequence[Claim], borne: Borne) -> list[tuple[GoldItem, int]]:
    """For each core item that a claim rests on: by how many accounts its best claim counts too many."""
    return [
        (item, claim.support.accounts - item.accounts)
        for item in core
        if item.accounts is not None and (claim := _best(item, claims, borne[item.id]))
    ]


def _best(item: GoldItem, claims: Sequence[Claim], found: set[str]) -> Claim | None:
    """The claim of a right kind that rests on most of the item's places."""
    fitting = [claim for claim in claims if claim.kind in item.kinds and found & {*claim.evidence}]
    return max(fitting, key=lambda claim: (len(found & {*claim.evidence}), claim.id), default=None)


def _pairs(items: Sequence[GoldItem], claims: Sequence[Claim], borne: Borne) -> list[tuple[str, bool]]:
    """For each rebuttal of the gold: whether a rebuttal of the profile rests on it and answers what it answers."""
    by_id = {claim.id: claim for claim in claims}
    pairs = [
        ({*claim.evidence}, {*by_id[claim.answers].evidence})
        for claim in claims
        if claim.kind == "rebuttal" and claim.answers in by_id
    ]
    return [
        (item.id, any(borne[item.id] & answer and borne[item.answers] & asked for answer, asked in pairs))
        for item in items
        if item.required and item.answers and item.answers in borne
    ]


# ---------------------------------------------------------------- who speaks


def _roles(gold: GoldSet, read: Drafted) -> list[tuple[str, bool]]:
    """For each speaker of the gold whose label is met: whether most of their words were taken for the right side's."""
    known = {(role.file, _name(role.speaker)): role.role for role in gold.roles}
    said: dict[tuple[str, str], Counter[Role]] = {}
    for one in read.prepared.spoken:
        key = _speaker(one, read.prepared, known)
        said.setdefault(key, Counter())[one.role] += one.end - one.start
    return [
        (read.prepared.unit_of[file], counts.most_common(1)[0][0] == known[file, who])
        for (file, who), counts in said.items()
        if (file, who) in known
    ]


def _is_ours(statement: ProfileStatement, gold: GoldSet, ready: Prepared) -> bool:
    """Whether a statement quotes somebody who is on our side by the gold."""
    ours = {(role.file, _name(role.speaker)) for role in gold.roles if role.role == "us"}
    return any(
        one.source == statement.source_id
        and one.start <= statement.start < one.end
        and statement.voice == "verbatim"
        and _speaker(one, ready, ours) in ours
        for one in ready.spoken
    )


def _speaker(one: Spoken, ready: Prepared, known: Container[tuple[str, str]]) -> tuple[str, str]:
    """The file and the speaker as the gold knows them: by their pseudonym, or else by their label."""
    file = ready.file_of[one.source]
    masked = (file, _name(one.pseudonym))
    return masked if masked in known else (file, _name(one.speaker))


def _name(label: str) -> str:
    return (person_of(label) or label_parts(label)[0]).lower()


def _on_trap(statement: ProfileStatement, gold: GoldSet, ready: Prepared) -> bool:
    traps = (Place(file=trap.file, lines=trap.lines, quote=trap.quote) for trap in gold.traps)
    return any(_bears(statement, place, ready) for place in traps if place.file in ready.words)


# ---------------------------------------------------------------- does it hold, and would it come out again?


def _held(read: Drafted) -> dict[str, Figure]:
    """Shares of quotes that stand where they say, and of claims that say more than their evidence; both worked out anew."""
    ready, who = read.prepared, resolved(read.prepared)
    sources = [*ready.sources.values()]
    verdict = verify(read.profile, sources, who.of_source, who.by_id, ready.rows)
    wrong = {finding.id for finding in verdict.findings}
    unborne = {finding.id for finding in verdict.findings if _says_more(finding)}
    claims = [claim for section in read.profile.sections for claim in section.claims]
    return {
        "citations_valid": share_of(
            ((_unit(s, ready), s.id not in wrong) for s in read.profile.statements), exact=True
        ),
        "claims_valid": share_of(((claim.kind, claim.id not in wrong) for claim in claims), exact=True),
        "unsupported_sentences": share_of(((c.kind, c.id in unborne) for c in claims), "lower", exact=True),
    }


def _says_more(finding: Finding) -> bool:
    return finding.what.startswith("says what its evidence doesn't")


def _again(read: Drafted, again: Sequence[Drafted]) -> Iterable[tuple[str, bool]]:
    """For each claim and further reading: whether the same words rest on the same quotes there, with the same status."""

    def told(one: Drafted) -> set[tuple[str, str, str, tuple[str, ...]]]:
        claims = (claim for section in one.profile.sections for claim in section.claims)
        return {(claim.kind, claim.text, claim.status, claim.evidence) for claim in claims}

    for other in again:
        theirs = told(other)
        yield from ((claim[0], claim in theirs) for claim in sorted(told(read)))


def _kept(grown: Sequence[tuple[Drafted, Drafted]]) -> Iterable[tuple[str, bool]]:
    """For each theme of a part: whether it still has its id when the rest has come."""
    for before, after in grown:
        ids = {theme.id for theme in after.themes}
        yield from ((theme.id, theme.id in ids) for theme in before.themes)


def _members_kept(grown: Sequence[tuple[Drafted, Drafted]]) -> Iterable[tuple[str, bool]]:
    """For each member of a theme of a part: whether the theme of that id still holds it."""
    for before, after in grown:
        held = {theme.id: {*theme.members} for theme in after.themes}
        yield from ((t.id, member in held.get(t.id, ())) for t in before.themes for member in t.members)


# ---------------------------------------------------------------- per kind, and what to look at


def _by_kind(
    core: Sequence[GoldItem], typed: Mapping[str, bool], rights: Rights, ready: Prepared
) -> dict[str, dict[str, Figure]]:
    kinds = sorted({item.kind for item in core} | {kind for _, kind, _ in rights})
    return {
        kind: {
            "recall": share_of((item.id, typed[item.id]) for item in core if item.kind == kind),
            "precision": share_of((_unit(s, ready), right) for s, said, right in rights if said == kind),
        }
        for kind in kinds
    }


def _confusion(
    core: Sequence[GoldItem], borne: Borne, statements: Mapping[str, ProfileStatement]
) -> dict[str, dict[str, int]]:
    """Per kind of a core item: as what its places were read. A place read as one of its kinds counts as that alone."""
    counted: dict[str, Counter[str]] = {}
    for item in core:
        row = counted.setdefault(item.kind, Counter())
        for name in sorted(borne[item.id]):
            right = {*statements[name].kinds} & item.kinds
            row.update([item.kind] if right else statements[name].kinds)
        if not borne[item.id]:
            row[NOTHING] += 1
    return {kind: dict(sorted(row.items())) for kind, row in sorted(counted.items())}


def _calibration(rights: Rights, read: Drafted) -> tuple[Bin, ...]:
    """Confidence against what turned out right, in bins of as many answers."""
    given = sorted((read.statements[s.id].confidence[kind], right) for s, kind, right in rights)
    chunks = [given[n * len(given) // _BINS : (n + 1) * len(given) // _BINS] for n in range(_BINS)]
    return tuple(
        Bin(
            confidence=round(float(np.mean([confidence for confidence, _ in some])), 4),
            right=round(float(np.mean([right for _, right in some])), 4),
            count=len(some),
        )
        for some in chunks
        if some
    )


def _missed(
    core: Sequence[GoldItem],
    typed: Mapping[str, bool],
    borne: Borne,
    statements: Mapping[str, ProfileStatement],
    ready: Prepared,
) -> list[Case]:
    """Core items that no statement of a right kind quotes, those that were overlooked first."""
    found = []
    for item in core:
        if not typed[item.id]:
            kinds = sorted({kind for name in borne[item.id] for kind in statements[name].kinds})
            where, text = _shown(item, ready)
            note = f"read as {', '.join(kinds)}" if kinds else "no statement there"
            found.append(
                Case(what="wrong kind" if kinds else "missed", kind=item.kind, where=where, text=text, note=note)
            )
    return sorted(found, key=lambda case: (case.what, case.where))[:_WORST]


def _shown(item: GoldItem, ready: Prepared) -> tuple[str, str]:
    """Where the first place of an item that was read is, and its clean text."""
    for place in item.evidence:
        said = [sentence for sentence, _ in sentences_at(place, ready)]
        if said:
            where = f"{ready.sources[said[0].source_id].path}{_lines(place.lines)}"
            return where, " ".join(sentence.text for sentence in said)
    return "", "None of its places is in a sentence that was read."


def _wrong(rights: Rights, borne: Borne, read: Drafted) -> list[Case]:
    """Statements that nothing in the gold bears out, the surest first."""
    confidence = {(s.id, kind): read.statements[s.id].confidence[kind] for s, kind, _ in rights}
    wrong = sorted(
        ((s, kind) for s, kind, right in rights if not right), key=lambda w: (-confidence[w[0].id, w[1]], w[0].id)
    )
    return [
        Case(
            what="not in the gold" if not any(s.id in found for found in borne.values()) else "of another kind",
            kind=kind,
            where=f"{s.source}{_lines(s.lines)}",
            text=s.quote,
            note=f"confidence {confidence[s.id, kind]:.2f}",
        )
        for s, kind in wrong[:_WORST]
    ]


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


def _lines(lines: tuple[int, int] | None) -> str:
    return "" if not lines else f":{lines[0]}" if lines[0] == lines[1] else f":{lines[0]}–{lines[1]}"
