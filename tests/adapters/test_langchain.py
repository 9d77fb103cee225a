"""The chat model against a real server: good answers get through whole, and every bad one becomes an error by name."""

from __future__ import annotations

import email.utils
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from icp_synth.adapters.langchain import TRIES, LangChainChat
from icp_synth.adapters.registry import make_analyst
from icp_synth.analysts.llm import Extraction, Proposal
from icp_synth.errors import ModelError, NotFoundError
from icp_synth.ports import ChatModel
from icp_synth.records import Call, Redaction
from tests import openai_server as played
from tests.openai_server import OpenAIServer, claim, claims, fails


class NoDetector:
    """Stands where a detector must; nothing is looked at here."""

    name = "none"

    def find(self, text: str) -> list[Redaction]:
        return []

    def find_in_label(self, text: str) -> list[Redaction]:
        return []


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """How many seconds the client would have waited between its tries."""
    return []


@pytest.fixture
def chat(server: OpenAIServer, pauses: list[float]) -> LangChainChat:
    return LangChainChat(
        "http://it#test", model="test", base_url=server.url, api_key="sesame", timeout=1.0, pause=pauses.append
    )


def ask(model: ChatModel) -> Extraction:
    (answer,) = model.ask_all(
        [Call(prompt="extract", version=1, system="Point at claims.", user="1: It is slow.", output=Extraction)]
    )
    if isinstance(answer, ModelError):
        raise answer
    return answer


def test_a_good_answer_comes_back_as_the_model_that_was_asked_for(server: OpenAIServer, chat: LangChainChat) -> None:
    server.script = [claims(claim(1, 2, kinds=["pain", "proof"]), claim(3, kinds=["job"], tone="praise"))]
    assert ask(chat).claims == [
        Proposal(sentences=[1, 2], kinds=["pain", "proof"], tone="trouble", strength="core"),
        Proposal(sentences=[3], kinds=["job"], tone="praise", strength="core"),
    ]


def test_one_plain_call_is_made_with_a_strict_schema_and_no_tools(server: OpenAIServer, chat: LangChainChat) -> None:
    ask(chat)
    (body,), (path,), (headers,) = server.requests, server.paths, server.headers
    assert path == "/v1/chat/completions", "not the Responses API, which compatible servers don't have"
    assert body["messages"] == [
        {"role": "system", "content": "Point at claims."},
        {"role": "user", "content": "1: It is slow."},
    ]
    shape = body["response_format"]["json_schema"]
    assert shape["strict"] is True and shape["schema"]["additionalProperties"] is False
    assert shape["schema"]["$defs"]["Proposal"]["required"] == ["sentences", "kinds", "tone", "strength"]
    assert body["model"] == "test" and not body.get("stream") and "tools" not in body
    assert {k.lower(): v for k, v in headers.items()}["authorization"] == "Bearer sesame"


def test_only_a_model_on_this_machine_is_told_how_long_an_answer_may_be(
    server: OpenAIServer, chat: LangChainChat
) -> None:
    asked = Call(
        prompt="extract", version=1, system="Point.", user="1: It is slow.", output=Extraction, max_output_tokens=96
    )
    small = LangChainChat("http://it#small", model="small", base_url=server.url, api_key="k", local=True)
    for model in (chat, small):
        model.ask_all([asked])
    streamed: list[str] = []
    small.ask(asked, on_text=streamed.append)
    limits = [body.get("max_completion_tokens") for body in server.requests]
    assert limits == [None, 96, 96], "what a model thinks first counts as well, so others aren't held to it"
    bounds = server.requests[0]["response_format"]["json_schema"]["schema"]["$defs"]["Proposal"]["properties"]
    assert (bounds["sentences"]["minItems"], bounds["sentences"]["maxItems"]) == (1, 2)


