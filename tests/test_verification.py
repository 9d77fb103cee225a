"""`verify` works everything out again: the true profile of the demo holds, and no planted lie does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from icp_synth import wiring
from icp_synth.adapters.files import collect
from icp_synth.cli.console import RichProgress
from icp_synth.cli.evidence import read_manifest
from icp_synth.records import (
    AccountRow,
    Block,
    Claim,
    CleanSource,
    Fact,
    FactName,
    Locator,
    Profile,
    ProfileStatement,
    Prose,
    RawFile,
    Section,
)
from icp_synth.settings import Settings
from icp_synth.stages.accounts import Accounts
from icp_synth.stages.ingest import ingest
from icp_synth.verification import Verdict, verify
from tests.conftest import EVIDENCE, Demo


@dataclass(frozen=True)
class Bench:
    """The demo's profile, and what it is checked against."""

    profile: Profile
    sources: Sequence[CleanSource]
    accounts: Accounts
    rows: Sequence[AccountRow]
    originals: Sequence[RawFile]

    def judge(self, profile: Profile, originals: Sequence[RawFile] | None = None) -> Verdict:
        manifest = read_manifest(EVIDENCE, None)

        def blocks(raw: RawFile) -> list[Block]:
            return [block for source in ingest(raw, manifest).sources for block in source.blocks]

        return verify(profile, self.sources, self.accounts.of_source, self.accounts.by_id, self.rows, originals, blocks)


@pytest.fixture(scope="module")
def bench(demo: Demo) -> Bench:
    with wiring.open_workspace(Settings(home=demo.home), "demo", RichProgress()) as here:
        sources, accounts, rows = here.sources(), here.accounts(), here.store.account_rows()
    originals = [item for item in collect(EVIDENCE, None) if isinstance(item, RawFile)]
    return Bench(Profile.model_validate_json(demo.profile.read_bytes()), sources, accounts, rows, originals)


def with_statement(profile: Profile, lie: ProfileStatement) -> Profile:
    """The profile with one statement changed."""
    statements = tuple(lie if s.id == lie.id else s for s in profile.statements)
    return profile.model_copy(update={"statements": statements})


def with_claim(profile: Profile, lie: Claim) -> Profile:
    """The profile with one claim changed."""

    def changed(section: Section) -> Section:
        claims = tuple(lie if c.id == lie.id else c for c in section.claims)
        return section.model_copy(update={"claims": claims})

    return profile.model_copy(update={"sections": tuple(map(changed, profile.sections))})


def claims(profile: Profile) -> list[Claim]:
    return [claim for section in profile.sections for claim in section.claims]


# ---------------------------------------------------------------- the truth


def test_the_profile_of_the_demo_holds(bench: Bench) -> None:
    verdict = bench.judge(bench.profile)
    assert verdict.findings == ()
    assert verdict.checked["quotes"] == len(bench.profile.statements) > 100
    assert verdict.checked["claims"] == len(claims(bench.profile))
    assert verdict.checked["facts"] == sum(len(claim.facts) for claim in claims(bench.profile)) > 20
    assert "originals" not in verdict.checked


def test_every_quote_of_the_demo_stands_in_its_original_at_its_place(bench: Bench) -> None:
    verdict = bench.judge(bench.profile, bench.originals)
    assert verdict.findings == ()
    assert verdict.checked["originals"] == len(bench.profile.statements)


def test_the_demo_quotes_from_every_format_that_it_has(bench: Bench) -> None:
    quoted = {s.source_id for s in bench.profile.statements}
    formats = {s.format for s in bench.profile.sources if s.id in quoted}
    assert formats >= {"txt", "md", "docx", "vtt", "srt", "eml", "csv", "gong", "fireflies", "zendesk", "html"}


# ---------------------------------------------------------------- lies about a quote


def moved(s: ProfileStatement, by: int) -> dict[str, object]:
    return {"start": s.start + by, "end": s.end + by}


