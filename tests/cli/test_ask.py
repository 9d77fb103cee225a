"""`ask`: a question to one's own evidence is answered in customers' words with their places, or honestly not."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from evals.benchmarks.scripted_model import well
from icp_synth.asking import SILENT
from icp_synth.cli import ask as asks
from icp_synth.cli.console import opened
from tests import openai_server as played
from tests.conftest import Cli
from tests.openai_server import OpenAIServer

ALDER = """Interview - Alder House

Interviewer: What was hard before?
Customer: Planning the rota took me nine hours each week. It was always done by hand.
Interviewer: Our app plans a month in ten minutes.
Customer: We lost two nurses because shifts came too late.
"""
BIRCH = """Interview - Birch Care

Interviewer: What was hard before?
Customer: Planning our rota takes ten hours every week.
"""
CEDAR = """Interview - Cedar Lodge

Interviewer: What was hard before?
Customer: Planning the rota takes us eleven hours a week.
"""
ROTA = "Planning the rota took me nine hours each week."
QUESTION = "How many hours does planning the rota take each week?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two interviews."""
    made = tmp_path / "evidence"
    made.mkdir()
    (made / "alder.txt").write_text(ALDER, encoding="utf-8")
    (made / "birch.txt").write_text(BIRCH, encoding="utf-8")
    return made


@pytest.fixture
def rota(cli: Cli, folder: Path) -> Cli:
    """A workspace with them."""
    cli("init", "rota", "--product", "Rotalark")
    assert cli("add", folder, "-w", "rota").code == 0
    return cli


def test_an_answer_is_a_customers_words_with_their_places_and_how_many_say_so(rota: Cli) -> None:
    ended = rota("ask", QUESTION)
    assert (ended.code, ended.err) == (0, "")
    head, claim, *cited = ended.out.splitlines()
    assert head.startswith("2 of 2 accounts (Alder House, Birch Care), confidence 0.")
    assert claim.startswith("“Planning") and claim.endswith("2 of 2 accounts")
    assert {"Birch Care, interview, birch.txt:4", "Alder House, interview, alder.txt:4"} <= {
        line.partition("] ")[2] for line in cited
    }
    assert "\x1b" not in ended.out, "nothing of a terminal's in a pipe"


def test_an_answer_for_programs_cites_to_the_letter(rota: Cli) -> None:
    told = rota("ask", f"  {QUESTION} ", "--json").json
    assert (told["question"], told["abstained"]) == (QUESTION, False)
    assert 0.5 <= told["confidence"] <= 1 and told["accounts"] == ["Alder House", "Birch Care"]
    cited = {one["id"]: one for one in told["citations"]}
    for claim in told["claims"]:
        assert claim["text"] in " ".join(cited[claim["evidence"][0]]["quote"].split())
        assert {*claim["evidence"], *claim["counter"]} <= cited.keys()
    for one in cited.values():
        text = {"alder.txt": ALDER, "birch.txt": BIRCH}[one["source"]]
        first, last = one["lines"]
        assert one["quote"] in "\n".join(text.split("\n")[first - 1 : last])
    assert told["claims"][0]["support"]["accounts"] == 2


def test_an_answer_cites_as_a_profile_does(rota: Cli, tmp_path: Path) -> None:
    assert rota("draft", "-w", "rota", "--out", tmp_path / "icp").code == 0
    profile = json.loads((tmp_path / "icp" / "profile.json").read_text(encoding="utf-8"))
    cited = rota("ask", QUESTION, "--json").json["citations"]
    assert cited and {frozenset(one) for one in cited} == {frozenset(profile["statements"][0])}


