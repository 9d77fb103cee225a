"""`ask`: a question to one's own evidence is answered in customers' words with their places, or honestly not."""

from __future__ import annotations

from pathlib import Path

import pytest

from icp_synth.pipeline import SILENT
from tests.conftest import Cli

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
ROTA = "Planning the rota took me nine hours each week."
QUESTION = "How many hours does planning the rota take each week?"


@pytest.fixture
def rota(cli: Cli, tmp_path: Path) -> Cli:
    """A workspace with two interviews."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "alder.txt").write_text(ALDER, encoding="utf-8")
    (folder / "birch.txt").write_text(BIRCH, encoding="utf-8")
    cli("init", "rota", "--product", "Rotalark")
    assert cli("add", folder, "-w", "rota").code == 0
    return cli


def test_an_answer_is_a_customers_words_with_their_place(rota: Cli) -> None:
    ended = rota("ask", QUESTION)
    assert (ended.code, ended.err) == (0, "")
    first, where, second, there = ended.out.splitlines()
    assert (first, second) == ("1 “Planning our rota takes ten hours every week.”", f"2 “{ROTA}”")
    assert where == "  Birch Care, interview, birch.txt, line 4; 1 of 2 accounts"
    assert there == "  Alder House, interview, alder.txt, line 4; 1 of 2 accounts"


def test_an_answer_for_programs_cites_to_the_letter(rota: Cli) -> None:
    told = rota("ask", f"  {QUESTION} ", "--json").json
    assert (told["question"], told["abstained"]) == (QUESTION, False)
    assert 0.45 <= told["confidence"] <= 1
    assert len(told["claims"]) == len(told["citations"]) >= 2
    for number, (claim, cited) in enumerate(zip(told["claims"], told["citations"], strict=True), 1):
        assert claim["text"] == cited["quote"] and claim["evidence"] == [cited["id"]]
        assert f"“{cited['quote']}” [{number}]" in told["answer"]
        text = {"alder.txt": ALDER, "birch.txt": BIRCH}[cited["source"]]
        first, last = cited["lines"]
        assert cited["quote"] in "\n".join(text.split("\n")[first - 1 : last])
        assert (claim["support"]["accounts"], claim["support"]["of_accounts"]) == (1, 2)
    assert told["citations"][0]["question"].endswith("What was hard before?")


@pytest.mark.parametrize("question", ["What does the quarterly dividend look like?", "xqzzy plugh frotz?", "🦉"])
def test_where_nobody_said_so_it_says_so(rota: Cli, question: str) -> None:
    ended = rota("ask", question)
    assert ended.code == 0 and ended.out.strip() == SILENT and "evidence doesn't say" in SILENT.replace("’", "'")
    told = rota("ask", question, "--json").json
    assert told["abstained"] and told["answer"] == SILENT
    assert (told["claims"], told["citations"], told["confidence"]) == ([], [], 0.0)


def test_we_are_never_cited(rota: Cli) -> None:
    ended = rota("ask", "How fast does the app plan a month?")
    assert ended.code == 0 and "ten minutes" not in ended.out


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