LIES: dict[str, Callable[[ProfileStatement], dict[str, object]]] = {
    "a place one further": lambda s: moved(s, 1),
    "a place one before": lambda s: moved(s, -1),
    "an end one further": lambda s: {"end": s.end + 1},
    "a word added to the quote": lambda s: {"quote": f"{s.quote} Really", "end": s.end + 7},
    "a word of the quote replaced": lambda s: {"quote": s.quote.replace(s.quote.split()[1], "nowhere", 1)},
    "an empty quote": lambda s: {"quote": "", "end": s.start},
    "other lines": lambda s: {"lines": (s.lines[0] + 1, s.lines[1] + 1) if s.lines else (1, 1)},
    "no lines": lambda s: {"lines": None if s.lines else (7, 7)},
    "another place": lambda s: {"locator": s.locator.model_copy(update={"first": s.locator.first + 1})},
    "another unit": lambda s: {"locator": Locator(unit="page", first=1, last=1)},
    "the seller's words": lambda s: {"role": "us"},
    "another source": lambda s: {"source_id": "src-nowhere"},
    "another file": lambda s: {"source": "calls/other.vtt"},
    "another account": lambda s: {"account": "Somebody Else"},
    "another kind of source": lambda s: {"source_kind": "review" if s.source_kind != "review" else "call"},
    "another day": lambda s: {"date": dt.date(1999, 1, 1)},
    "another voice": lambda s: {"voice": "reported" if s.voice == "verbatim" else "verbatim"},
    "another speaker": lambda s: {"speaker": "<PERSON_99>"},
    "words before it that nobody said": lambda s: {"before": f"{s.before}We love it. "},
    "words after it that nobody said": lambda s: {"after": f" We love it.{s.after}"},
    "a question that nobody asked": lambda s: {"question": "Would you pay ten times as much?"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_about_a_quote_turns_it_red(bench: Bench, lie: Callable[[ProfileStatement], dict[str, object]]) -> None:
    told = bench.profile.statements[len(bench.profile.statements) // 2]
    verdict = bench.judge(with_statement(bench.profile, told.model_copy(update=lie(told))))
    assert told.id in {finding.id for finding in verdict.findings}


def test_the_sellers_words_quoted_as_a_customers_turn_it_red(bench: Bench) -> None:
    source = next(s for s in bench.sources if any(t.role == "us" for t in s.turns) and s.format == "vtt")
    turn = next(t for t in source.turns if t.role == "us" and t.end - t.start > 40)
    told = next(s for s in bench.profile.statements if s.source_id == source.id)
    said = source.text[turn.start : turn.end]
    lie = told.model_copy(update={"quote": said, "start": turn.start, "end": turn.end, "before": "", "after": ""})
    verdict = bench.judge(with_statement(bench.profile, lie))
    assert any(f.id == told.id and "spoken by us" in f.what for f in verdict.findings)


def test_the_same_statement_twice_turns_it_red(bench: Bench) -> None:
    twice = (*bench.profile.statements, bench.profile.statements[0])
    verdict = bench.judge(bench.profile.model_copy(update={"statements": twice}))
    assert [finding.what for finding in verdict.findings] == ["stands there twice"]


# ---------------------------------------------------------------- lies about a claim


def support(claim: Claim, **told: object) -> dict[str, object]:
    return {"support": claim.support.model_copy(update=told)}


CLAIM_LIES: dict[str, Callable[[Claim], dict[str, object]]] = {
    "a word more": lambda c: {"text": f"{c.text} worldwide"},
    "a number more": lambda c: {"text": f"{c.text} 997"},
    "a negation more": lambda c: {"text": f"Never: {c.text}"},
    "a higher status": lambda c: {"status": "corroborated" if c.status != "corroborated" else "supported"},
    "contested without counter-evidence": lambda c: {"status": "contested", "counter": ()},
    "one account more": lambda c: support(c, accounts=c.support.accounts + 1),
    "of fewer accounts": lambda c: support(c, of_accounts=c.support.of_accounts - 1),
    "one source more": lambda c: support(c, sources=c.support.sources + 1),
    "of more sources": lambda c: support(c, of_sources=c.support.of_sources + 1),
    "a source of unknown account more": lambda c: support(c, unknown_sources=c.support.unknown_sources + 1),
    "a kind of source more": lambda c: support(c, source_kinds=(*c.support.source_kinds, "x")),
    "seen earlier": lambda c: support(c, first_seen=dt.date(1999, 1, 1)),
    "evidence that isn't there": lambda c: {"evidence": (*c.evidence, "s-nowhere")},
    "no evidence": lambda c: {"evidence": ()},
    "counter-evidence that isn't there": lambda c: {"counter": ("s-nowhere",)},
    "another kind": lambda c: {"kind": "rebuttal"},
}


@pytest.mark.parametrize("lie", CLAIM_LIES.values(), ids=CLAIM_LIES)
def test_a_lie_about_a_claim_turns_it_red(bench: Bench, lie: Callable[[Claim], dict[str, object]]) -> None:
    cited = {s.id: s for s in bench.profile.statements}
    told = next(
        c for c in claims(bench.profile) if c.status == "hypothesis" and "rebuttal" not in cited[c.evidence[0]].kinds
    )
    verdict = bench.judge(with_claim(bench.profile, told.model_copy(update=lie(told))))
    assert {finding.id for finding in verdict.findings} == {told.id}


def test_evidence_for_something_else_turns_it_red(bench: Bench) -> None:
    pain, job = (next(c for c in claims(bench.profile) if c.kind == kind) for kind in ("pain", "job"))
    verdict = bench.judge(with_claim(bench.profile, pain.model_copy(update={"evidence": job.evidence})))
    assert pain.id in {finding.id for finding in verdict.findings}


def fact(name: FactName, text: str, statement: str) -> dict[str, object]:
    return {"facts": (Fact(name=name, text=text, statement=statement),)}


FACT_LIES: dict[str, Callable[[Claim], dict[str, object]]] = {
    "words that nobody said": lambda c: fact("impact", "we lose nine clients", c.evidence[0]),
    "an empty text": lambda c: fact("impact", "", c.evidence[0]),
    "a fact of another kind": lambda c: fact("facet", "functional", c.evidence[0]),
    "a quote that isn't there": lambda c: fact("impact", "a", "s-nowhere"),
}


@pytest.mark.parametrize("lie", FACT_LIES.values(), ids=FACT_LIES)
def test_a_lie_about_a_fact_turns_it_red(bench: Bench, lie: Callable[[Claim], dict[str, object]]) -> None:
    told = next(c for c in claims(bench.profile) if c.kind == "pain")
    verdict = bench.judge(with_claim(bench.profile, told.model_copy(update=lie(told))))
    assert {finding.id for finding in verdict.findings} == {told.id}


def test_a_fact_from_somebody_elses_quote_turns_it_red(bench: Bench) -> None:
    told = next(c for c in claims(bench.profile) if c.kind == "pain")
    cited = {s.id: s for s in bench.profile.statements}
    elsewhere = next(s for s in cited.values() if s.source_id != cited[told.evidence[0]].source_id)
    lie = told.model_copy(update=fact("impact", elsewhere.quote, elsewhere.id))
    findings = bench.judge(with_claim(bench.profile, lie)).findings
    assert [finding.what for finding in findings] == ["has its impact from a quote that is not its own"]


def test_a_figure_without_what_it_counts_and_a_false_origin_turn_it_red(bench: Bench) -> None:
    proof = next(c for c in claims(bench.profile) if any(f.name == "number" for f in c.facts))
    alone = tuple(f for f in proof.facts if f.name == "number")
    findings = bench.judge(with_claim(bench.profile, proof.model_copy(update={"facts": alone}))).findings
    assert {finding.what for finding in findings} == {"has a number that tells nothing by itself"}
    poor = next(c for c in claims(bench.profile) if any(f.text in ("lost", "churned") for f in c.facts))
    lie = poor.model_copy(update=fact("comes_from", "satisfied", poor.facts[0].statement))
    assert [f.what for f in bench.judge(with_claim(bench.profile, lie)).findings] == [
        "does not come from a satisfied account"
    ]


def test_a_lie_about_a_criterion_turns_it_red(bench: Bench) -> None:
    if not bench.profile.criteria:
        pytest.skip("the demo's accounts give no criterion")
    first, *rest = bench.profile.criteria
    for lie in ({"good": first.good + 1}, {"of_bad": first.of_bad + 1}, {"cells": first.cells[1:]}):
        told = (first.model_copy(update=lie), *rest)
        assert bench.judge(bench.profile.model_copy(update={"criteria": told})).findings
    cell = first.cells[0].model_copy(update={"value": "something else"})
    told = (first.model_copy(update={"cells": (cell, *first.cells[1:])}), *rest)
    assert bench.judge(bench.profile.model_copy(update={"criteria": told})).findings


# ---------------------------------------------------------------- lies that only the originals show


def test_a_quote_that_the_store_has_but_the_original_does_not_turns_it_red(bench: Bench) -> None:
    """Somebody changed the store and the profile alike: the file itself says otherwise."""
    told = next(s for s in bench.profile.statements if s.source.endswith(".vtt") and "<" not in s.quote)
    word = max(told.quote.split(), key=len)
    originals = [
        raw if raw.path != told.source else raw.model_copy(update={"data": raw.data.replace(word.encode(), b"x" * 9)})
        for raw in bench.originals
    ]
    assert bench.judge(bench.profile).findings == ()
    assert told.id in {finding.id for finding in bench.judge(bench.profile, originals).findings}


@pytest.mark.parametrize("format_", ["docx", "gong", "intercom", "zendesk"])
def test_a_missing_original_turns_it_red_in_every_format(bench: Bench, format_: str) -> None:
    sources = {s.id for s in bench.profile.sources if s.format == format_}
    told = {s.id for s in bench.profile.statements if s.source_id in sources}
    originals = [raw for raw in bench.originals if format_ not in raw.path]
    assert told and {finding.id for finding in bench.judge(bench.profile, originals).findings} == told


def test_a_source_that_was_removed_from_the_store_turns_it_red(bench: Bench) -> None:
    gone = bench.profile.statements[0].source_id
    without = Bench(bench.profile, [s for s in bench.sources if s.id != gone], bench.accounts, bench.rows, ())
    told = {s.id for s in bench.profile.statements if s.source_id == gone}
    assert told <= {finding.id for finding in without.judge(bench.profile).findings}


# ---------------------------------------------------------------- a model's sentences


NOT = r"\b(?:no|not|never|none|nothing|nobody|without|neither|hardly|cannot)\b|n['’]t"


def with_prose(bench: Bench, text: str, evidence: Callable[[Claim], tuple[str, ...]]) -> Verdict:
    """The verdict on the demo's profile with a sentence about its first claim that has a number and no "not" in its quote."""
    cited = {s.id: s.quote for s in bench.profile.statements}
    first = next(
        c
        for c in claims(bench.profile)
        if re.search(r"\d", cited[c.evidence[0]]) and not re.search(NOT, cited[c.evidence[0]], re.I)
    )
    said = text.replace("QUOTE", cited[first.evidence[0]])
    return bench.judge(
        with_claim(bench.profile, first.model_copy(update={"prose": (Prose(text=said, evidence=evidence(first)),)}))
    )


def own(claim: Claim) -> tuple[str, ...]:
    return claim.evidence[:1]


def test_a_models_sentence_in_the_words_of_its_quote_holds(bench: Bench) -> None:
    verdict = with_prose(bench, "QUOTE", own)
    assert verdict.findings == () and verdict.checked["sentences of a model"] == 1


@pytest.mark.parametrize(
    ("text", "evidence", "what"),
    [
        ("QUOTE", lambda claim: (), "aren't its own"),
        ("QUOTE", lambda claim: ("s-made-up",), "aren't its own"),
        ("They pay 987654 for it.", own, "987654"),
        ("It runs at Norvella.", own, "Norvella"),
        ("They would not say that.", own, "denies"),
    ],
)
def test_a_lie_in_a_models_sentence_turns_it_red(
    bench: Bench, text: str, evidence: Callable[[Claim], tuple[str, ...]], what: str
) -> None:
    findings = with_prose(bench, text, evidence).findings
    assert any(what in finding.what for finding in findings), findings
