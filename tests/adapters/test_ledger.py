"""Calls through the ledger, over real HTTP and a real database: none is paid for twice, and what each cost is known."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.adapters.sqlalchemy import SqlLedger, SqlStore, migrate, open_engine
from icp_synth.costs import Budget, Limit, Price
from icp_synth.errors import BudgetError, ModelError, PlannedError, StoreError
from icp_synth.ledger import LedgeredChat, PlanningChat
from icp_synth.records import Call, LedgerEntry, Tokens
from tests import openai_server as played
from tests.adapters.test_store import a_source, put
from tests.openai_server import OpenAIServer, fails, message

KEYED = partial(keyed_hash, b"test")
PRICE = Price(input=2.0, cached=0.5, output=8.0)


class Said(BaseModel):
    """What the model is asked for here."""

    model_config = ConfigDict(extra="forbid")

    words: str


def a_call(number: int = 1, *, sources: tuple[str, ...] = ("s1",), version: int = 1) -> Call[Said]:
    return Call(
        prompt="echo", version=version, system="Say it again.", user=f"Number {number}.", output=Said, sources=sources
    )


def echoes(body: played.Body) -> played.Answer:
    """Answers with what it was told, so that answers tell calls apart."""
    return message(Said(words=body["messages"][-1]["content"]).model_dump_json())


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        running.otherwise = echoes
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlLedger]:
    on_file = f"sqlite:///{tmp_path / 'icp-synth.db'}"
    engine = open_engine(on_file if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    migrate(engine)
    yield SqlLedger(engine, "titan")
    engine.dispose()


sqlite_only = pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)


def a_chat(
    server: OpenAIServer,
    ledger: SqlLedger,
    *,
    name: str = "it",
    budget: Budget | None = None,
    price: Price | None = PRICE,
    workers: int = 4,
) -> LedgeredChat:
    endpoint = LangChainChat(
        name, model="test", base_url=server.url, api_key="sesame-zq", timeout=5.0, pause=lambda _: None
    )
    return LedgeredChat(endpoint, ledger, KEYED, price=price, budget=budget, workers=workers)


def replies(answers: list[Said | ModelError]) -> list[str]:
    return [answer.words if isinstance(answer, Said) else f"{type(answer).__name__}" for answer in answers]


# ---------------------------------------------------------------- asked once


def test_what_was_answered_is_never_asked_again(server: OpenAIServer, ledger: SqlLedger) -> None:
    calls = [a_call(n) for n in range(10)]
    first = a_chat(server, ledger).ask_all(calls)
    assert replies(first) == [f"Number {n}." for n in range(10)], "answers stand in the order of the calls"
    again = a_chat(server, ledger)  # as in another process: nothing but the database is shared
    assert again.ask_all(list(reversed(calls))) == list(reversed(first))
    assert len(server.requests) == 10 and again.used.calls == 0
    assert [entry.replays for entry in ledger.entries()] == [1] * 10


def test_asking_a_model_changes_nothing_that_is_known(server: OpenAIServer, ledger: SqlLedger) -> None:
    store = SqlStore(ledger._engine, ledger.workspace)
    a_chat(server, ledger).ask_all([a_call(1)])
    assert store.revision() == 0
    store.put_setting("product", "TitanCRM")
    before = store.revision()
    a_chat(server, ledger).ask_all([a_call(1), a_call(2)])
    assert store.revision() == before > 0


def test_the_same_call_twice_in_a_batch_is_one_call(server: OpenAIServer, ledger: SqlLedger) -> None:
    assert replies(a_chat(server, ledger).ask_all([a_call(1), a_call(2), a_call(1)])) == [
        "Number 1.",
        "Number 2.",
        "Number 1.",
    ]
    assert len(server.requests) == 2


class Stricter(Said):
    """The same shape for a server, and one check more here."""

    @field_validator("words")
    @classmethod
    def long_enough(cls, words: str) -> str:
        if len(words) < 100:
            raise ValueError("too short")
        return words


def test_another_model_version_workspace_or_shape_is_another_call(server: OpenAIServer, ledger: SqlLedger) -> None:
    call = a_call()
    elsewhere = SqlLedger(ledger._engine, "other")
    a_chat(server, ledger).ask_all([call])
    a_chat(server, ledger, name="another").ask_all([call])
    a_chat(server, elsewhere).ask_all([call])
    a_chat(server, ledger).ask_all([a_call(version=2), call.model_copy(update={"output": Stricter})])
    assert len(server.requests) == 5
    assert len(ledger.entries()) == 4 and len(elsewhere.entries()) == 1, "nothing crosses a workspace"


def test_an_answer_is_checked_again_when_it_is_replayed(
    server: OpenAIServer, ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, call = a_chat(server, ledger), a_call()
    chat.ask_all([call])

    class Later(Stricter):
        """As if Said itself had become stricter."""

    monkeypatch.setattr(Later, "model_json_schema", Said.model_json_schema)
    stricter = call.model_copy(update={"output": Later})
    (answer,) = chat.ask_all([stricter])
    assert isinstance(answer, ModelError) and "too short" in str(answer)
    assert len(server.requests) == 2, "what no longer fits is asked for again"


# ---------------------------------------------------------------- what it cost


def counts(prompt: int, cached: int, completion: int) -> played.Behaviour:
    """An answer for which the server counts these tokens."""
    good = message(Said(words="so").model_dump_json())
    usage = (
        f'"usage": {{"prompt_tokens": {prompt}, "completion_tokens": {completion}, "total_tokens": {prompt + completion},'
        f' "prompt_tokens_details": {{"cached_tokens": {cached}}}}}'
    )
    body = re.sub(r'"usage": \{.*?\}', usage, good.body.decode())
    return played.always(played.Answer(body=body.encode()))


def test_every_call_is_written_down_with_what_it_took(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.script = [counts(1000, 600, 50)]
    a_chat(server, ledger).ask_all([a_call()])
    (entry,) = ledger.entries()
    assert entry.tokens == Tokens(uncached=400, cached=600, output=50)
    assert entry.price == 400 * 2 + 600 * 0.5 + 50 * 8, "millionths of a dollar"
    assert (entry.prompt, entry.version, entry.model, entry.reported) == ("echo", 1, "it", "test")
    assert entry.state == "answered" and entry.tries == 1 and entry.latency_ms > 0 and entry.revision > 0


def test_an_answer_that_is_of_no_use_is_paid_for_and_asked_for_again(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.script = [played.refuses, fails(500), played.half_json]
    chat = a_chat(server, ledger)
    assert replies(chat.ask_all([a_call()])) == ["ModelError"]
    assert replies(chat.ask_all([a_call()])) == ["ModelError"]
    assert replies(chat.ask_all([a_call()])) == ["Number 1."]
    assert [(e.state, e.tries, e.tokens.total) for e in ledger.entries()] == [
        ("failed", 1, 15),
        ("failed", 2, 15),
        ("answered", 1, 15),
    ]
    assert "refused to answer" in ledger.entries()[0].why


def test_what_isnt_known_to_cost_something_isnt_said_to_cost_nothing(server: OpenAIServer, ledger: SqlLedger) -> None:
    a_chat(server, ledger, price=None).ask_all([a_call()])
    assert ledger.entries()[0].price is None


def test_a_call_is_written_down_before_it_is_sent(server: OpenAIServer, ledger: SqlLedger) -> None:
    seen: list[LedgerEntry] = []

    def look(body: played.Body) -> played.Answer:
        seen.extend(ledger.entries())
        return echoes(body)

    server.otherwise = look
    a_chat(server, ledger).ask_all([a_call()])
    (intent,) = seen
    assert intent.state == "sent" and intent.tokens.total > 0, "what it may cost is counted from here on"


@sqlite_only
def test_the_key_of_the_server_is_nowhere(server: OpenAIServer, ledger: SqlLedger, tmp_path: Path) -> None:
    server.script = [fails(401, "Incorrect API key provided")]
    (answer,) = a_chat(server, ledger).ask_all([a_call()])
    assert "sesame-zq" not in str(answer) and b"sesame-zq" not in (tmp_path / "icp-synth.db").read_bytes()
    assert "sesame-zq" not in repr(vars(a_chat(server, ledger)))


# ---------------------------------------------------------------- what goes with a source


def test_an_answer_goes_with_any_source_that_it_was_shown_and_its_numbers_stay(
    server: OpenAIServer, ledger: SqlLedger
) -> None:
    store = SqlStore(ledger._engine, "titan")
    for name in ("s1", "s2"):
        put(store, a_source(name))
    both, second = a_call(1, sources=("s1", "s2")), a_call(2, sources=("s2",))
    nobody_knows = a_call(3, sources=())
    chat = a_chat(server, ledger)
    chat.ask_all([both, second, nobody_knows])
    put(store, a_source("s1"))
    assert len(ledger.answers([chat.key(c) for c in (both, second, nobody_knows)])) == 3, "written anew, the same words"
    store.remove_source("s1")
    assert list(ledger.answers([chat.key(c) for c in (both, second, nobody_knows)])) == [chat.key(second)]
    assert [entry.tokens.total for entry in ledger.entries()] == [15] * 3
    put(store, a_source("s2", "Other words. They were scrubbed again."))
    assert ledger.answers([chat.key(second)]) == {}


def test_an_answer_that_is_replayed_for_another_source_goes_with_that_one_too(
    server: OpenAIServer, ledger: SqlLedger
) -> None:
    store, chat = SqlStore(ledger._engine, "titan"), a_chat(server, ledger)
    put(store, a_source("s2"))
    chat.ask_all([a_call(sources=("s1",))])
    chat.ask_all([a_call(sources=("s2",))])
    store.remove_source("s2")
    assert ledger.answers([chat.key(a_call())]) == {}


@sqlite_only
def test_nothing_of_an_answer_is_left_in_the_file(server: OpenAIServer, ledger: SqlLedger, tmp_path: Path) -> None:
    store = SqlStore(ledger._engine, "titan")
    put(store, a_source("s1"))
    a_chat(server, ledger).ask_all([a_call(123456)])
    assert b"Number 123456" in (tmp_path / "icp-synth.db").read_bytes()
    store.remove_source("s1")
    assert b"Number 123456" not in (tmp_path / "icp-synth.db").read_bytes()


# ---------------------------------------------------------------- budgets


def test_a_budget_stops_new_calls_and_says_so(server: OpenAIServer, ledger: SqlLedger) -> None:
    chat = a_chat(server, ledger, budget=Budget(run=Limit(tokens=400)), workers=1)
    answers = chat.ask_all([a_call(n) for n in range(100)])
    refused = [answer for answer in answers if isinstance(answer, BudgetError)]
    assert 0 < len(server.requests) == 100 - len(refused) < 30
    assert sum(entry.tokens.total for entry in ledger.entries()) <= 400
    assert re.search(r"budget of this run is reached: \d+ of 400 tokens.*Raise it", str(refused[0]))
    assert len(ledger.entries()) == len(server.requests), "a call that isn't made isn't in the ledger"
    more = a_chat(server, ledger).ask_all([a_call(n) for n in range(100)])
    assert replies(more) == [f"Number {n}." for n in range(100)] and len(server.requests) == 100


def test_a_budget_in_dollars_needs_a_price(server: OpenAIServer, ledger: SqlLedger) -> None:
    budget = Limit(money=1_000_000)
    (answer,) = a_chat(server, ledger, price=None, budget=Budget(run=budget)).ask_all([a_call()])
    assert isinstance(answer, BudgetError) and "isn't known" in str(answer) and server.requests == []
    (answer,) = a_chat(server, ledger, budget=Budget(run=budget)).ask_all([a_call()])
    assert isinstance(answer, Said)


def test_what_a_workspace_may_spend_is_counted_over_all_its_runs(server: OpenAIServer, ledger: SqlLedger) -> None:
    limit = Limit(money=1_000)
    for run in range(50):
        before = ledger.entries()
        chat = a_chat(server, ledger, budget=Budget(workspace=limit, before=before), workers=1)
        (answer,) = chat.ask_all([a_call(run)])
        if isinstance(answer, BudgetError):
            break
    assert isinstance(answer, BudgetError) and "budget of this workspace" in str(answer)
    assert 500 < sum(entry.price or 0 for entry in ledger.entries()) <= 1_000


def test_calls_in_flight_finish_when_the_budget_is_reached(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.latency = 0.2
    chat = a_chat(server, ledger, budget=Budget(run=Limit(tokens=500)), workers=8)
    answers = chat.ask_all([a_call(n) for n in range(20)])
    got = [answer for answer in answers if isinstance(answer, Said)]
    assert len(got) == len(server.requests) > 0, "what was sent was answered"
    assert {entry.state for entry in ledger.entries()} == {"answered"}


# ---------------------------------------------------------------- many at once


def test_calls_are_made_at_the_same_time_and_no_more_than_allowed(server: OpenAIServer, ledger: SqlLedger) -> None:
    lock, now, most = threading.Lock(), [0], [0]
    together = threading.Barrier(6)

    def counted(body: played.Body) -> played.Answer:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait(20)  # six must be here at once to get on
        with lock:
            now[0] -= 1
        return echoes(body)

    server.otherwise = counted
    answers = a_chat(server, ledger, workers=6).ask_all([a_call(n) for n in range(36)])
    assert replies(answers) == [f"Number {n}." for n in range(36)] and most == [6]


@pytest.mark.parametrize(
    "end", [fails(401, "Incorrect API key"), fails(404, "no such model"), fails(429, "no", "insufficient_quota")]
)
def test_what_every_call_would_meet_stops_them_all_at_once(
    server: OpenAIServer, ledger: SqlLedger, end: played.Behaviour
) -> None:
    server.otherwise = end
    chat = a_chat(server, ledger, workers=4)
    answers = chat.ask_all([a_call(n) for n in range(200)])
    assert all(isinstance(answer, ModelError) and answer.final for answer in answers)
    chat.ask_all([a_call(1000)])
    assert len(server.requests) <= 4, "those in flight when the first one failed"


def test_a_ledger_that_cant_be_written_stops_the_calls(server: OpenAIServer, ledger: SqlLedger) -> None:
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE calls")
    with pytest.raises(StoreError, match="calls"):
        a_chat(server, ledger).ask_all([a_call(n) for n in range(5)])
    assert server.requests == [], "what can't be accounted for isn't sent"


# ---------------------------------------------------------------- streamed, and only planned


def test_an_answer_that_is_waited_for_is_shown_as_it_comes_and_replayed_whole(
    server: OpenAIServer, ledger: SqlLedger
) -> None:
    seen: list[str] = []
    reply = a_chat(server, ledger).ask_one(a_call(), seen.append)
    assert reply.words == "Number 1." and server.requests[0]["stream"] is True
    assert len(seen) >= 3 and all(longer.startswith(text) for text, longer in zip(seen, seen[1:], strict=False))
    assert seen[-1] == reply.model_dump_json()
    (entry,) = ledger.entries()
    assert entry.tokens.total == 15, "the server counts in the last piece of a stream"
    again: list[str] = []
    assert a_chat(server, ledger).ask_one(a_call(), again.append) == reply
    assert again == [seen[-1]] and len(server.requests) == 1


def test_a_stream_that_breaks_off_begins_anew(server: OpenAIServer, ledger: SqlLedger) -> None:
    seen: list[str] = []
    server.script = [lambda body: played.Answer(body=echoes(body).body, cut=True)]
    assert a_chat(server, ledger).ask_one(a_call(), seen.append).words == "Number 1."
    assert seen.count(seen[0]) == 2, "the listener starts over with it"
    assert len(server.requests) == 2 and seen[-1] == Said(words="Number 1.").model_dump_json()


def test_a_stream_fails_by_name(server: OpenAIServer, ledger: SqlLedger) -> None:
    heard: Callable[[str], None] = [].append
    server.script = [played.refuses]
    with pytest.raises(ModelError, match="refused to answer"):
        a_chat(server, ledger).ask_one(a_call(), heard)
    assert ledger.entries()[0].state == "failed"


def test_a_plan_writes_calls_down_and_asks_nobody() -> None:
    chat = PlanningChat("it")
    answers = chat.ask_all([a_call(1), a_call(2)])
    assert all(isinstance(answer, PlannedError) for answer in answers)
    assert [call.user for call in chat.calls] == ["Number 1.", "Number 2."]
