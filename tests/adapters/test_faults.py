"""Each fault of a model server, over real HTTP: it ends in a named error or in a try that succeeds, and in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import TRIES, LangChainChat
from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from icp_synth.errors import ModelError
from icp_synth.ledger import LedgeredChat
from icp_synth.records import Call
from tests import faults
from tests import openai_server as played
from tests.faults import CONTENT, FAULTS, PASSING, badly, with_fault
from tests.openai_server import OpenAIServer, message


class Line(BaseModel):
    """A sentence with the ids of what it rests on."""

    model_config = ConfigDict(extra="forbid")

    text: str
    evidence: list[str]
    number: int


class Wording(BaseModel):
    """What is asked for here."""

    model_config = ConfigDict(extra="forbid")

    lines: list[Line]


GOOD = Wording(lines=[Line(text="Reports take three hours.", evidence=["st-1"], number=1)])


def a_call(number: int = 1) -> Call[Wording]:
    return Call(prompt="word", version=1, system="Word it.", user=f"Theme {number}.", output=Wording)


def good(body: played.Body) -> played.Answer:
    return message(GOOD.model_dump_json())


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        running.otherwise = good
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    engine = open_engine(f"sqlite:///{tmp_path / 'icp-synth.db'}")
    migrate(engine)
    yield SqlLedger(engine, "titan")
    engine.dispose()


@pytest.fixture
def chat(server: OpenAIServer, ledger: SqlLedger) -> LedgeredChat:
    endpoint = LangChainChat(
        "it", model="test", base_url=server.url, api_key="k", timeout=1.5, pause=lambda _: None, workers=4
    )
    return LedgeredChat(endpoint, ledger, partial(keyed_hash, b"test"), workers=4)


NAMED = {
    "wrong key": "refused the key; it said 401",
    "too many": f"429: Rate limit reached \\(tried {TRIES} times",
    "too many, wait": "wants 1 seconds of peace",
    "stumble": f"500: The server had an error \\(tried {TRIES} times",
    "hang": "didn't answer within 1.5 seconds \\(tried 2 times",
    "cut": "broke off.*tried 2 times",
    "refusal": "refused to answer",
    "nothing": "gave no answer in the shape",
    "half": "answered in another shape than asked for .*EOF",
    "cut short": "was cut short",
    "other shape": r"answered in another shape than asked for \(lines: Field required",
    "padded": "answered with 2,000,0.. characters",
    "two answers": "answered in another shape than asked for .*trailing characters",
}
LIES = {"invented ids", "invented quotes", "endless"}  # whole and in shape: what they say is for `admit` to doubt


def test_every_fault_is_tried_here() -> None:
    assert set(FAULTS) == set(NAMED) | LIES


@pytest.mark.parametrize("name", NAMED)
def test_a_fault_that_stays_ends_in_an_error_by_name(
    server: OpenAIServer, chat: LedgeredChat, ledger: SqlLedger, name: str
) -> None:
    server.otherwise = with_fault(name, good)
    (answer,) = chat.ask_all([a_call()])
    assert isinstance(answer, ModelError)
    pytest.raises(ModelError, _raise, answer).match(f"^it .*{NAMED[name]}")
    assert "\n" not in str(answer) and answer.advice
    (entry,) = ledger.entries()
    assert entry.state == "failed" and entry.why == str(answer) and entry.tries == len(server.requests)
    assert (entry.tokens.total == 15) == (name in CONTENT), "an answer that came is paid for, whatever it is"


def _raise(error: ModelError) -> None:
    raise error


@pytest.mark.parametrize("name", sorted(PASSING))
def test_a_fault_that_passes_is_tried_again_until_it_has(
    server: OpenAIServer, chat: LedgeredChat, ledger: SqlLedger, name: str
) -> None:
    server.script = [with_fault(name, good)]
    assert chat.ask_all([a_call()]) == [GOOD]
    (entry,) = ledger.entries()
    assert entry.state == "answered" and entry.tries == len(server.requests) == 2


def test_lies_in_the_right_shape_come_through_as_they_are(server: OpenAIServer, chat: LedgeredChat) -> None:
    server.script = [with_fault(name, good) for name in ("invented ids", "invented quotes", "endless")]
    (ids,), (quotes,), (endless,) = (chat.ask_all([a_call(n)]) for n in range(3))
    assert isinstance(ids, Wording) and isinstance(quotes, Wording) and isinstance(endless, Wording)
    assert ids.lines[0].evidence == [faults.NO_ID] and ids.lines[0].number == faults.NO_NUMBER
    assert quotes.lines[0].text == faults.NOBODY_SAID and quotes.lines[0].evidence == ["st-1"]
    assert len(endless.lines) == faults.MANY


def test_a_server_that_fails_at_a_third_of_calls_loses_no_call_and_no_good_answer(
    server: OpenAIServer, chat: LedgeredChat, ledger: SqlLedger
) -> None:
    server.otherwise = badly(0.3, 7, good, CONTENT - LIES | PASSING - {"hang"})
    calls = [a_call(n) for n in range(60)]
    answers = chat.ask_all(calls)
    failed = [call for call, answer in zip(calls, answers, strict=True) if isinstance(answer, ModelError)]
    assert 3 < len(failed) < 25
    assert all(answer == GOOD for answer in answers if not isinstance(answer, ModelError))
    assert len(ledger.entries()) == 60
    for _ in range(8):
        answers = chat.ask_all(calls)
    assert answers == [GOOD] * 60
    assert len([entry for entry in ledger.entries() if entry.state == "answered"]) == 60, "one good answer a call"


def test_faults_are_drawn_by_the_call_and_not_by_the_clock() -> None:
    bodies = [{"messages": [{"role": "user", "content": str(n)}]} for n in range(200)]
    drawn = [badly(0.3, 7, good) for _ in range(2)]
    forth = [drawn[0](body) for body in bodies]
    back = [drawn[1](body) for body in reversed(bodies)]
    assert forth == list(reversed(back))
    bad = sum(answer != good({}) for answer in forth)
    assert 40 <= bad <= 80, "about 30% of 200"
    other = badly(0.3, 8, good)
    assert [other(body) for body in bodies] != forth


# ---------------------------------------------------------------- what is sent


def test_what_stays_the_same_is_sent_first_and_byte_for_byte_so_that_servers_can_cache_it(
    server: OpenAIServer, chat: LedgeredChat
) -> None:
    chat.ask_all([a_call(n) for n in range(3)])
    prefixes = set()
    for body in server.requests:
        whole = json.dumps(body["messages"], ensure_ascii=False)
        prefixes.add(whole[: whole.index("Theme")])
        assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert prefixes == {'[{"content": "Word it.", "role": "system"}, {"content": "'} or len(prefixes) == 1
    assert len({json.dumps(body["response_format"]) for body in server.requests}) == 1
