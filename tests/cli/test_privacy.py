"""What a person decides about personal data: see what was removed, have more removed, leave words in, set the policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Cli

INTERVIEW = """Interview - Alder House

Interviewer: Who plans the rota?
Customer: My name is Marisol Vega, mail me at marisol@alder.example. Planning takes nine hours each week.
Customer: Our Zibbelkamp export breaks every Friday, and Quorble in the back office retypes it.
Customer: Alder House lost two nurses last winter, because shifts came too late.
"""
ACCOUNTS = "Company,Outcome,Region\nAlder House,won,Quorble Valley by Alder House\n"


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder with an interview and a table of accounts."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "alder.txt").write_text(INTERVIEW, encoding="utf-8")
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    return folder


@pytest.fixture
def drafted(cli: Cli, evidence: Path, tmp_path: Path) -> Path:
    """The folder, drafted once; what was written lies in `out` beside it."""
    ended = cli("draft", evidence, "--product", "Rotalark", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    return evidence


def text(cli: Cli) -> str:
    """The clean text of the interview."""
    return str(cli("show", "alder.txt", "--json").json[0]["text"])


def kept(home: Path) -> bytes:
    """Every byte that is kept."""
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def test_the_report_counts_what_was_removed_and_shows_what_is_doubtful_masked(cli: Cli, drafted: Path) -> None:
    told = cli("privacy", "report", "--json").json
    assert told["sources"]["alder.txt"] == {"PERSON": 1, "EMAIL_ADDRESS": 1}
    assert told["entities"] == {"EMAIL_ADDRESS": 1, "PERSON": 1}
    assert told["needs_original"] == []
    shown = cli("privacy", "report")
    assert "alder.txt" in shown.out and "Marisol" not in shown.out + json.dumps(told)


def test_words_that_were_missed_go_from_everything_and_are_not_kept_themselves(
    cli: Cli, drafted: Path, home: Path
) -> None:
    assert "Quorble" in text(cli) and b"Quorble" in kept(home)
    ended = cli("privacy", "add", "quorble")
    assert "Removed from 2 sources and tables" in ended.out
    assert "and <REDACTED> in the back office" in text(cli)
    assert cli("accounts", "--json").json[0]["attributes"]["Region"] == "<REDACTED> Valley by Alder House"
    assert b"quorble" not in kept(home).lower()
    again = cli("draft", drafted, "--product", "Rotalark", "--out", drafted.parent / "again")
    assert again.code == 0 and "unchanged" in again.out
    assert b"quorble" not in (drafted.parent / "again" / "profile.json").read_bytes().lower()


def test_words_added_first_or_last_leave_the_same_text(cli: Cli, drafted: Path, tmp_path: Path) -> None:
    cli("privacy", "add", "Quorble")
    late = cli("show", "alder.txt", "--json").json
    cli("init", "other", "--product", "Rotalark")
    cli("privacy", "add", "Quorble", "-w", "other")
    cli("add", drafted, "-w", "other", "--product", "Rotalark")
    assert cli("draft", "-w", "other", "--out", tmp_path / "other").code == 0
    early = cli("show", "alder.txt", "--json", "-w", "other").json
    assert [{**one, "origin": ""} for one in early] == [{**one, "origin": ""} for one in late]


def test_nothing_is_added_without_words(cli: Cli, drafted: Path) -> None:
    ended = cli("privacy", "add", " - ")
    assert ended.code == 1 and "no words" in ended.err
    assert "Nothing holds these words" in cli("privacy", "add", "Somebody Else").out


def test_what_is_no_personal_data_comes_back_once_the_original_is_read_again(cli: Cli, drafted: Path) -> None:
    assert "Marisol" not in text(cli)
    ended = cli("privacy", "dismiss", "Marisol Vega")
    assert "1 sources need their original" in ended.out
    assert "Marisol" not in text(cli)
    assert cli("add", drafted, "-w", workspace(cli)).code == 0
    assert "My name is Marisol Vega, mail me at <EMAIL_ADDRESS_1>" in text(cli)
    assert cli("privacy", "report", "--json").json["needs_original"] == []


def workspace(cli: Cli) -> str:
    """The name of the only workspace, as the error of an unknown one lists it."""
    return cli("sources", "-w", "no-such").err.split("There are ")[1].split(".")[0].replace("\n", "")


def test_a_policy_removes_keeps_and_masks(cli: Cli, drafted: Path) -> None:
    ended = cli("privacy", "policy", "--set", "person=remove", "--set", "EMAIL_ADDRESS=keep", "--mask-accounts")
    assert "need their original" in ended.out
    assert cli("add", drafted, "-w", workspace(cli)).code == 0
    assert "My name is <PERSON>, mail me at marisol@alder.example." in text(cli)
    assert "<ACCOUNT> lost two nurses" in text(cli)
    (account,) = [one for one in cli("accounts", "--json").json if one["known"]]
    assert account["name"].startswith("Account ") and "Alder" not in json.dumps(account)
    told = cli("privacy", "policy", "--json").json
    assert told["actions"]["PERSON"] == "remove" and told["mask_accounts"] and told["needs_original"] == []


@pytest.mark.parametrize("pair", ["PERSON=hide", "SHOE_SIZE=keep", "PERSON"])
def test_a_policy_that_makes_no_sense_is_refused(cli: Cli, drafted: Path, pair: str) -> None:
    ended = cli("privacy", "policy", "--set", pair)
    assert ended.code == 2 and "ENTITY=ACTION" in ended.err


def test_doubtful_findings_are_gone_through_one_by_one(
    cli: Cli, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (evidence / "birch.txt").write_text(
        "Interview - Birch Care\n\nCustomer: Planning takes nine hours each week since Quenby left.\n",
        encoding="utf-8",
    )
    cli("draft", evidence, "--product", "Rotalark", "--out", evidence.parent / "out")
    (doubtful,) = [f for f in cli("privacy", "report", "--json").json["doubtful"] if f["source"] == "birch.txt"]
    assert doubtful["lines"] == [3, 3] and "since <PERSON_1> left" in doubtful["context"]
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "a")
    assert "0 left." in cli("privacy", "review").out
    assert cli("privacy", "report", "--json").json["doubtful"] == []
    assert cli("privacy", "accept", "src-nothing:PERSON_1").code == 1


def test_an_export_that_still_looks_personal_is_not_written(
    cli: Cli, drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scrubber is made to miss an address, as it may one day; the gate is what stands behind it."""
    missing = "icp_synth.adapters.scrub_workers.ScrubWorkers.find_all"
    monkeypatch.setattr(missing, lambda _, passages: [[] for _ in passages])
    folder = tmp_path / "missed"
    folder.mkdir()
    said = "Customer: We lose nine hours each week on the rota, write to vega77@alder.example about it."
    (folder / "missed.txt").write_text(f"Interview - Cedar\n\n{said}\n", encoding="utf-8")
    ended = cli("draft", folder, "--product", "Rotalark", "--out", tmp_path / "gated")
    assert ended.code == 1 and "EMAIL_ADDRESS" in ended.err and "claims[0].text" in ended.err
    assert "vega77" not in ended.err + ended.out
    assert not (tmp_path / "gated").exists()