@pytest.mark.parametrize(
    ("behaviour", "named"),
    [
        (played.refuses, "refused to answer: I can't help with that"),
        (played.says_nothing, "gave no answer in the shape"),
        (played.calls_a_tool, "gave no answer in the shape.*tool_calls"),
        (played.half_json, "answered in another shape.*EOF"),
        (played.other_schema, r"answered in another shape.*claims\.0\.sentences"),
        (played.half_at_the_limit, "was cut short"),
        (played.filtered, "content filter"),
        (played.a_web_page, "no chat completion"),
        (played.no_choices, "no chat completion"),
        (fails(400, "response_format is not\nsupported\x1b[31m"), r"400: response_format is not supported\[31m\."),
        (fails(401, "Incorrect API key provided"), "refused the key.*401: Incorrect API key provided"),
        (fails(404, "no model called test"), "no such model.*no model called test"),
        (fails(429, "You exceeded your quota", "insufficient_quota"), "no credit left"),
    ],
)
def test_what_can_only_fail_again_is_an_error_by_name_after_one_call(
    server: OpenAIServer, chat: LangChainChat, pauses: list[float], behaviour: played.Behaviour, named: str
) -> None:
    server.otherwise = behaviour
    with pytest.raises(ModelError, match=f"^http://it#test .*{named}") as caught:
        ask(chat)
    assert "\n" not in str(caught.value) and caught.value.advice
    assert len(server.requests) == 1 and pauses == []


@pytest.mark.parametrize("behaviour", [fails(429), fails(500), fails(503), fails(408)])
def test_a_server_that_stumbles_is_tried_again_after_longer_and_longer_waits(
    server: OpenAIServer, chat: LangChainChat, pauses: list[float], behaviour: played.Behaviour
) -> None:
    server.script = [behaviour] * (TRIES - 1) + [claims(claim(1))]
    assert len(ask(chat).claims) == 1
    assert len(pauses) == TRIES - 1
    for number, pause in enumerate(pauses):
        assert 0 <= pause <= 2**number, "any part of a wait that doubles"


def test_a_server_that_stays_down_ends_in_an_error(server: OpenAIServer, chat: LangChainChat) -> None:
    server.otherwise = fails(500, "out of memory")
    with pytest.raises(ModelError, match=f"500: out of memory.*tried {TRIES} times.*kept"):
        ask(chat)
    assert len(server.requests) == TRIES


def test_it_never_comes_back_sooner_than_it_was_asked_to(
    server: OpenAIServer, chat: LangChainChat, pauses: list[float]
) -> None:
    in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
    server.script = [fails(429, Retry_After="7"), fails(503, Retry_After=in_a_minute), fails(429, Retry_After="soon")]
    ask(chat)
    assert 7 <= pauses[0] <= 8 and 57 <= pauses[1] <= 62 and 0 <= pauses[2] <= 4


def test_a_server_that_wants_an_hour_is_not_waited_for(
    server: OpenAIServer, chat: LangChainChat, pauses: list[float]
) -> None:
    server.otherwise = fails(429, "slow down", Retry_After="3600")
    with pytest.raises(ModelError, match=r"slow down.*wants 3600 seconds"):
        ask(chat)
    assert len(server.requests) == 1 and pauses == []


def test_the_real_clock_is_kept(server: OpenAIServer) -> None:
    chat = LangChainChat("it", model="test", base_url=server.url, api_key="k")
    server.script = [fails(429, Retry_After="1")]
    began = time.monotonic()
    ask(chat)
    assert 1 <= time.monotonic() - began < 10


def test_a_server_that_hangs_is_given_up(server: OpenAIServer, chat: LangChainChat) -> None:
    server.otherwise = played.hangs
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"didn't answer within 1 seconds \(tried 2 times\)"):
        ask(chat)
    assert len(server.requests) == 2 and time.monotonic() - began < 10


def test_half_an_answer_is_no_answer(server: OpenAIServer, chat: LangChainChat) -> None:
    server.script = [played.breaks_off]
    server.otherwise = claims(claim(1))
    assert len(ask(chat).claims) == 1, "one broken connection is tried again"
    server.otherwise = played.breaks_off
    with pytest.raises(ModelError, match="broke off.*tried 2 times"):
        ask(chat)


