"""What a reader sees of a profile, in words: the same for every format, so that no two formats can disagree.

Strings of a view are for display: white space is folded to single spaces, what can't be printed becomes U+FFFD, and
invisible characters that reorder the text around them are left out. `profile.json` keeps what was said to the letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from icp_synth.errors import AdmissionError
from icp_synth.records import Claim, Criterion, Profile, ProfileAccount, ProfileSource, ProfileStatement, Prose, Section
from icp_synth.stages.render.facts import FactView, fact_views, on_page_one, tags
from icp_synth.stages.render.wording import (
    HOW_TO_READ,
    KIND_WORDS,
    PARTIAL,
    STATUS_MARKS,
    WRITTEN,
    day,
    place,
    plural,
    seen,
    small_numbers,
    source_name,
    status_count,
    support_words,
    unknown_words,
)

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LONGEST_BAR = 20  # more segments can't be told apart, so a longer bar shows the share
_CRITERIA_ON_PAGE_ONE = 3


@dataclass(frozen=True)
class QuoteView:
    """A quote in its context, and what is needed to find it in the original. `note` marks what isn't verbatim."""

    number: str
    quote: str
    before: str
    after: str
    question: str
    account: str
    source: str
    place: str
    kind: str
    date: str
    note: str


@dataclass(frozen=True)
class ProseView:
    """A sentence that a model wrote, and the numbers of the quotes that bear it."""

    text: str
    cites: str


@dataclass(frozen=True)
class ClaimView:
    """A claim as it is shown.

    `spoken` says that `text` stands word for word in a customer's verbatim quote; `reported` that no quote is verbatim.
    `brief` are the facts for page one, label and words; `tags` those that stand beside its status. What a fact is read
    from is among the quotes of `evidence`, marked where it stands beside the evidence.
    """

    number: int
    text: str
    spoken: bool
    reported: bool
    rebuttal: bool
    status: str
    mark: str
    support: str
    segments: tuple[bool, ...]
    unknown: str
    sources: str
    kinds: tuple[str, ...]
    seen: str
    details: tuple[tuple[str, str], ...]
    brief: tuple[tuple[str, str], ...]
    facts: tuple[FactView, ...]
    tags: tuple[str, ...]
    page_one: bool
    evidence: tuple[QuoteView, ...]
    counter: tuple[QuoteView, ...]
    prose: tuple[ProseView, ...] = ()
    rebuttals: tuple[ClaimView, ...] = ()


@dataclass(frozen=True)
class CriterionView:
    """A fit criterion, and the cells of the tables that it rests on."""

    name: str
    good: str
    bad: str
    note: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PartView:
    """A section. `empty` says why there is nothing in it; `rest` what page one leaves to the appendix."""

    key: str
    title: str
    claims: tuple[ClaimView, ...]
    page_one: tuple[ClaimView, ...]
    criteria: tuple[CriterionView, ...]
    empty: str
    rest: str
    portrait: tuple[ProseView, ...] = ()


@dataclass(frozen=True)
class AccountView:
    """A row of the table of accounts."""

    name: str
    why: str
    sources: int
    outcome: str
    attributes: str


@dataclass(frozen=True)
class SourceView:
    """A row of the table of sources. `guessed` names what nothing in the source says outright."""

    name: str
    kind: str
    account: str
    date: str
    outcome: str
    words: str
    guessed: str


@dataclass(frozen=True)
class PageView:
    """The whole one-pager, in words. `tally` counts claims: (status, mark, words).

    `dropped` lists sentences of a model that weren't let in: (about what, text, why); `partial` what it gave no answer to.
    """

    name: str
    product: str
    workspace: str
    as_of: str
    analyst: str
    basis: str
    tally: tuple[tuple[str, str, str], ...]
    parts: tuple[PartView, ...]
    criteria: tuple[CriterionView, ...]
    criteria_note: str
    accounts: tuple[AccountView, ...]
    sources: tuple[SourceView, ...]
    gaps: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str, str], ...] = ()
    partial: tuple[tuple[str, str], ...] = ()
    how_to_read: tuple[tuple[str, str], ...] = HOW_TO_READ


