"""The flow, on one screen.

    bytes → Source(blocks) → Turn[] → CleanSource → Sentence[] → Statement[] → Theme[] → Profile → Artifact
     ingest              roles       scrub        segment+embed    read+admit    cluster+word  synthesize  render

Stages are pure; the ports (detector, embedder, analyst) are called between them: the analyst reads, consolidates themes, words
them, pairs rebuttals and sums sections up, and what it writes is checked (`prose`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from icp_synth import blocklist, prose
from icp_synth.errors import AdmissionError, ModelError, ScrubError
from icp_synth.evidence import admit
from icp_synth.ports import Analyst, Detector, Embedder, Passages, Vectors
from icp_synth.records import (
    AccountRef,
    AccountRow,
    Candidate,
    CleanSource,
    Manifest,
    Overlay,
    Partial,
    PrivacyRules,
    Profile,
    ProfileSource,
    ProfileStatement,
    Proposed,
    Record,
    Redaction,
    Sentence,
    Source,
    Statement,
    Theme,
    Turn,
)
from icp_synth.speakers import manifest_people, words_by_role
from icp_synth.stages import accounts, arrange, cluster, criteria, describe, roles, scrub, synthesize, word
from icp_synth.support import Evidence

CONTEXT = 160  # characters shown on either side of a quote
_READ_AS_COMPANY = (
    "heading",
    "company in the speaker label",
    "company of the attendee",
)  # other things may stand there


def clean(
    raw: Source,
    manifest: Manifest,
    detector: Detector,
    keyed: Callable[..., str],
    rules: PrivacyRules = PrivacyRules(),  # noqa: B008
) -> CleanSource:
    """Raw source → clean source. Raises ScrubError: then nothing of it may be kept."""
    cleaned = clean_all([raw], manifest, detector, keyed, rules)[0]
    if isinstance(cleaned, ScrubError):
        raise cleaned
    return cleaned


def clean_all(
    raws: Sequence[Source], manifest: Manifest, detector: Detector, keyed: Callable[..., str], rules: PrivacyRules
) -> list[CleanSource | ScrubError]:
    """Raw sources → clean sources, looked at together; an error for each of which nothing may be kept."""
    opened = [_open(raw, manifest, keyed) for raw in raws]
    found = detector.find_all([one.prepared.passage for one in opened])
    cleaned: list[CleanSource | ScrubError] = []
    for one, findings in zip(opened, found, strict=True):
        try:
            if isinstance(findings, ScrubError):
                raise findings
            cleaned.append(_cleaned(one, findings, manifest, detector, keyed, rules))
        except ScrubError as error:
            cleaned.append(error)
    return cleaned


class _Opened(Record):
    """A raw source with its turns and kind, laid out for the detector, and whose words it holds."""

    raw: Source
    source: Source
    turns: tuple[Turn, ...]
    told: describe.Description
    prepared: scrub.Prepared
    account: AccountRef


def _open(raw: Source, manifest: Manifest, keyed: Callable[..., str]) -> _Opened:
    told = describe.describe(raw, manifest)
    source, turns = roles.assign(raw, manifest, told.kind)
    people = [name for people in manifest_people(manifest, source.path) for name in people]
    account = accounts.hint(source, manifest, lambda address: keyed("person", address)[:6])
    return _Opened(
        raw=raw, source=source, turns=tuple(turns), told=told, prepared=scrub.prepare(source, people), account=account
    )


def _cleaned(
    opened: _Opened,
    findings: Sequence[Redaction],
    manifest: Manifest,
    detector: Detector,
    keyed: Callable[..., str],
    rules: PrivacyRules,
) -> CleanSource:
    source, told, account = opened.source, opened.told, opened.account
    if account.why in _READ_AS_COMPANY and scrub.is_personal(
        account.name, opened.prepared, detector.find(f"{account.name} said")
    ):
        account = accounts.UNKNOWN
    keep = [name for name in (manifest.product, manifest.us_company, account.name) if name]
    masked = scrub.mask(opened.prepared, findings, keep, source.path, detector.find_in_label(source.path), rules)
    inferred = [*told.inferred, *(() if account.why in ("manifest", "named in the source") else ("account",))]
    cleaned = CleanSource(
        id=describe.identity(opened.raw, account, keyed),
        path=masked.path,
        format=source.format,
        kind=told.kind,
        text=masked.text,
        blocks=scrub.clean_blocks(source.blocks, masked),
        turns=scrub.clean_turns(opened.turns, masked, scrub.titles(source, opened.prepared, detector.find_in_label)),
        account=accounts.masked(account, keyed) if rules.mask_accounts else account,
        ref=source.ref,
        title=masked.title or None,
        date=told.date,
        outcome=told.outcome,
        inferred=tuple(inferred),
        redactions=masked.redactions,
    )
    if rules.mask_accounts:
        companies = {account.name, account.domain, *(entry.account for entry in manifest.sources)}
        cleaned = blocklist.without(cleaned, blocklist.naming(filter(None, companies)))
    return without_added(cleaned, rules, keyed)


def without_added(source: CleanSource, rules: PrivacyRules, keyed: Callable[..., str]) -> CleanSource:
    """A clean source without what a person had removed by hand."""
    return blocklist.without(source, partial(blocklist.blocked, rules=rules, keyed=keyed)) if rules.added else source


def clean_row(row: AccountRow, detector: Detector, keyed: Callable[..., str], rules: PrivacyRules) -> AccountRow:
    """A row of an accounts table without personal data. Raises ScrubError."""
    cleaned = scrub.clean_row(row, detector.find, rules)
    return row_without_added(accounts.masked_row(cleaned, keyed) if rules.mask_accounts else cleaned, rules, keyed)


def row_without_added(row: AccountRow, rules: PrivacyRules, keyed: Callable[..., str]) -> AccountRow:
    """A row without what a person had removed by hand."""
    return scrub.clean_row(row, partial(blocklist.blocked, rules=rules, keyed=keyed), rules) if rules.added else row


def embed(sentences: Sequence[Sentence], embedder: Embedder) -> Vectors:
    """One unit vector per sentence."""
    return embedder.embed([sentence.text for sentence in sentences])


def read(
    source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, analyst: Analyst, embedder: Embedder
) -> list[Statement]:
    """The whole reading of one source. Raises ModelError where the analyst gave only a part of it."""
    (found,) = read_all([(source, sentences, vectors)], analyst, embedder)
    if found.partial:
        raise ModelError(found.partial[0].why)
    return [*found.what]


def read_all(
    unread: Sequence[tuple[CleanSource, Sequence[Sentence], Vectors]], analyst: Analyst, embedder: Embedder
) -> list[Proposed[tuple[Statement, ...]]]:
    """What the analyst proposes about each source and `admit` lets in. Candidates that don't hold are dropped there."""
    found = analyst.read([passages(*one, embedder) for one in unread])
    return [
        Proposed(what=tuple(_admitted(read.what, source, sentences)), partial=read.partial)
        for (source, sentences, _), read in zip(unread, found, strict=True)
    ]


