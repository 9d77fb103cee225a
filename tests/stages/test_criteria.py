"""From a table of accounts to whom to look for; and from a draft to what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.records import AccountRow, Criterion, Gap, Outcome, ProfileAccount, Section
from icp_synth.stages.criteria import criteria, gaps, number
from tests.small_evidence import clean_source

AS_OF = dt.date(2026, 11, 22)


def accounts(*outcomes: Outcome | None) -> dict[str, ProfileAccount]:
    """Accounts a0, a1 … with these outcomes."""
    made = [
        ProfileAccount(id=f"a{n}", name=f"A{n}", known=True, why="test", sources=1, outcome=outcome)
        for n, outcome in enumerate(outcomes)
    ]
    return {account.id: account for account in made}


def rows(**columns: Sequence[str]) -> list[AccountRow]:
    """A table with these columns; row n is about account n."""
    count = len(next(iter(columns.values())))
    return [
        AccountRow(name=f"a{n}", path="accounts.csv", row=n + 2, attributes={k: v[n] for k, v in columns.items()})
        for n in range(count)
    ]


def found(of: dict[str, ProfileAccount], table: Sequence[AccountRow]) -> tuple[Criterion, ...]:
    return criteria(of, table, lambda row: row.name)


# ---------------------------------------------------------------- criteria


def test_a_value_that_good_accounts_share_is_a_criterion_with_its_cells() -> None:
    of = accounts("won", "active", "won", "lost", "churned")
    (best, *_) = found(of, rows(Region=["EMEA", "EMEA", "APAC", "APAC", "APAC"]))
    assert (best.attribute, best.value) == ("Region", "EMEA")
    assert (best.good, best.of_good, best.bad, best.of_bad) == (2, 3, 0, 2)
    assert [(cell.path, cell.row, cell.value) for cell in best.cells] == [("accounts.csv", n, "EMEA") for n in (2, 3)]
    assert best.note == "qualitative: only 5 accounts"


def test_a_number_gives_the_cut_off_that_separates_best() -> None:
    of = accounts("won", "won", "won", "lost", "lost")
    (cut,) = found(of, rows(Homes=["1,400", "600", "2k", "12", "30"]))
    assert (cut.attribute, cut.value, cut.good, cut.bad) == ("Homes", "at least 600", 3, 0)
    (cut,) = found(of, rows(Homes=["12", "30", "20", "600", "1,400"]))
    assert (cut.value, cut.good, cut.bad) == ("below 600", 3, 0)


def test_what_does_not_tell_good_from_bad_is_no_criterion() -> None:
    of = accounts("won", "won", "lost", "lost")
    assert found(of, rows(Region=["EMEA", "APAC", "EMEA", "APAC"])) == ()
    assert found(of, rows(Region=["EMEA", "APAC", "LATAM", "LATAM"])) == (), "one good account is no pattern"


@pytest.mark.parametrize("outcomes", [(), ("won", "won"), ("lost", "lost"), ("won", "lost"), (None, None, None)])
def test_without_good_and_bad_accounts_there_is_nothing_to_tell(outcomes: tuple[Outcome | None, ...]) -> None:
    assert found(accounts(*outcomes), rows(Region=["EMEA"] * 3)) == ()


@pytest.mark.parametrize(
    "heading", ["ARR (USD)", "NPS", "Renewal date", "Days to first value", "Health score", "Stage"]
)
def test_what_is_known_only_afterwards_is_no_criterion(heading: str) -> None:
    of = accounts("won", "won", "lost", "lost")
    table = [
        AccountRow(name=f"a{n}", path="t.csv", row=n, attributes={heading: v})
        for n, v in enumerate(["x", "x", "y", "y"])
    ]
    assert found(of, table) == ()


def test_names_and_other_words_that_hardly_repeat_are_no_criteria() -> None:
    of = accounts(*["won"] * 12, *["lost"] * 12)
    assert found(of, rows(Notes=[f"note {n}" for n in range(24)])) == ()


@given(st.lists(st.sampled_from(["won", "active", "lost", "churned", None]), max_size=12), st.data())
def test_counts_are_those_of_the_cells_and_better_than_chance(
    outcomes: list[Outcome | None], data: st.DataObject
) -> None:
    of = accounts(*outcomes)
    cell = st.sampled_from(["EMEA", "APAC", "", "7", "1,200", "$4.5k", "63%", "9" * 400])
    table = rows(**{name: [data.draw(cell) for _ in outcomes] for name in ("Region", "Size")}) if outcomes else []
    for one in found(of, table):
        told = [of[cell.account].outcome for cell in one.cells]
        assert one.good == sum(o in ("won", "active") for o in told) >= 2
        assert one.bad == sum(o in ("lost", "churned") for o in told)
        assert one.good / one.of_good > one.bad / one.of_bad
    assert found(of, list(reversed(table))) == found(of, table)


@pytest.mark.parametrize(
    ("cell", "is_"),
    [
        ("1,200", 1200.0), ("$4.5k", 4500.0), ("€ 2m", 2e6), ("63%", 63.0), ("-5", -5.0), (" 7 ", 7.0), ("1.5bn", 1.5e9),
        ("", None), ("EMEA", None), ("12 homes", None), ("1.2.3", None), ("2026-01-31", None), ("9" * 400, None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(cell: str, is_: float | None) -> None:
    assert number(cell) == is_


# ---------------------------------------------------------------- gaps


def missing(**more: object) -> list[str]:
    """What is missing where one account said one thing long ago, unless told otherwise."""
    source = clean_source("one", [("customer", "We lost two nurses.")])
    given = {
        "sections": (),
        "accounts": accounts("won"),
        "sources": [source],
        "account_of": {source.id: "a0"},
        "as_of": AS_OF,
    }
    found_gaps: tuple[Gap, ...] = gaps(**(given | more))  # type: ignore[arg-type]
    assert all(gap.advice for gap in found_gaps), "each says what would fill it"
    return [gap.what for gap in found_gaps]


def test_an_empty_section_few_accounts_no_losses_one_kind_and_old_evidence_are_gaps() -> None:
    said = missing(sections=(Section(key="pains", title="Pains", empty="Nobody said anything."),))
    assert "Nothing on “Pains”." in said
    assert "Only 1 known accounts." in said
    assert "No lost or churned account among them." in said
    assert "Only one kind of source (interview)." in said
    assert "The newest evidence is of 2026-03-01." in said


def test_enough_of_everything_is_no_gap() -> None:
    turns = [("customer", "We lost two nurses.")]
    sources = [
        clean_source(str(n), turns, kind=kind, date=dt.date(2026, 11, n + 1))  # type: ignore[arg-type]
        for n, kind in enumerate(("interview", "ticket", "call", "note", "survey"))
    ]
    of = accounts("won", "won", "lost", "churned", "active")
    assert missing(accounts=of, sources=sources, account_of={s.id: f"a{n}" for n, s in enumerate(sources)}) == []


def test_sources_without_an_account_or_a_date_are_gaps() -> None:
    undated = clean_source("u", [("customer", "We lost two nurses.")], of="", date=None)
    unknown = ProfileAccount(id="unknown", name="unknown account", known=False, why="test", sources=1)
    said = missing(accounts={"unknown": unknown}, sources=[undated], account_of={undated.id: "unknown"})
    assert "No source has a date." in said
    assert "1 sources belong to no known account and corroborate nothing." in said