def test_a_server_that_isnt_there_is_named(server: OpenAIServer, pauses: list[float]) -> None:
    with played.serving() as gone:
        address = gone.url
    chat = LangChainChat("it", model="test", base_url=address, api_key="k", pause=pauses.append)
    with pytest.raises(ModelError, match=f"can't be reached.*Connection refused.*Is the server running at {address}"):
        ask(chat)


ASKS = """
import sys
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.analysts.llm import Extraction
from icp_synth.records import Call
call = Call(prompt="extract", version=1, system="Point.", user="1: It is slow.", output=Extraction)
LangChainChat("it", model="gpt-5", base_url=sys.argv[1], api_key="sesame").ask_all([call])
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
"""


def test_nothing_is_traced_and_no_other_address_is_taken_from_the_environment(server: OpenAIServer) -> None:
    """In a process of its own, since the tracer reads its environment once."""
    with played.serving() as spy:
        tempting = {
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_TRACING_V2": "true",
            "LANGCHAIN_TRACING": "false",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_API_KEY": "lsv2_x",
            "LANGSMITH_ENDPOINT": spy.url,
            "LANGSMITH_GATEWAY": spy.url,
            "OPENAI_BASE_URL": spy.url,
            "OPENAI_API_BASE": spy.url,
            "OPENAI_API_KEY": "for-openai-alone",
        }
        subprocess.run([sys.executable, "-c", ASKS, server.url], check=True, env={**os.environ, **tempting})
        assert spy.paths == []
    assert len(server.requests) == 1 and "for-openai-alone" not in str(server.headers)


def test_a_missing_extra_says_how_to_install_it() -> None:
    script = (
        "import sys; sys.modules['langchain_openai'] = None\n"
        "from icp_synth.adapters.registry import make_chat\n"
        "from icp_synth.errors import MissingExtraError\n"
        "try: make_chat('ollama:tiny')\n"
        "except MissingExtraError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert "pip install 'icp-synth[llm]'" in said.stdout


def test_the_extractive_analyst_loads_no_model_client() -> None:
    script = (
        "import sys; from icp_synth.adapters.registry import make_analyst; make_analyst('extractive', None)\n"
        "assert not {'langchain_openai', 'langchain_core', 'openai', 'langsmith'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))


def client_of(analyst: Any) -> Any:
    return analyst._sender.model._chat


def test_names_of_analysts_say_which_server_and_which_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    monkeypatch.setenv("ICP_SYNTH_API_KEY", "ours")
    for name, address, model, key in [
        ("openai:gpt-x", "https://api.openai.com/v1", "gpt-x", "sk-openai"),
        ("ollama:qwen3:8b", "http://localhost:11434/v1", "qwen3:8b", "none"),
        ("http://10.0.0.7:8000/v1#org/model", "http://10.0.0.7:8000/v1", "org/model", "ours"),
        ("https://models.example/v1#m", "https://models.example/v1", "m", "ours"),
    ]:
        analyst = make_analyst(name, NoDetector)
        client = client_of(analyst)
        assert analyst.name.startswith(f"{name} (extract 2, ")
        assert (client.openai_api_base, client.model_name) == (address, model)
        assert client.openai_api_key.get_secret_value() == key


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("openai:gpt-x", "OPENAI_API_KEY"),
        ("ollama:", "names no model"),
        ("http://host:8000/v1", "names no model"),
        ("http://#m", "isn't an address"),
        ("http://[half/v1#m", "isn't an address"),
        ("https://me:secret@host/v1#m", "ICP_SYNTH_API_KEY"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match=says) as caught:
        make_analyst(name, NoDetector)
    assert "secret" not in str(caught.value)


def test_an_unknown_provider_is_told_what_is_known() -> None:
    with pytest.raises(NotFoundError, match="extractive, gguf, http, https, ollama, openai"):
        make_analyst("oracle:delphi", NoDetector)