def passages(source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, embedder: Embedder) -> Passages:
    """What customers say in a source, for an analyst: it is never shown anything else. `vectors` has a row per sentence."""
    customers = [n for n, sentence in enumerate(sentences) if source.turns[sentence.turn].role == "customer"]
    theirs = [sentences[n] for n in customers]
    asked = embedder.embed([sentence.question or sentence.heading or "" for sentence in theirs])
    asked = np.where([[bool(s.question or s.heading)] for s in theirs], asked, np.float32(0)) if theirs else asked
    return Passages(source=source, sentences=theirs, vectors=vectors[customers], questions=asked)


def _admitted(
    candidates: Sequence[Candidate], source: CleanSource, sentences: Sequence[Sentence]
) -> Iterator[Statement]:
    by_id = {sentence.id: sentence for sentence in sentences}
    for candidate in candidates:
        try:
            yield admit(candidate, source, by_id)
        except AdmissionError:
            continue


class State(Record):
    """Everything that a draft is a function of, besides the product's name, the date and what the analyst answers.

    `partial` says of which sources the analyst read only a part.
    """

    workspace: str
    sources: tuple[CleanSource, ...]
    statements: tuple[Statement, ...]
    rows: tuple[AccountRow, ...]
    overlays: tuple[Overlay, ...]
    earlier: tuple[Theme, ...]
    partial: tuple[Partial, ...] = ()


class Draft(Record):
    """A profile and the themes that it rests on."""

    profile: Profile
    themes: tuple[Theme, ...]


