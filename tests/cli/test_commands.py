"""Every command: that it is there, what it prints for people and for programs, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from icp_synth.cli.app import app
from tests.conftest import EVIDENCE, Cli, Demo

COMMANDS = {
    "demo", "draft", "show", "themes", "themes exclude", "themes pin", "themes merge", "themes split", "themes rename",
    "themes move", "claims", "claims accept", "claims edit", "claims reject", "changes", "init", "add", "remove", "sources",
    "columns", "verify", "doctor", "accounts", "accounts merge", "accounts rename", "accounts assign", "accounts set",
    "roles", "roles set",
}  # fmt: skip
NOTE = """Interview - Alder House

Interviewer: What was hard before?
Customer: Planning the rota took me nine hours each week, by hand, in a spreadsheet.
Customer: I want every carer to see next month's shifts on the phone.
"""


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its words, groups that are commands themselves included."""
    for name, command in group.commands.items():
        words = f"{path} {name}".strip()
        yield words, command
        if hasattr(command, "commands"):
            yield from commands(command, words)


ALL = dict(commands(typer.main.get_command(app)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good interview."""
    made = tmp_path / "evidence"
    made.mkdir()
    (made / "alder.txt").write_text(NOTE, encoding="utf-8")
    return made


# ---------------------------------------------------------------- every command


def test_every_command_of_the_design_is_there() -> None:
    assert set(ALL) >= COMMANDS


@pytest.mark.parametrize("words", sorted(ALL))
def test_every_command_explains_itself_and_its_arguments(cli: Cli, words: str) -> None:
    ended = cli(*words.split(), "--help")
    assert ended.code == 0 and ended.err == ""
    assert (ALL[words].help or "").split(".")[0][:30] in " ".join(ended.out.split())
    for parameter in ALL[words].params:
        if parameter.name not in ("help", "as_json"):
            assert getattr(parameter, "help", None), f"{words}: {parameter.name} is not explained"


def test_without_arguments_the_program_says_what_it_can_do(cli: Cli) -> None:
    ended = cli()
    assert ended.code in (0, 2) and "draft" in ended.out + ended.err


# ---------------------------------------------------------------- for programs: JSON and nothing else on stdout


def in_the_demo(demo: Demo) -> list[list[str]]:
    """Commands that only look, on the demo."""
    profile = json.loads(demo.profile.read_text(encoding="utf-8"))
    claim = next(claim for section in profile["sections"] for claim in section["claims"])
    return [
        ["sources"], ["roles"], ["accounts"], ["themes"], ["doctor"],
        ["show", claim["id"]], ["show", claim["id"].removeprefix("c-")], ["show", claim["evidence"][0]],
        ["show", profile["sources"][0]["path"]], ["verify", str(demo.profile)],
        ["verify", str(demo.profile), "--originals", str(EVIDENCE)],
        ["columns", str(EVIDENCE / "accounts.csv")], ["claims"], ["claims", "--all"], ["changes"],
    ]  # fmt: skip


@pytest.mark.parametrize("n", range(15))
def test_looking_gives_people_text_and_programs_json(cli: Cli, demo_read_only: Demo, n: int) -> None:
    words = in_the_demo(demo_read_only)[n]
    shown = cli(*words)
    assert (shown.code, shown.err) == (0, ""), words
    assert shown.out.strip() and "Traceback" not in shown.out
    told = cli(*words, "--json")
    assert (told.code, told.err) == (0, "") and told.json, words


def test_the_whole_life_of_a_workspace_in_json(cli: Cli, folder: Path, tmp_path: Path) -> None:
    assert cli("init", "rota", "--product", "Rotalark", "--json").json == {"workspace": "rota", "product": "Rotalark"}
    added = cli("add", folder, "-w", "rota", "--json")
    assert added.code == 0 and len(added.json["new"]) == 1
    drafted = cli("draft", "-w", "rota", "--out", tmp_path / "icp", "--as-of", "2026-11-22", "--json")
    assert drafted.code == 0 and drafted.json["workspace"] == "rota"
    verified = cli("verify", tmp_path / "icp" / "profile.json", "--originals", folder, "--json")
    assert verified.code == 0 and verified.json["findings"] == []
    assert cli("remove", "alder.txt", "--json").json["removed"] == added.json["new"]
    assert cli("sources", "--json").json == []


def test_a_draft_writes_five_files_and_says_where(cli: Cli, folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "a folder" / "icp"
    ended = cli("draft", folder, "--product", "Rotalark", "--out", to)
    assert ended.code == 0, ended.err
    names = {"profile.json", "one-pager.html", "one-pager.md", "one-pager.pdf", "one-pager.docx"}
    assert {path.name for path in to.iterdir()} == names
    assert str(to / "one-pager.html") in ended.out and str(to / "profile.json") in ended.out
    assert cli("verify", to / "profile.json").code == 0


def test_evidence_can_come_through_a_pipe_more_than_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cli("init", "rota", "--product", "Rotalark")
    for text in (NOTE, NOTE.replace("Alder", "Birch").replace("nine", "eleven")):
        piped = tmp_path / "piped"
        piped.write_text(text, encoding="utf-8")
        with piped.open() as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            assert cli("add", "-").code == 0
    assert len(cli("sources", "--json").json) == 2, "the second doesn't replace the first"


# ---------------------------------------------------------------- corrections


@pytest.mark.slow
def test_corrections_are_heard_at_the_next_draft(cli: Cli, demo_home: Path, tmp_path: Path) -> None:
    accounts = {account["id"]: account for account in cli("accounts", "--json").json}
    known = sorted((a for a in accounts.values() if a["known"] and a["sources"]), key=lambda a: a["id"])
    merged, into, renamed, changed = (account["id"] for account in known[:4])
    source = cli("sources", "--json").json[0]
    speaker = next(r for r in cli("roles", "--json").json if r["role"] == "customer" and r["speaker"])
    theme = next(c for c in cli("themes", "--json").json if c["page_one"])
    for words in (
        ["accounts", "merge", merged, into],
        ["accounts", "rename", renamed, "Another Name"],
        ["accounts", "set", changed, "outcome=churned", "Region=EMEA"],
        ["accounts", "assign", source["id"], "Quite Somebody Else"],
        ["roles", "set", speaker["source"], speaker["speaker"], "us"],
        ["themes", "exclude", theme["id"].removeprefix("c-")],
    ):
        ended = cli(*words)
        assert (ended.code, ended.err) == (0, ""), words
    assert cli("draft", "--out", tmp_path / "icp", "--as-of", "2025-07-01").code == 0
    profile = json.loads((tmp_path / "icp" / "profile.json").read_text(encoding="utf-8"))
    after = {account["id"]: account for account in profile["accounts"]}
    assert merged not in after and after[renamed]["name"] == "Another Name"
    assert after[changed]["outcome"] == "churned" and after[changed]["attributes"]["Region"] == "EMEA"
    assert next(s for s in profile["sources"] if s["id"] == source["id"])["account"] == "quite-somebody-else"
    heard = {(s["source"], s["speaker"]) for s in profile["statements"]}
    assert (speaker["source"], speaker["speaker"]) not in heard
    assert theme["id"] not in {claim["id"] for section in profile["sections"] for claim in section["claims"]}
    assert cli("verify", tmp_path / "icp" / "profile.json").code == 0


@pytest.mark.slow
def test_a_pinned_theme_stands_on_page_one(cli: Cli, demo_home: Path, tmp_path: Path) -> None:
    theme = [c for c in cli("themes", "--json").json if c["kind"] == "pain" and not c["page_one"]][-1]
    assert cli("themes", "pin", theme["id"].removeprefix("c-")).code == 0
    cli("draft", "--out", tmp_path / "icp")
    assert next(c for c in cli("themes", "--json").json if c["id"] == theme["id"])["page_one"]


def test_a_mapping_of_columns_is_kept(cli: Cli, tmp_path: Path) -> None:
    cli("init", "rota", "--product", "Rotalark")
    table = tmp_path / "odd.csv"
    table.write_text("A,B\nAlder House,Planning the rota took nine hours.\nElm,We lost two nurses.\n", encoding="utf-8")
    saved = cli("columns", table, "--set", "text=B", "--set", "account=A", "--set", "kind=survey", "--json")
    assert saved.code == 0 and saved.json[0]["fields"]["text"] == ["B"]
    assert len(cli("add", table, "--json").json["new"]) == 2


# ---------------------------------------------------------------- how it ends


def one_line(text: str) -> str:
    """What went to stderr, which must be one line."""
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


ERRORS = [
    (["sources"], "no workspace here yet.*icp-synth draft PATH"),
    (["themes"], "no workspace here yet.*icp-synth draft PATH"),
    (["sources", "-w", "nowhere"], "nowhere.*icp-synth draft PATH"),
    (["draft", "no-such-folder", "--product", "X"], r"no-such-folder does not exist.*file, a folder or a zip"),
    (["draft", "{folder}"], "Which product.*--product"),
    (["draft", "{folder}", "--product", "X", "--analyst", "nobody"], "nobody"),
    (["draft", "{folder}", "--product", "X", "-w", "../x"], r"'\.\./x' can't name a workspace"),
    (["draft", "{folder}", "--product", "X", "--out", "{folder}/alder.txt"], r"alder\.txt"),
    (["add", "{folder}"], "no workspace here yet"),
    (["verify", "no-such.json"], r"no-such\.json is no profile\.json.*icp-synth draft"),
    (["verify", "{folder}/alder.txt"], r"alder\.txt is no profile\.json"),
]


@pytest.mark.parametrize(("words", "says"), ERRORS, ids=[" ".join(words) for words, _ in ERRORS])
def test_an_error_is_one_line_that_says_what_and_what_to_do(
    cli: Cli, folder: Path, words: list[str], says: str
) -> None:
    ended = cli(*(word.format(folder=folder) for word in words))
    assert ended.code == 1 and ended.out == ""
    assert re.search(says, one_line(ended.err)), ended.err


UNKNOWN = [
    ["show", "nothing"], ["remove", "nothing"], ["themes", "pin", "nothing"], ["themes", "exclude", "nothing"],
    ["themes", "merge", "nothing", "nothing"], ["themes", "split", "nothing", "s-1"], ["themes", "rename", "nothing", "X"],
    ["themes", "move", "nothing", "nothing"], ["claims", "accept", "nothing"], ["claims", "edit", "nothing", "X"],
    ["claims", "reject", "nothing"],
    ["accounts", "merge", "nothing", "nothing"], ["accounts", "rename", "nothing", "X"],
    ["accounts", "assign", "nothing", "X"], ["accounts", "set", "nothing", "a=b"], ["roles", "set", "nothing", "", "us"],
]  # fmt: skip


@pytest.mark.parametrize("words", UNKNOWN, ids=" ".join)
def test_a_name_that_is_not_there_says_which_command_lists_them(
    cli: Cli, demo_read_only: Demo, words: list[str]
) -> None:
    ended = cli(*words)
    assert ended.code == 1 and ended.out == ""
    assert re.search("nothing.*`icp-synth (sources|themes|accounts)` lists", one_line(ended.err)), ended.err


def test_markup_in_a_name_is_shown_and_not_obeyed(cli: Cli, demo_read_only: Demo) -> None:
    assert "[/red]x[bold" in one_line(cli("show", "[/red]x[bold").err)


WRONG = [
    ["nonsense"], ["draft", "--nonsense"], ["init", "x"], ["remove"], ["roles", "set", "a", "b", "boss"],
    ["accounts", "set", "a", "outcome=maybe"], ["accounts", "set", "a", "nothing"], ["columns", "x.csv", "--set", "y"],
    ["draft", ".", "--product", "X", "--as-of", "soon"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage_ends_with_2(cli: Cli, words: list[str]) -> None:
    ended = cli(*words)
    assert ended.code == 2 and "Traceback" not in ended.err and ended.err


def test_done_with_rejects_ends_with_3_and_the_rest_is_done(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    ended = cli("draft", folder, "--product", "Rotalark", "--out", tmp_path / "icp")
    assert ended.code == 3 and (tmp_path / "icp" / "profile.json").is_file()
    assert re.search(r"empty\.txt: The file is empty\. \S", one_line(ended.err))
    told = cli("draft", folder, "--product", "Rotalark", "--out", tmp_path / "icp", "--json")
    assert told.code == 3 and told.json["rejects"][0]["path"] == "empty.txt"


def test_a_lie_ends_with_4_and_is_named(cli: Cli, demo_read_only: Demo, tmp_path: Path) -> None:
    profile = json.loads(demo_read_only.profile.read_text(encoding="utf-8"))
    lie = profile["statements"][3]
    lie["start"] += 1
    forged = tmp_path / "profile.json"
    forged.write_text(json.dumps(profile), encoding="utf-8")
    ended = cli("verify", forged)
    assert ended.code == 4 and lie["id"] in ended.out
    assert cli("verify", forged, "--json").json["findings"][0]["id"] == lie["id"]


def test_a_profile_of_a_workspace_that_is_not_here_is_no_lie_but_an_error(
    cli: Cli, demo: Demo, folder: Path, home: Path
) -> None:
    ended = cli("verify", demo.profile)
    assert ended.code == 1 and "demo" in one_line(ended.err)
    assert not (home / "chroma").exists()


def test_a_setting_that_does_not_fit_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICP_SYNTH_MAX_BYTES", "plenty")
    ended = cli("sources")
    assert ended.code == 1 and re.search("ICP_SYNTH_MAX_BYTES: .*integer.*unset", one_line(ended.err))


def test_two_workspaces_must_be_told_apart(cli: Cli) -> None:
    cli("init", "one", "--product", "X")
    cli("init", "two", "--product", "Y")
    ended = cli("sources")
    assert ended.code == 1 and re.search("one, two.*--workspace", one_line(ended.err))


def test_help_is_quick_since_no_model_is_loaded() -> None:
    import subprocess
    import sys

    heavy = "spacy", "presidio_analyzer", "onnxruntime", "chromadb", "sklearn", "langchain"
    code = f"import sys, icp_synth.cli; sys.exit(', '.join(m for m in {heavy} if m in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, f"loaded at start: {done.stderr}"