@pytest.mark.parametrize("question", ["What does the quarterly dividend look like?", "xqzzy plugh frotz?", "🦉"])
def test_where_nobody_said_so_it_says_so(rota: Cli, question: str) -> None:
    ended = rota("ask", question)
    assert ended.code == 0 and ended.out.startswith(SILENT) and "Alder House" not in ended.out
    told = rota("ask", question, "--json").json
    assert told["abstained"] and told["answer"] == SILENT and told["unanswered"] == [question]
    assert (told["claims"], told["citations"]) == ([], []) and told["confidence"] < 0.7


def test_a_question_in_two_parts_says_which_of_them_is_not_answered(rota: Cli) -> None:
    told = rota(
        "ask", "How many hours does planning the rota take, and what quarterly dividend was paid?", "--json"
    ).json
    assert not told["abstained"] and told["unanswered"] == ["what quarterly dividend was paid?"]
    assert "rota" in told["citations"][0]["quote"]


def test_we_are_never_cited(rota: Cli) -> None:
    ended = rota("ask", "How fast does the app plan a month?")
    assert ended.code == 0 and "ten minutes" not in ended.out


def test_who_says_so_is_counted_and_named(rota: Cli) -> None:
    told = rota("ask", "Which customers need hours to plan the rota?", "--json").json
    assert told["answer"].startswith("2 of 2 accounts: Alder House, Birch Care. “")


def test_a_question_that_names_an_account_is_put_to_that_account(rota: Cli) -> None:
    told = rota("ask", "How many hours does planning the rota take at Birch Care?", "--json").json
    assert {one["account"] for one in told["citations"]} == {"Birch Care"}


def test_filters_say_which_evidence_is_asked(rota: Cli) -> None:
    def accounts(*filters: str) -> set[str]:
        return {one["account"] for one in rota("ask", QUESTION, *filters, "--json").json["citations"]}

    assert accounts("--account", "birch care") == {"Birch Care"}
    assert accounts("--kind", "interview") == {"Alder House", "Birch Care"}
    assert accounts("--kind", "ticket") == set() == accounts("--voice", "reported") == accounts("--since", "2020-01-01")
    assert rota("accounts", "set", "alder-house", "region=north", "outcome=won").code == 0
    assert accounts("--segment", "region=North") == {"Alder House"} == accounts("--outcome", "won")


