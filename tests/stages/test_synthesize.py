"""Themes become claims: support is counted, status earned, the other side shown, page one chosen. Nothing is invented."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from icp_synth.records import (
    AccountRef,
    CleanBlock,
    CleanSource,
    CleanTurn,
    Kind,
    Locator,
    Outcome,
    Overlay,
    ProfileAccount,
    SourceKind,
    Statement,
    Support,
    Theme,
    Tone,
)
from icp_synth.stages import rebut, synthesize
from icp_synth.stages.criteria import gaps, number

VECTORS = {"slow": np.array([1.0, 0.0, 0.0]), "fast": np.array([0.95, 0.31, 0.0]), "price": np.array([0.0, 0.0, 1.0])}


def source(name: str, kind: SourceKind = "interview") -> CleanSource:
    return CleanSource(
        id=name, path=f"{name}.txt", format="txt", kind=kind, text="x" * 500,
        blocks=(CleanBlock(start=0, end=500, locator=Locator(unit="line", first=1, last=1)),),
        turns=(CleanTurn(start=0, end=500, role="customer", voice="verbatim"),),
        account=AccountRef(id=name, name=name, known=True, why="manifest"), date=dt.date(2025, 1, 1),
    )  # fmt: skip


def statement(
    sid: str, where: CleanSource, quote: str, kind: Kind = "pain", tone: Tone = "trouble", start: int = 0
) -> Statement:
    return Statement(
        id=sid, kinds=(kind,), confidence={kind: 0.8}, tone=tone, quote=quote, source_id=where.id, sentence_ids=(sid,),
        account_id=where.account.id, source_kind=where.kind, role="customer", voice="verbatim", start=start,
        end=start + len(quote), lines=(1, 1), locator=Locator(unit="line", first=1, last=1), date=where.date,
    )  # fmt: skip


def evidence(sources: list[CleanSource], statements: list[Statement], **outcomes: Outcome) -> synthesize.Evidence:
    accounts = {s.account.id: s.account for s in sources}
    return synthesize.Evidence(
        sources={s.id: s for s in sources},
        statements={s.id: s for s in statements},
        account_of={s.id: s.account.id for s in sources},
        accounts={
            a.id: ProfileAccount(id=a.id, name=a.name, known=a.known, why=a.why, sources=1, outcome=outcomes.get(a.id))
            for a in accounts.values()
        },
    )


def make(
    found: synthesize.Evidence, themes: list[Theme], like: dict[str, str], overlays: tuple[Overlay, ...] = ()
) -> dict[str, list]:
    vectors = {sid: (VECTORS[name] / np.linalg.norm(VECTORS[name])).astype(np.float32) for sid, name in like.items()}
    headlines = {theme.id: found.statements[theme.members[0]].quote for theme in themes}
    made = synthesize.claims(found, themes, headlines, vectors, overlays)
    praise = [each for each in themes if each.kind == "rebuttal" and each.id in made]
    answers = rebut.pairs(synthesize.doubts(made), praise, found.statements, vectors)
    return {s.key: list(s.claims) for s in synthesize.sections(found, themes, made, answers, overlays)}


def theme(tid: str, kind: Kind, *members: str) -> Theme:
    return Theme(id=tid, kind=kind, founding=members[0], members=members)


@pytest.mark.parametrize(
    ("accounts", "kinds", "contested", "status"),
    [
        (0, 1, False, "hypothesis"),
        (1, 2, False, "hypothesis"),
        (2, 1, False, "supported"),
        (2, 2, False, "corroborated"),
        (3, 2, True, "contested"),
    ],
)
def test_status_is_earned_by_accounts_and_kinds_of_source(accounts, kinds, contested, status) -> None:
    support = Support(
        accounts=accounts, of_accounts=5, sources=accounts, of_sources=5,
        source_kinds=("call", "interview")[:kinds], first_seen=None, last_seen=None,
    )  # fmt: skip
    assert synthesize.judge_status(support, contested=contested) == status


def test_support_counts_accounts_not_sources_and_leaves_unknown_ones_out() -> None:
    zell, zell2, marlow, nobody = source("zell"), source("zell2"), source("marlow", "call"), source("nobody")
    said = [statement(str(n), s, "Reports take two days") for n, s in enumerate((zell, zell2, marlow, nobody))]
    found = evidence([zell, zell2, marlow, nobody], said)
    found = found.model_copy(update={"account_of": found.account_of | {"zell2": "zell", "nobody": "unknown"}})
    found.accounts["unknown"] = ProfileAccount(id="unknown", name="?", known=False, why="", sources=1)
    found.accounts["zell2"] = found.accounts["zell2"].model_copy(update={"sources": 0})
    found.accounts["nobody"] = found.accounts["nobody"].model_copy(update={"sources": 0})
    support = synthesize.count_support(found, said)
    assert (support.accounts, support.of_accounts, support.sources, support.unknown_sources) == (2, 2, 4, 1)
    assert support.source_kinds == ("call", "interview")


def test_what_other_accounts_say_against_it_stands_beside_it() -> None:
    zell, marlow = source("zell"), source("marlow")
    said = [
        statement("1", zell, "Onboarding dragged on for months"),
        statement("2", marlow, "Onboarding took us an afternoon", "proof", "praise"),
        statement("3", zell, "Onboarding was quick in sales", "proof", "praise"),
    ]
    made = make(evidence([zell, marlow], said), [theme("p", "pain", "1")], {"1": "slow", "2": "fast", "3": "fast"})
    (claim,) = made["pains"] or made["first_30_days"]
    assert claim.status == "contested"
    assert claim.counter == ("2",), "an account doesn't contradict itself"


def test_an_objection_is_followed_by_what_answers_it_or_says_that_nothing_does() -> None:
    zell, marlow = source("zell"), source("marlow")
    said = [
        statement("1", zell, "Slow support worried our board", "objection"),
        statement("2", zell, "Support answered within hours since then", "rebuttal", "praise", start=60),
        statement("3", marlow, "Seat price worries procurement", "objection"),
    ]
    themes = [theme("o1", "objection", "1"), theme("o2", "objection", "3"), theme("r", "rebuttal", "2")]
    claims = make(evidence([zell, marlow], said), themes, {"1": "slow", "2": "fast", "3": "price"})["objections"]
    by_id = {claim.id: claim for claim in claims}
    assert by_id["c-r"].answers == "c-o1"
    assert [c.id for c in claims].index("c-r") == [c.id for c in claims].index("c-o1") + 1
    assert by_id["c-o2"].detail == {"rebuttal": "none in the evidence"}


def test_sections_without_evidence_say_so_and_excluded_themes_are_gone() -> None:
    zell = source("zell")
    said = [statement("1", zell, "Reports take two days")]
    found, themes = evidence([zell], said), [theme("p", "pain", "1")]
    assert make(found, themes, {"1": "slow"})["pains"][0].page_one
    out = Overlay(id="x", action="theme.exclude", target="p")
    assert make(found, themes, {"1": "slow"}, (out,))["pains"] == []
    sections = synthesize.sections(found, [], {}, {}, ())
    assert all(section.empty for section in sections)


def test_page_one_takes_the_strongest_and_what_is_pinned() -> None:
    sources = [source(f"account{n}") for n in range(7)]
    said = [statement(str(n), s, f"Report number {n} takes days to compile") for n, s in enumerate(sources)]
    said += [statement("7", sources[1], "Report number zero takes days as well")]
    themes = [theme("big", "pain", "0", "7"), *(theme(f"t{n}", "pain", str(n)) for n in range(1, 7))]
    like = {s.id: "slow" for s in said}
    pin = Overlay(id="x", action="theme.pin", target="t6")
    claims = make(evidence(sources, said), themes, like, (pin,))["pains"]
    assert [claim.id for claim in claims[:2]] == ["c-t6", "c-big"]
    assert [claim.page_one for claim in claims] == [True] * 6 + [False], (
        "four seats of their own, two that nobody wants"
    )


def test_seats_that_a_section_leaves_free_go_where_most_is_left_out() -> None:
    full = {key: 40 for key, *_ in synthesize.SECTIONS}
    own = {key: seats for key, _, _, seats in synthesize.SECTIONS}
    assert synthesize._seats(full, 3) == own
    given = synthesize._seats({**full, "disqualifiers": 0, "committee": 1, "jobs": 90}, 0)
    assert sum(given.values()) == sum(own.values()) and given["committee"] == 1
    assert given["jobs"] == own["jobs"] + 2, "half as many again, and no more"
    assert sum(synthesize._seats({**full, "disqualifiers": 0}, 1).values()) == sum(own.values()) - 1
    assert synthesize._seats(dict.fromkeys(own, 0), 0) == dict.fromkeys(own, 0)


def test_gaps_name_what_is_missing_and_what_would_fill_it() -> None:
    zell = source("zell")
    found = evidence([zell], [])
    sections = synthesize.sections(found, [], {}, {}, ())
    missing = gaps(sections, found.accounts, [zell], found.account_of, dt.date(2026, 1, 1))
    said = " ".join(gap.what for gap in missing)
    assert "Only 1 known accounts" in said and "2025-01-01" in said and "No lost or churned" in said


@pytest.mark.parametrize(
    ("cell", "value"), [("1,200", 1200), ("$4.5k", 4500), ("63%", 63), ("2m", 2e6), ("n/a", None), ("", None)]
)
def test_numbers_in_cells(cell: str, value: float | None) -> None:
    assert number(cell) == value
