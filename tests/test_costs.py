"""Prices, estimates and budgets: what isn't known is said to be unknown, and no limit is passed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth import assets
from icp_synth.costs import Budget, Limit, Price, Rates, dollars, price_of, rates, read_prices, summary
from icp_synth.errors import BudgetError, PriceError
from icp_synth.records import CallState, LedgerEntry, Tokens

COUNT = st.integers(0, 10_000)
TOKENS = st.builds(Tokens, uncached=COUNT, cached=COUNT, output=COUNT)


def entry(number: int, state: CallState = "answered", **more: object) -> LedgerEntry:
    made = {"key": str(number), "revision": number, "prompt": "extract", "version": 1, "model": "it"}
    return LedgerEntry.model_validate({**made, "characters": 1000, "state": state, **more})


# ---------------------------------------------------------------- prices


def test_the_table_that_is_shipped_can_be_read_and_is_consistent() -> None:
    table = read_prices(assets.price_file())
    for name, price in table.models.items():
        assert price.cached <= price.input <= price.output, name
    assert table.of("ollama:anything") == Price(input=0, cached=0, output=0)
    assert table.of("openai:a-model-of-next-year") is None and table.of("http://host/v1#gpt-4o") is None
    assert table.of("openai:gpt-4o-mini") != table.of("openai:gpt-4o"), "a name is whole, not a beginning"


def test_dollars_per_million_tokens_are_millionths_per_token() -> None:
    price = Price(input=2.5, cached=1.25, output=10.0, batch=0.5)
    assert price_of(Tokens(uncached=1_000_000), price) == 2_500_000
    assert price_of(Tokens(uncached=100, cached=100, output=10), price) == 475
    assert price_of(Tokens(uncached=100, cached=100, output=10), price, batch=True) == 238, "rounded up, never down"
    assert price_of(Tokens(uncached=1), None) is None
    assert (dollars(2_500_000), dollars(None)) == ("$2.5000", "not known")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("read: 2026-01-01\nmodels: {m: {input: 1, cached: 1}}", "models → m → output: Field required"),
        ("read: 2026-01-01\nmodels: {m: {input: -1, cached: 1, output: 1}}", "input: .*greater than or equal to 0"),
        ("models: {}", "read: Field required"),
        ("- just\n- a list", "the whole table"),
        ("a: [", "is no YAML"),
    ],
)
def test_a_table_that_isnt_one_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PriceError, match=f"prices.yaml.*{says}"):
        read_prices(tmp_path / "prices.yaml")


def test_a_table_that_isnt_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PriceError, match=r"none.yaml can't be read.*ICP_SYNTH_PRICES"):
        read_prices(tmp_path / "none.yaml")


# ---------------------------------------------------------------- estimates


def test_an_estimate_learns_from_what_the_ledger_saw() -> None:
    assert Rates().estimate("extract", 4000) == Tokens(uncached=1000, output=250)
    seen = [
        entry(1, tokens=Tokens(uncached=100, cached=100, output=20)),
        entry(2, tokens=Tokens(uncached=300, output=30), prompt="word"),
        entry(3, "failed", tokens=Tokens(uncached=9000)),
        entry(4, model="another", tokens=Tokens(uncached=9000)),
    ]
    found = rates(seen, "it")
    assert found.per_character == 0.25 and found.output == {"extract": 0.1, "word": 0.1}
    assert found.estimate("extract", 4000) == Tokens(uncached=1000, output=100)
    assert found.estimate("never asked", 4000).output == 250
    assert rates(seen, "unseen") == Rates()


def test_a_summary_adds_up_and_counts_what_it_doesnt_know() -> None:
    rows = summary(
        [
            entry(1, tokens=Tokens(uncached=10, cached=5, output=2), price=100, replays=3),
            entry(2, "failed", tokens=Tokens(uncached=10), price=None),
            entry(3, "sent", tokens=Tokens(uncached=7), price=50),
            entry(4, version=2, price=1),
        ]
    )
    assert [(row.prompt, row.version) for row in rows] == [("extract", 1), ("extract", 2)]
    first = rows[0]
    assert (first.calls, first.answered, first.failed, first.in_flight, first.replays) == (3, 1, 1, 1, 3)
    assert first.tokens == Tokens(uncached=27, cached=5, output=2) and (first.price, first.unpriced) == (150, 1)


# ---------------------------------------------------------------- budgets


@given(st.integers(0, 50_000), st.lists(st.tuples(TOKENS, TOKENS), max_size=20))
def test_estimates_never_pass_a_limit_and_a_closed_budget_stays_closed(
    limit: int, calls: list[tuple[Tokens, Tokens]]
) -> None:
    budget = Budget(run=Limit(tokens=limit))
    spent, closed = 0, False
    for guessed, took in calls:
        try:
            budget.reserve("it", guessed, None)
        except BudgetError:
            assert closed or spent + guessed.total > limit
            closed = True
            continue
        assert not closed and spent + guessed.total <= limit
        budget.settle((guessed, None), (took, None))
        spent += took.total


def test_a_budget_counts_what_other_runs_have_spent_only_for_the_workspace() -> None:
    before = [entry(1, tokens=Tokens(output=90), price=900), entry(2, "sent", tokens=Tokens(output=5), price=50)]
    ten = Tokens(output=10)
    Budget(run=Limit(tokens=10, money=100), before=before).reserve("it", ten, 100)
    with pytest.raises(BudgetError, match="workspace is reached: 95 of 100 tokens"):
        Budget(workspace=Limit(tokens=100), before=before).reserve("it", ten, 100)
    with pytest.raises(BudgetError, match=r"workspace is reached: \$0\.0009 of \$0\.0010"):
        Budget(workspace=Limit(money=1000), before=before).reserve("it", ten, 100)


def test_a_call_of_an_earlier_run_that_is_settled_here_leaves_the_sums_right() -> None:
    waiting = entry(1, "sent", tokens=Tokens(output=50), price=50)
    budget = Budget(run=Limit(tokens=40), workspace=Limit(tokens=100), before=[waiting])
    budget.adopt(waiting.tokens, waiting.price)
    budget.settle((waiting.tokens, 50), (Tokens(output=30), 30))
    with pytest.raises(BudgetError, match="run is reached: 30 of 40"):
        budget.reserve("it", Tokens(output=11), None)