def test_a_role_is_what_a_label_an_attendee_list_or_a_column_says(rota: Cli, folder: Path) -> None:
    (folder / "cedar.txt").write_text(
        "Call with Cedar Lodge\nDate: 2026-03-02\n\nInterviewer: What was hard before?\n"
        "Dana Fox (Head of Care, Cedar Lodge): Planning the rota takes us eleven hours a week.\n",
        encoding="utf-8",
    )
    (folder / "survey.csv").write_text(
        "Company,Role,What was hard before?\nDogwood Ltd,CFO,Planning the rota took twelve hours each week.\n",
        encoding="utf-8",
    )
    assert rota("add", folder).code == 0

    def accounts(*roles: str) -> set[str]:
        asked = [word for role in roles for word in ("--role", role)]
        return {one["account"] for one in rota("ask", QUESTION, *asked, "--json").json["citations"]}

    assert accounts("head of care") == {"Cedar Lodge"} and accounts("cfo") == {"Dogwood Ltd"}
    assert accounts("care", "cfo") == {"Cedar Lodge", "Dogwood Ltd"}
    assert "Dana" not in rota("ask", QUESTION, "--role", "care", "--json").out
    kept = rota("ask", QUESTION, "--role", "cfo", "--save")
    assert kept.code == 0 and rota("questions", "--json").json[0]["filters"]["roles"] == ["cfo"]
    (folder / "many.txt").write_text(f"{QUESTION}\n", encoding="utf-8")
    (told,) = rota("ask", "--file", folder / "many.txt", "--role", "cfo", "--json").json
    assert told["accounts"] == ["Dogwood Ltd"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--role", "Astronaut"], "No customer's role holds “Astronaut”"),
        (["--account", "Nobody"], "No account is called “Nobody”"),
        (["--kind", "rumour"], "rumour"),
        (["--since", "soon"], "not a day"),
        (["--segment", "north"], "ATTRIBUTE=VALUE"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_said(rota: Cli, given: list[str], said: str) -> None:
    ended = rota("ask", QUESTION, *given)
    assert ended.code in (1, 2) and said in ended.err and "Traceback" not in ended.err


def test_a_file_of_questions_is_answered_one_by_one(rota: Cli, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"# about the rota\n{QUESTION}\n\nWhat is the dividend?\n", encoding="utf-8")
    told = rota("ask", "--file", file, "--json").json
    assert [(one["question"], one["abstained"]) for one in told] == [(QUESTION, False), ("What is the dividend?", True)]
    assert rota("ask", "--file", file).out.startswith(f"{QUESTION}\n")
    file.write_text("\n", encoding="utf-8")
    assert "holds no question" in rota("ask", "--file", file).err


def test_questions_come_one_by_one_without_one_given(rota: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n\nWhat is the dividend?\n"))
    ended = rota("ask")
    assert ended.code == 0 and "birch.txt:4" in ended.out and SILENT in ended.out


def test_a_kept_question_is_asked_again_when_evidence_arrives_or_goes(rota: Cli, folder: Path) -> None:
    kept = rota("ask", QUESTION, "--save", "-w", "rota")
    assert kept.code == 0 and "Kept as q-" in kept.err
    (one,) = rota("questions", "--json").json
    assert (one["question"], one["accounts"], one["abstained"]) == (QUESTION, 2, False)
    assert "question" not in rota("add", folder, "-w", "rota").out
    (folder / "cedar.txt").write_text(CEDAR, encoding="utf-8")
    added = rota("add", folder, "-w", "rota").out
    assert f"“{QUESTION}”: 3 of 3 accounts (was 2 of 2)" in added
    assert "+ “Planning the rota takes us eleven hours a week.” Cedar Lodge, cedar.txt:4" in added
    assert "eleven" not in rota("add", folder, "-w", "rota").out, "said once"
    assert rota("questions", "remove", one["id"]).code == 0
    assert "No question is kept" in rota("questions").out
    assert "No question is called" in rota("questions", "remove", one["id"]).err


def test_a_kept_question_holds_nobodys_name(rota: Cli) -> None:
    asked = "How many hours does planning the rota take, Marguerite Oyelaran (marguerite@mail.example) asks?"
    assert rota("ask", asked, "--save").code == 0
    (one,) = rota("questions", "--json").json
    assert "arguerite" not in one["question"] and "planning the rota" in one["question"]


def test_what_is_hidden_by_hand_goes_from_the_kept_questions_too(rota: Cli) -> None:
    assert rota("ask", QUESTION, "--save").code == 0
    assert rota("privacy", "add", "rota").code == 0
    (one,) = rota("questions", "--json").json
    assert "rota" not in one["question"] and one["question"].startswith("How many hours does planning the <")


def test_the_original_of_a_citation_is_found_where_it_still_lies(rota: Cli, folder: Path, tmp_path: Path) -> None:
    with opened("rota") as here:
        source = next(one for one in here.sources() if one.path == "alder.txt")
        assert here.original(source.id, folder) == here.original(source.id, tmp_path) == folder / "alder.txt"
        (folder / "alder.txt").rename(folder / "elsewhere.txt")
        assert here.original(source.id, folder) is None


def test_who_is_on_whose_side_can_be_corrected(rota: Cli) -> None:
    """Somebody who turns out to be one of us isn't cited any more."""
    theirs = next(
        one for one in rota("roles", "--json").json if one["role"] == "customer" and one["source"] == "alder.txt"
    )
    assert rota("roles", "set", theirs["source"], theirs["speaker"], "us").code == 0
    cited = rota("ask", QUESTION, "--json").json["citations"]
    assert {one["source"] for one in cited} == {"birch.txt"}


def test_what_was_removed_is_not_cited(rota: Cli) -> None:
    assert rota("remove", "alder.txt").code == 0
    assert {one["source"] for one in rota("ask", QUESTION, "--json").json["citations"]} == {"birch.txt"}


def test_an_empty_workspace_has_no_answer(cli: Cli) -> None:
    cli("init", "rota", "--product", "Rotalark")
    ended = cli("ask", QUESTION)
    assert ended.code == 0 and ended.out.strip() == SILENT


def test_without_a_workspace_it_says_how_to_start(cli: Cli) -> None:
    ended = cli("ask", QUESTION)
    assert ended.code == 1 and ended.out == ""
    assert "no workspace here yet" in ended.err and "icp-synth draft PATH" in ended.err


def test_a_question_without_words_is_no_question(rota: Cli) -> None:
    ended = rota("ask", "   ")
    assert ended.code == 2 and "no question in that" in ended.err and "Traceback" not in ended.err


# ---------------------------------------------------------------- with a model


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        running.otherwise = lambda body: played.message(json.dumps(well(body)))
        yield running


@pytest.fixture
def model(server: OpenAIServer) -> str:
    return f"{server.url}#test"


def lies(body: played.Body) -> played.Answer:
    """An invented sentence, whatever is asked."""
    return played.message(
        json.dumps({"sentences": [{"text": "Zephion saves it all.", "evidence": [1]}], "unanswered": []})
    )


def test_a_model_puts_the_answer_in_words_each_with_its_quotes(rota: Cli, server: OpenAIServer, model: str) -> None:
    ended = rota("ask", QUESTION, "--analyst", model)
    assert (ended.code, ended.err) == (0, "")
    head, *lines = ended.out.splitlines()
    assert head.startswith("2 of 2 accounts (Alder House, Birch Care)")
    assert "Planning their rota takes ten hours every week. 1 of 2 accounts" in lines
    assert any(
        "“Planning our rota takes ten hours every week.” Birch Care, interview, birch.txt:4" in one for one in lines
    )
    assert f"Lines without quotation marks: written by {model} (answer 1), checked." in lines
    assert "\x1b" not in ended.out and "checked yet" not in ended.out, "a pipe gets the answer and nothing else"
    assert [played.asked_for(body) for body in server.requests] == ["Answers"], (
        "nothing is read by it, one call answers"
    )
    assert "stream" not in server.requests[0] or server.requests[0]["stream"] is False


def test_the_same_question_again_costs_nothing_and_the_ledger_counts(
    rota: Cli, server: OpenAIServer, model: str
) -> None:
    first = rota("ask", QUESTION, "--analyst", model, "--json").json
    assert rota("ask", QUESTION, "--analyst", model, "--json").json == first
    assert len(server.requests) == 1
    (row,) = rota("cost", "--json").json
    assert (row["prompt"], row["calls"], row["replays"]) == ("answer", 1, 1)
    assert rota("remove", "birch.txt").code == 0
    assert rota("ask", QUESTION, "--analyst", model).code == 0
    assert len(server.requests) == 2 and "ten hours" not in json.dumps(server.requests[1])


def test_a_question_is_sent_without_anything_personal_and_without_what_was_hidden(
    rota: Cli, server: OpenAIServer, model: str
) -> None:
    assert rota("privacy", "add", "Kestrelwood").code == 0
    assert rota("ask", f"{QUESTION[:-1]} at Alder House, kestrelwood?", "--analyst", model).code == 0
    (sent,) = server.requests
    assert (
        "1 How many hours does planning the rota take each week at Alder House, <REDACTED>?\n"
        in sent["messages"][-1]["content"]
    )


def test_a_call_that_may_not_be_made_leaves_customers_words_and_code_3(
    rota: Cli, server: OpenAIServer, model: str
) -> None:
    ended = rota("ask", QUESTION, "--analyst", model, "--budget-tokens", "10")
    assert ended.code == 3 and "“Planning" in ended.out
    assert "Partial: Not put in words by the model" in ended.out and "budget of this run is reached" in ended.out
    told = rota("ask", QUESTION, "--analyst", model, "--budget-tokens", "10", "--json")
    assert told.code == 3 and told.json["partial"][0]["task"] == "answer" and server.requests == []
    plain = rota("ask", QUESTION, "--json").json
    assert [one["text"] for one in told.json["claims"]] == [one["text"] for one in plain["claims"]]
    assert rota("ask", QUESTION, "--analyst", model, "--budget", "1").code == 3, "its price isn't known"


def test_a_server_that_isnt_there_and_a_name_that_isnt_known_are_said(rota: Cli) -> None:
    ended = rota("ask", QUESTION, "--analyst", "http://127.0.0.1:9/v1#gone")
    assert ended.code == 3 and "Partial" in ended.out and "“Planning" in ended.out
    ended = rota("ask", QUESTION, "--analyst", "nobody")
    assert ended.code == 1 and "No analyst is called “nobody”" in ended.err and ended.out == ""


def test_sentences_that_fall_are_counted_and_listed(rota: Cli, server: OpenAIServer, model: str) -> None:
    server.otherwise = lies
    ended = rota("ask", QUESTION, "--analyst", model)
    assert ended.code == 0 and "Zephion" not in ended.out
    assert "doesn't bear it: 1 sentence of the model." in ended.out
    told = rota("ask", QUESTION, "--analyst", model, "--json").json
    assert [one["text"] for one in told["dropped"]] == ["Zephion saves it all."] and "Zephion" not in told["answer"]


def test_questions_of_a_file_and_typed_ones_are_put_to_the_model_too(
    rota: Cli, server: OpenAIServer, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"{QUESTION}\nWhat is the dividend?\n", encoding="utf-8")
    first, second = rota("ask", "--file", file, "--analyst", model, "--json").json
    assert first["claims"][0]["written"] and second["abstained"] and len(server.requests) == 1
    monkeypatch.setenv("ICP_SYNTH_ANALYST", model)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n"))
    assert "Planning their rota takes ten hours every week." in rota("ask").out and len(server.requests) == 1


def test_a_kept_question_is_asked_again_of_no_model(
    rota: Cli, server: OpenAIServer, model: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICP_SYNTH_ANALYST", model)
    assert rota("ask", QUESTION, "--save").code == 0 and len(server.requests) == 1
    (folder / "cedar.txt").write_text(CEDAR, encoding="utf-8")
    added = rota("add", folder, "-w", "rota")
    assert f"“{QUESTION}”: 3 of 3 accounts (was 2 of 2)" in added.out and len(server.requests) == 1


def test_where_somebody_waits_it_is_counted_how_the_model_writes_and_unchecked_words_are_never_shown(
    rota: Cli, server: OpenAIServer, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(asks, "out", Console(file=screen, force_terminal=True, width=120, highlight=False))
    server.otherwise, server.latency = lies, 0.3
    assert rota("ask", QUESTION, "--analyst", model).code == 0
    assert [body["stream"] for body in server.requests] == [True, True]
    shown = screen.getvalue()
    assert "Looking …" in shown and "Zephion" not in shown
    assert shown.index("Looking …") < shown.index("\x1b[2K") < shown.index("2 of 2 accounts"), "gone before the answer"
    screen.truncate(0)
    assert rota("ask", QUESTION, "--analyst", model, "--json").json["claims"] and screen.getvalue() == ""


def test_what_is_laid_out_to_be_asked_holds_while_a_model_answers(rota: Cli, model: str) -> None:
    with opened("rota", asks.Settings(analyst=model)) as here:
        first = here.ask(QUESTION, asks.Filters())
        laid_out = here.questions._laid_out
        assert first.claims[0].written and here.ask("How many hours a week is the rota?", asks.Filters())
        assert here.questions._laid_out is laid_out is not None