def view(profile: Profile) -> PageView:
    """Put a profile into words. Raises AdmissionError for a claim that cites nothing, or something that isn't there."""
    lookup = _Lookup(profile)
    criteria = tuple(_criterion(c, lookup) for c in profile.criteria)
    numbers = count(1)
    written = any(s.portrait or any(claim.prose for claim in s.claims) for s in profile.sections)
    return PageView(
        name=shown(profile.name),
        product=shown(profile.product),
        workspace=shown(profile.workspace),
        as_of=day(profile.as_of),
        analyst=shown(profile.analyst),
        basis=_basis(profile, lookup),
        tally=_tally(profile.sections),
        parts=tuple(_part(s, criteria, numbers, lookup) for s in profile.sections),
        criteria=criteria,
        criteria_note=small_numbers(max(c.of_good + c.of_bad for c in profile.criteria)) if profile.criteria else "",
        accounts=tuple(_account(a) for a in profile.accounts),
        sources=tuple(_source(s, lookup) for s in profile.sources),
        gaps=tuple((shown(g.what), shown(g.advice)) for g in profile.gaps),
        dropped=tuple(_dropped(profile)),
        partial=tuple((PARTIAL[one.task], shown(f"{one.about}: {one.why}")) for one in profile.partial),
        how_to_read=(*HOW_TO_READ, WRITTEN) if written else HOW_TO_READ,
    )


