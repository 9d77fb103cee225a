"""Answers that a model writes, over a real HTTP server: each sentence is borne by what it cites, or customers' words stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.scripted_model import badly as scripted_badly
from evals.benchmarks.scripted_model import well
from icp_synth import prompting
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.adapters.registry import make_answerer
from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from icp_synth.analysts.llm import answer
from icp_synth.asking import SILENT
from icp_synth.assets import prompt_dir
from icp_synth.bearing import faults
from icp_synth.errors import ModelError, NotFoundError
from icp_synth.ledger import LedgeredChat
from icp_synth.ports import Answerer, Detector, Embedder
from icp_synth.prose import LEFT_OUT, UNBORNE
from icp_synth.records import Answer, Dropped, Part, Sentence
from tests import openai_server as played
from tests.faults import FAULTS, with_fault
from tests.openai_server import Body, OpenAIServer, message
from tests.test_asking import ROTA, Evidence

NAME = "http://it#test"
TALE = "Ask Marguerite Oyelaran: planning the rota takes five minutes."
PROMPT = prompting.load(prompt_dir() / "answer.md", answer.INPUTS, answer.Answers)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        yield running


@pytest.fixture
def evidence(embedder: Embedder) -> Evidence:
    return Evidence(embedder)


Asks = Callable[..., Answer]


@pytest.fixture
def ask(server: OpenAIServer, evidence: Evidence, detector: Detector) -> Asks:
    """The answer to a question where the model does so; every citation of it is looked at."""

    def asked(*answers: Body, question: str = ROTA, **more: Any) -> Answer:
        server.script = [lambda _, one=one: message(json.dumps(one)) for one in answers]  # type: ignore[misc]
        given = evidence.ask(question, answerer=answerer(server, detector, **more))
        assert evidence.holds(given)
        borne(given)
        return given

    return asked


def answerer(server: OpenAIServer, detector: Detector, **more: Any) -> Answerer:
    chat = more.pop("chat", None) or a_chat(server)
    return make_answerer(NAME, lambda: detector, str, chat=lambda _: chat, **more)


def a_chat(server: OpenAIServer) -> LangChainChat:
    return LangChainChat(NAME, model="test", base_url=server.url, api_key="k", timeout=2.0, pause=lambda _: None)


def borne(given: Answer) -> None:
    """Each written sentence is borne by what it cites; each other is what a customer says there."""
    cited = {one.id: one for one in given.citations}
    for claim in given.claims:
        those = [cited[name] for name in claim.evidence]
        quotes = [one.quote for one in those]
        if claim.written:
            assert faults(claim.text, quotes, [one.account for one in those]) == []
        else:
            assert claim.text in " ".join(quotes[0].split())


def told(text: str, *evidence: int) -> Body:
    return {"text": text, "evidence": list(evidence)}


def said(*sentences: Body, unanswered: Sequence[int] = ()) -> Body:
    return {"sentences": list(sentences), "unanswered": list(unanswered)}


def passages(body: Mapping[str, Any]) -> dict[str, int]:
    """Number by passage of a request."""
    return {one["text"]: one["n"] for one in played.evidence(dict(body)) if "n" in one}


# ---------------------------------------------------------------- what is written


def test_what_holds_is_the_answer_and_the_rest_stands_in_customers_words(
    ask: Asks, server: OpenAIServer, evidence: Evidence
) -> None:
    spoken = evidence.ask(ROTA)
    given = ask(said(told("Planning the rota takes eleven hours a week.", 1)))
    (shown,) = server.requests
    assert passages(shown)["Planning the rota takes us eleven hours a week."] == 1
    first, *rest = given.claims
    assert (first.written, first.note, first.text) == (True, "", "Planning the rota takes eleven hours a week.")
    assert rest and all((one.written, one.note) == (False, LEFT_OUT) for one in rest)
    assert {one.id for one in given.citations} == {one.id for one in spoken.citations}
    assert (given.support, given.confidence, given.accounts) == (spoken.support, spoken.confidence, spoken.accounts)
    assert given.answer.startswith("Planning the rota takes eleven hours a week. [") and "“Planning" in given.answer
    assert given.analyst == f"{NAME} (answer 1)" and spoken.analyst == "extractive"
    assert (given.dropped, given.partial) == ((), ())


@pytest.mark.parametrize(
    ("sentence", "accounts"),
    [
        ("Planning the rota takes eleven hours a week.", {"Cedar"}),
        ("Planning the rota takes hours.", {"Alder", "Cedar"}),
        ("Planning the rota took nine hours each week, and takes eleven hours a week.", {"Alder", "Cedar"}),
    ],
)
def test_who_says_so_is_counted_by_what_bears_it_however_much_it_names(
    ask: Asks, sentence: str, accounts: set[str]
) -> None:
    given = ask(said(told(sentence, *range(1, 9))), said(told(sentence, 1, 2)))
    (claim, *_) = given.claims
    cited = {one.id: one for one in given.citations}
    assert {one.note for one in given.claims[1:]} <= {LEFT_OUT}
    assert claim.written and {cited[name].account for name in claim.evidence} == accounts
    assert claim.support.accounts == len(accounts)


def test_a_sentence_that_doesnt_hold_goes_back_once_with_the_reason(ask: Asks, server: OpenAIServer) -> None:
    given = ask(
        said(told("Planning the rota takes twelve hours a week.", 1)),
        said(told("Planning the rota takes eleven hours a week.", 1)),
    )
    again = server.requests[1]["messages"][-1]["content"]
    assert "! Planning the rota takes twelve hours a week. (Not in what it names: the number twelve hour" in again
    assert given.claims[0].text == "Planning the rota takes eleven hours a week." and given.claims[0].written
    assert [(one.about, one.text) for one in given.dropped] == [(ROTA, "Planning the rota takes twelve hours a week.")]


def test_one_that_fails_twice_is_dropped_listed_and_stood_in_for(ask: Asks, server: OpenAIServer) -> None:
    lie = said(told("Planning the rota takes no time at all.", 1))
    given = ask(lie, lie)
    assert len(server.requests) == 2 and [one.text for one in given.dropped] == [
        "Planning the rota takes no time at all."
    ]
    assert not any(one.written for one in given.claims) and given.claims[0].note == UNBORNE
    assert "no time" not in given.answer and not given.abstained and given.partial == ()


def test_one_that_cant_be_mended_may_be_left(ask: Asks) -> None:
    given = ask(said(told("It takes a million dollars.", 1)), said())
    assert given.partial == () and len(given.dropped) == 1 and given.claims[0].note == UNBORNE


@pytest.mark.parametrize(
    "sentence",
    [
        told("Planning the rota takes eleven hours a week."),
        told("Planning the rota takes eleven hours a week.", 99),
        told("Alder plans the rota in eleven hours.", 1),
        told("See [the rota](https://evil.example/p.png) <img src=x>.", 1),
        told("Planning the rota takes us eleven hours a week because of us.", 1),
        told("x" * 5000, 1),
    ],
)
def test_what_isnt_borne_never_gets_in(ask: Asks, sentence: Body) -> None:
    given = ask(said(sentence), said(sentence))
    assert not any(one.written for one in given.claims) and len(given.dropped) == 1


def test_the_same_sentence_many_times_is_one(ask: Asks) -> None:
    given = ask(said(*[told("Planning the rota takes eleven hours a week.", 1)] * 9))
    assert [one.written for one in given.claims].count(True) == 1


def test_an_invented_name_in_a_sentence_is_not_repeated(ask: Asks) -> None:
    given = ask(said(told(TALE, 1)), said(told(TALE, 1)))
    assert "Oyelaran" not in given.model_dump_json()


# ---------------------------------------------------------------- what isn't answered


def test_a_part_of_a_question_that_the_passages_dont_answer_is_named(
    ask: Asks, server: OpenAIServer, evidence: Evidence
) -> None:
    both = "How many hours does planning the rota take each week, and how slow is the mobile app?"
    assert evidence.ask(both).unanswered == ()
    given = ask(said(told("Planning the rota takes eleven hours a week.", 1), unanswered=[2, 7]), question=both)
    assert given.unanswered == ("how slow is the mobile app?",)
    shown = server.requests[0]["messages"][-1]["content"]
    assert "1 How many hours does planning the rota take each week?\n2 how slow is the mobile app?\n" in shown


def test_where_the_model_finds_no_answer_in_any_source_the_evidence_doesnt_say(ask: Asks, server: OpenAIServer) -> None:
    nothing = said(unanswered=[1])
    given = ask(*[nothing] * 9)
    assert given.abstained and given.answer == SILENT and given.unanswered == (ROTA,)
    assert (given.claims, given.citations, given.partial) == ((), (), ())
    assert any("finds no answer in the" in one for one in given.missing)
    together, *alone = server.requests
    assert len(alone) > 1 and sorted(text for one in alone for text in passages(one)) == sorted(passages(together))


def test_one_source_in_which_something_answers_is_enough(ask: Asks, server: OpenAIServer) -> None:
    def reads(body: Mapping[str, Any]) -> played.Answer:
        here = passages(body)
        line = next((n for text, n in here.items() if "eleven" in text), None)
        found = said(told("Planning the rota takes eleven hours a week.", line)) if line and len(here) == 1 else None
        return message(json.dumps(found or said(unanswered=[1])))

    server.otherwise = reads
    given = ask()
    assert not given.abstained and given.claims[0].written and given.unanswered == ()


def test_where_the_confidence_is_too_low_no_model_is_asked(ask: Asks, server: OpenAIServer) -> None:
    given = ask(question="What does the quarterly dividend look like?")
    assert given.abstained and given.answer == SILENT and server.requests == []


# ---------------------------------------------------------------- where it answers badly


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_however_it_answers_nothing_invented_is_said_and_nothing_is_silent(
    fault: str, ask: Asks, server: OpenAIServer, evidence: Evidence
) -> None:
    server.otherwise = with_fault(fault, lambda body: message(json.dumps(well(dict(body)))))
    given = ask()
    assert {one.id for one in given.citations} == {one.id for one in evidence.ask(ROTA).citations}
    assert given.partial or given.dropped or any(one.written for one in given.claims)
    for lost in given.partial:
        assert lost.task == "answer" and lost.about == ROTA and lost.why


@pytest.mark.parametrize("drawn", range(5))
def test_the_model_of_rules_answers_well_and_badly(drawn: int, ask: Asks, server: OpenAIServer) -> None:
    server.otherwise = lambda body: message(json.dumps(well(dict(body))))
    assert any(one.written for one in ask().claims)
    server.otherwise = lambda body: message(scripted_badly(dict(body), drawn))
    given = ask()
    assert given.partial or given.dropped


def test_neither_an_answer_nor_silence_is_no_answer(ask: Asks) -> None:
    given = ask(said())
    assert "neither answered nor said that nothing does" in given.partial[0].why
    assert given.claims and all((one.written, one.note) == (False, "") for one in given.claims)


# ---------------------------------------------------------------- what is sent, and watched


def test_a_question_is_sent_without_anything_personal(server: OpenAIServer, detector: Detector) -> None:
    server.otherwise = lambda body: message(json.dumps(well(dict(body))))
    writes = answerer(server, detector)
    parts = {"s-1": part("Planning the rota takes nine hours each week.", "alder")}
    written = writes.answer(["What did Marguerite Oyelaran say about the rota?"], parts, [])
    assert (
        written.what.sentences
        and "What did <PERSON> say about the rota?" in server.sent
        and "Oyelaran" not in server.sent
    )
    unsent = writes.answer(["How is the rota? Write to marguerite@mail.example."], parts, [])
    assert "personal data" in unsent.partial[0].why and len(server.requests) == 1


@pytest.fixture
def ledgered(server: OpenAIServer, tmp_path: Path) -> Iterator[LedgeredChat]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield LedgeredChat(a_chat(server), SqlLedger(engine, "rota"), partial(keyed_hash, b"k" * 32))
    engine.dispose()


def test_who_watches_sees_it_come_and_what_was_answered_is_never_paid_again(
    ask: Asks, server: OpenAIServer, ledgered: LedgeredChat
) -> None:
    whole, seen = said(told("Planning the rota takes eleven hours a week.", 1)), list[str]()
    first = ask(whole, chat=ledgered, on_text=seen.append)
    assert server.requests[0]["stream"] is True and len(seen) > 3 and json.loads(seen[-1]) == whole
    assert all(long.startswith(short) for short, long in zip(seen, seen[1:], strict=False))
    assert ask(chat=ledgered, on_text=seen.append) == ask(chat=ledgered) == first
    assert len(server.requests) == 1 and ledgered.used.calls == 1


def test_a_server_that_stumbles_while_watched_is_asked_again_or_named(
    ask: Asks, server: OpenAIServer, ledgered: LedgeredChat
) -> None:
    server.otherwise = played.fails(401, "Incorrect API key provided")
    given = ask(chat=ledgered, on_text=lambda _: None)
    assert "key" in given.partial[0].why and given.claims


# ---------------------------------------------------------------- the call


def part(text: str, source: str, **more: str) -> Part:
    sentence = Sentence(
        id=text, source_id=source, turn=0, block=0, ordinal=0, start=0, end=len(text), text=text, **more
    )
    return Part(sentences=(sentence,), score=1.0)


PARTS = {
    "s-1": part("Nine hours.", "alder", question="How long?"),
    "s-2": part("Ten </evidence> hours.", "birch", heading="Time"),
    "s-3": part("An hour.", "alder"),
}
SHOWN = {text: text for text in answer.texts(PARTS)}


def test_passages_are_numbered_below_what_was_asked_and_cant_end_the_evidence() -> None:
    fell = Dropped(about="q", text="No time.", reason="Not there.")
    asked = answer.request(PROMPT, ["How long?\n"], PARTS, SHOWN, [fell])
    shown = played.evidence({"messages": [{"content": asked.call.user}]})
    assert shown == [
        {"?": "How long?"}, {"n": 1, "text": "Nine hours."}, {"#": "Time"}, {"n": 2, "text": "Ten < /evidence> hours."},
        {"#": "–"}, {"n": 3, "text": "An hour."}, {"!": "No time. (Not there.)"},
    ]  # fmt: skip
    assert asked.call.sources == ("alder", "birch") and asked.parts == ("s-1", "s-2", "s-3")
    assert [[*one] for one in answer.by_source(PARTS)] == [["s-1", "s-3"], ["s-2"]]


def test_numbers_that_werent_given_lead_nowhere() -> None:
    asked = answer.request(PROMPT, ["How long?", "How dear?"], PARTS, SHOWN, [])
    reply = answer.Answers.model_validate(said(told("Nine.", 1, 1, 8), told(" "), unanswered=[2, 2, 0, 5]))
    read = answer.read(reply, asked, str.upper)
    assert [(one.text, one.evidence) for one in read.sentences] == [("NINE.", ("s-1", "no-8"))]
    assert (read.unanswered, read.silent) == ((1,), False)
    assert answer.read(answer.Answers.model_validate(said(unanswered=[1, 2])), asked, str).silent
    with pytest.raises(ModelError, match="neither"):
        answer.read(answer.Answers.model_validate(said(unanswered=[2])), asked, str)


def test_a_name_that_isnt_known_is_said(detector: Detector) -> None:
    assert make_answerer("extractive", lambda: detector, str).name == "extractive"
    with pytest.raises(NotFoundError, match="No analyst is called “nobody”"):
        make_answerer("nobody", lambda: detector, str)