def draft(
    state: State,
    vectors: Mapping[str, Vectors],
    *,
    product: str,
    analyst: Analyst,
    embedder: Embedder,
    as_of: dt.date,
) -> Draft:
    """Statements → themes → profile. `vectors` holds a unit vector per statement id. Same in and answered, same out."""
    resolved = accounts.resolve(state.sources, state.rows, state.overlays)
    evidence = Evidence(
        sources={source.id: source for source in state.sources},
        statements={statement.id: statement for statement in state.statements},
        account_of=resolved.of_source,
        accounts=resolved.by_id,
    )
    clustered = cluster.cluster(state.statements, vectors, state.earlier)
    united = analyst.consolidate(clustered, arrange.settled(clustered, state.earlier), evidence.statements, vectors)
    arranged = arrange.arrange(clustered, [*arrange.decisions(united.what, clustered), *state.overlays])
    themes = arrange.by_centre(arranged, vectors)
    worded = prose.worded(themes, evidence, vectors, analyst, embedder)
    headlines = word.headlines(themes, worded.chosen, evidence.statements)
    made = prose.beside(synthesize.claims(evidence, themes, headlines, vectors, state.overlays, product), worded)
    praise = [theme for theme in themes if theme.kind == "rebuttal" and theme.id in made]
    answers = analyst.rebut(synthesize.doubts(made), praise, evidence.statements, vectors)
    seated = synthesize.sections(evidence, themes, made, answers.what, state.overlays)
    summed = prose.summed_up(seated, evidence, vectors, analyst, embedder)
    sections = prose.above(seated, summed)
    merged = accounts.merges(state.overlays)
    profile = Profile(
        workspace=state.workspace,
        product=product,
        name=synthesize.name_of(sections, product),
        as_of=as_of,
        analyst=analyst.name,
        accounts=tuple(sorted(resolved.by_id.values(), key=lambda a: a.id)),
        sources=tuple(_shown_source(s, resolved.of_source) for s in sorted(state.sources, key=_order)),
        sections=sections,
        criteria=criteria.criteria(resolved.by_id, state.rows, lambda row: accounts.of_row(row, merged)),
        gaps=criteria.gaps(sections, resolved.by_id, state.sources, resolved.of_source, as_of),
        statements=tuple(
            shown_statement(statement, evidence) for statement in sorted(state.statements, key=lambda s: s.id)
        ),
        dropped=(*worded.dropped, *summed.dropped),
        partial=(*state.partial, *united.partial, *worded.partial, *answers.partial, *summed.partial),
    )
    return Draft(profile=profile, themes=themes)


def _order(source: CleanSource) -> tuple[str, str, str]:
    return (source.path, source.ref, source.id)


def _shown_source(source: CleanSource, account_of: Mapping[str, str]) -> ProfileSource:
    words = words_by_role(source.text, ((t.start, t.end, t.role) for t in source.turns))
    return ProfileSource(
        id=source.id,
        path=source.path,
        ref=source.ref,
        format=source.format,
        kind=source.kind,
        account=account_of[source.id],
        date=source.date,
        outcome=source.outcome,
        inferred=source.inferred,
        words_customer=words["customer"],
        words_us=words["us"],
        words_unknown=words["unknown"],
    )


def shown_statement(statement: Statement, evidence: Evidence) -> ProfileStatement:
    """A statement as it is published: with its account, its speaker, and what stands around it."""
    source = evidence.sources[statement.source_id]
    turn = next(t for t in source.turns if t.start <= statement.start and statement.end <= t.end)
    asked = source.turns[turn.question] if turn.question is not None else None
    account = evidence.accounts[evidence.account_of[source.id]]
    return ProfileStatement(
        id=statement.id,
        kinds=statement.kinds,
        quote=statement.quote,
        source=source.path,
        source_id=source.id,
        source_kind=statement.source_kind,
        account=account.name,
        role=statement.role,
        voice=statement.voice,
        start=statement.start,
        end=statement.end,
        lines=statement.lines,
        locator=statement.locator,
        date=statement.date,
        speaker=turn.speaker,
        question=source.text[asked.start : asked.end] if asked else "",
        before=_before(source.text[turn.start : statement.start]),
        after=_after(source.text[statement.end : turn.end]),
    )


def _before(text: str) -> str:
    """The end of what stands before a quote, from a whole word on."""
    return text if len(text) <= CONTEXT else "…" + text[-CONTEXT:].partition(" ")[2]


def _after(text: str) -> str:
    """The beginning of what stands behind a quote, up to a whole word."""
    return text if len(text) <= CONTEXT else text[:CONTEXT].rpartition(" ")[0] + "…"