def _dropped(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Each dropped sentence under the title of its section, or the headline of its theme."""
    titles = {section.key: section.title for section in profile.sections}
    texts = {claim.id: claim.text for section in profile.sections for claim in section.claims}
    for one in profile.dropped:
        about = titles.get(one.about) or texts.get(f"c-{one.about}") or one.about
        yield shown(about), shown(one.text), shown(one.reason)


def shown(text: str) -> str:
    """A text as it can be shown on one line of any format."""
    return _folded(text).strip()


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", _UNPRINTABLE.sub("\ufffd", _REORDERING.sub("", text)))


class _Lookup:
    """What claims, statements and cells refer to by id."""

    def __init__(self, profile: Profile) -> None:
        self._statements = {s.id: s for s in profile.statements}
        self._sources = {s.id: s for s in profile.sources}
        self._names = {a.id: a.name for a in profile.accounts}
        kinds = {s.source_kind for s in profile.statements}
        self.one_kind = KIND_WORDS[kinds.pop()] if len(kinds) == 1 else ""
        self.all_reported = bool(profile.statements) and all(s.voice == "reported" for s in profile.statements)

    def account(self, account_id: str) -> str:
        return shown(self._names.get(account_id, account_id))

    def source(self, statement: ProfileStatement) -> str:
        """Path and ref; the path alone where the ref only repeats the place (a row of a table)."""
        source = self._sources.get(statement.source_id)
        return shown(source_name(source) if source and source.ref != place(statement) else statement.source)

    def quote(self, statement_id: str) -> str:
        return shown(self._statements[statement_id].quote)

    def cited(self, claim: Claim, ids: Iterable[str]) -> list[ProfileStatement]:
        try:
            return [self._statements[i] for i in ids]
        except KeyError as missing:
            raise AdmissionError(
                f"claim {claim.id} cites statement {missing}, which the profile doesn't hold.",
                "Synthesize the profile again.",
            ) from missing


def _part(section: Section, criteria: tuple[CriterionView, ...], numbers: Iterator[int], lookup: _Lookup) -> PartView:
    claims = tuple(_tree(section.claims, numbers, lookup))
    page_one = tuple(_page_one(claims))
    left = len(section.claims) - sum(1 + len(c.rebuttals) for c in page_one)
    return PartView(
        key=section.key,
        title=shown(section.title),
        claims=claims,
        page_one=page_one,
        criteria=criteria[:_CRITERIA_ON_PAGE_ONE] if section.key == "fit" else (),
        empty="" if claims else shown(section.empty or "Insufficient evidence."),
        rest=f"{left} more in the appendix"
        if left and page_one
        else f"{plural(left, 'claim')} in the appendix"
        if left
        else "",
        portrait=_portrait(section, claims, lookup),
    )


def _portrait(section: Section, claims: Sequence[ClaimView], lookup: _Lookup) -> tuple[ProseView, ...]:
    """What sums a section up, citing quotes under the numbers that they have in its claims."""
    answerable = {c.id for c in section.claims if c.answers is None}
    tops = [c for c in section.claims if c.answers not in answerable]
    seats: dict[str, ClaimView] = {}
    for claim, seat in zip(tops, claims, strict=True):
        answers = [c for c in section.claims if c.answers == claim.id and claim.id in answerable]
        seats |= {c.id: view for c, view in zip([claim, *answers], [seat, *seat.rebuttals], strict=True)}
    numbers: dict[str, str] = {}
    for claim in section.claims:
        for n, i in enumerate(claim.evidence, 1):
            numbers.setdefault(i, f"{seats[claim.id].number}.{n}")
    return _prose(section.portrait, numbers)


def _prose(written: Iterable[Prose], numbers: Mapping[str, str]) -> tuple[ProseView, ...]:
    """Raises AdmissionError for a sentence that cites something that isn't there."""
    try:
        return tuple(
            ProseView(text=shown(one.text), cites=", ".join(numbers[i] for i in one.evidence)) for one in written
        )
    except KeyError as missing:
        raise AdmissionError(f"A model's sentence cites {missing}, which isn't there.", "Draft again.") from missing


def _tree(claims: Sequence[Claim], numbers: Iterator[int], lookup: _Lookup) -> Iterator[ClaimView]:
    """Rebuttals go under the claim that they answer; one that answers a claim elsewhere stands by itself."""
    answerable = {c.id for c in claims if c.answers is None}
    for claim in claims:
        if claim.answers not in answerable:
            seat = _claim(claim, next(numbers), lookup)
            answers = tuple(
                _claim(c, next(numbers), lookup) for c in claims if c.answers == claim.id and claim.id in answerable
            )
            yield replace(seat, rebuttals=answers)


def _page_one(claims: Sequence[ClaimView]) -> Iterator[ClaimView]:
    for claim in claims:
        answers = tuple(r for r in claim.rebuttals if r.page_one)
        if claim.page_one:
            yield replace(claim, rebuttals=answers)
        else:
            yield from answers


def _claim(claim: Claim, number: int, lookup: _Lookup) -> ClaimView:
    evidence = lookup.cited(claim, claim.evidence)
    if not evidence:
        raise AdmissionError(
            f"claim {claim.id} cites no evidence.", "Only claims that rest on statements can be rendered."
        )
    counter = lookup.cited(claim, claim.counter)
    beside = lookup.cited(claim, dict.fromkeys(f.statement for f in claim.facts if f.statement not in claim.evidence))
    text = shown(claim.text)
    support = claim.support
    said = [*evidence, *beside]
    quotes = [_quote(s, f"{number}.{n}", lookup) for n, s in enumerate([*said, *counter], 1)]
    quotes[len(evidence) : len(said)] = [replace(q, note=_beside(q.note)) for q in quotes[len(evidence) : len(said)]]
    numbers = {s.id: q.number for s, q in zip(said, quotes, strict=False)}
    facts = fact_views(claim, lookup.quote, numbers)
    return ClaimView(
        number=number,
        text=text,
        spoken=any(s.voice == "verbatim" and s.role == "customer" and text in shown(s.quote) for s in evidence),
        reported=not lookup.all_reported and all(s.voice == "reported" for s in evidence),
        rebuttal=claim.kind == "rebuttal",
        status=claim.status,
        mark=STATUS_MARKS[claim.status],
        support=support_words(support),
        segments=_segments(support.accounts, support.of_accounts),
        unknown=unknown_words(support),
        sources=f"{support.sources} of {plural(support.of_sources, 'source')}",
        kinds=() if lookup.one_kind else tuple(KIND_WORDS[k] for k in support.source_kinds),
        seen=seen(support),
        details=tuple((shown(k.replace("_", " ")), shown(v)) for k, v in sorted(claim.detail.items())),
        brief=tuple((shown(label), shown(words)) for label, words in on_page_one(claim, facts)),
        tags=tags(facts),
        facts=tuple(replace(fact, label=shown(fact.label), text=shown(fact.text)) for fact in facts),
        page_one=claim.page_one,
        evidence=tuple(quotes[: len(said)]),
        counter=tuple(quotes[len(said) :]),
        prose=_prose(claim.prose, {s.id: q.number for s, q in zip(evidence, quotes, strict=False)}),
    )


def _beside(note: str) -> str:
    return ", ".join(filter(None, (note, "said beside it")))


def _segments(filled: int, total: int) -> tuple[bool, ...]:
    if total > _LONGEST_BAR:
        # Rounded so that no support looks like none, and none but all looks like all.
        filled, total = min(-(-filled * _LONGEST_BAR // total), _LONGEST_BAR - (filled < total)), _LONGEST_BAR
    return tuple(n < filled for n in range(total))


def _quote(statement: ProfileStatement, number: str, lookup: _Lookup) -> QuoteView:
    notes = ["reported by note-taker"] if statement.voice == "reported" else []
    if statement.role != "customer":
        notes.append("speaker's side unknown")
    return QuoteView(
        number=number,
        quote=shown(statement.quote),
        before=_folded(statement.before).lstrip(),
        after=_folded(statement.after).rstrip(),
        question=shown(statement.question),
        account=lookup.account(statement.account),
        source=lookup.source(statement),
        place=place(statement),
        kind=KIND_WORDS[statement.source_kind],
        date=day(statement.date),
        note=", ".join(notes),
    )


def _criterion(criterion: Criterion, lookup: _Lookup) -> CriterionView:
    return CriterionView(
        name=shown(f"{criterion.attribute}: {criterion.value}"),
        good=f"{criterion.good} of {criterion.of_good}",
        bad=f"{criterion.bad} of {criterion.of_bad}",
        note=shown(criterion.note),
        cells=tuple(
            shown(f"{lookup.account(c.account)}: {c.heading} = {c.value} ({c.path}, row {c.row})")
            for c in criterion.cells
        ),
    )


def _account(account: ProfileAccount) -> AccountView:
    return AccountView(
        name=shown(account.name),
        why=shown(account.why if account.known else f"unknown: {account.why}"),
        sources=account.sources,
        outcome=account.outcome or "",
        attributes=shown("; ".join(f"{k}: {v}" for k, v in sorted(account.attributes.items()))),
    )


def _source(source: ProfileSource, lookup: _Lookup) -> SourceView:
    heard = {"customer": source.words_customer, "us": source.words_us, "unknown": source.words_unknown}
    return SourceView(
        name=shown(source_name(source)),
        kind=KIND_WORDS[source.kind],
        account=lookup.account(source.account),
        date=day(source.date),
        outcome=source.outcome or "",
        words=", ".join(f"{n:,} {who}" for who, n in heard.items() if n),
        guessed=shown(", ".join(source.inferred)),
    )


def _basis(profile: Profile, lookup: _Lookup) -> str:
    """What the profile rests on, and what holds for every claim and so needn't stand at each."""
    if not profile.sources:
        return "No evidence yet."
    known = sum(a.known and a.sources > 0 for a in profile.accounts)
    dates = [s.date for s in profile.sources if s.date]
    newest = f" Newest evidence: {day(max(dates))}." if dates else " None of it is dated."
    kind = f" Source kind: {lookup.one_kind}." if lookup.one_kind else ""
    voice = " All of it is reported, not verbatim." if lookup.all_reported else ""
    return f"{plural(len(profile.sources), 'source')} from {plural(known, 'known account')}.{newest}{kind}{voice}"


def _tally(sections: Sequence[Section]) -> tuple[tuple[str, str, str], ...]:
    counts = Counter(c.status for s in sections for c in s.claims)
    return tuple(
        (status, mark, status_count(counts[status], status)) for status, mark in STATUS_MARKS.items() if counts[status]
    )
