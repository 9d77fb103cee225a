"""A person reviews a draft: merges, splits, moves, words, accepts and rejects; evidence comes and goes, and it is still so."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, run_process, shell_environment

TALK = """Interview - {name}

Interviewer: What was hard before?
Customer: Planning the rota took me {many} hours each week, by hand, in a spreadsheet.
Interviewer: What frustrates you today?
Customer: The reports are painfully slow and we wait {many} minutes for every one of them to load.
Interviewer: What else is a problem?
Customer: It is frustrating that the app does not talk to our payroll, so we type all {who}' hours twice.
Interviewer: What do you use it for?
Customer: We use it every month to plan shifts for all our {who}.
"""
HOMES = {"alder": ("Alder House", "nine", "nurses"), "birch": ("Birch Care", "eleven", "carers"),
         "cedar": ("Cedar Homes", "seven", "nurses"), "dogwood": ("Dogwood Lodge", "twelve", "cooks")}  # fmt: skip


def talk(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for key in names:
        name, many, who = HOMES[key]
        (folder / f"{key}.txt").write_text(TALK.format(name=name, many=many, who=who), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after the draft of three interviews in which all say the same four things."""
    base = tmp_path_factory.mktemp("drafted")
    evidence = talk(base / "evidence", "alder", "birch", "cedar")
    words = ["draft", str(evidence), "--product", "Rotalark", "-w", "rota", "--as-of", "2026-11-22"]
    ended = run_process([*words, "--out", str(base / "out")], shell_environment(base / "home"), base)
    assert ended.code == 0, ended.err
    return base / "home"


class Desk:
    """The workspace, and what its next drafts say."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli, self.folder = cli, folder

    def __call__(self, *words: str) -> str:
        """A command that succeeds; what it says."""
        ended = self.cli(*words)
        assert (ended.code, ended.err) == (0, ""), (words, ended.err)
        return ended.out

    def refused(self, *words: str) -> str:
        """A command that fails; the one line that says why."""
        ended = self.cli(*words)
        assert ended.code == 1 and ended.out == "" and len(ended.err.strip().splitlines()) == 1, ended.err
        return ended.err

    def draft(self) -> dict[str, dict[str, Any]]:
        """The claims of a new draft, which is true, in order."""
        self.said = self("draft", "--out", str(self.folder / "icp"), "--as-of", "2026-11-22")
        assert self.cli("verify", self.folder / "icp" / "profile.json").code == 0
        profile = json.loads((self.folder / "icp" / "profile.json").read_text(encoding="utf-8"))
        return {claim["id"].removeprefix("c-"): claim for part in profile["sections"] for claim in part["claims"]}

    def more(self) -> None:
        """Dogwood Lodge says the same four things."""
        self("add", str(talk(self.folder / "more", "dogwood")))

    def about(self, word: str, kind: str = "pain") -> str:
        """The theme whose claim holds a word."""
        listed = self.cli("themes", "--json").json
        return next(one["theme"] for one in listed if word in one["text"] and one["kind"] == kind)

    def by_hand(self, theme: str) -> list[str]:
        return next(one["by_hand"] for one in self.cli("themes", "--json").json if one["theme"] == theme)


@pytest.fixture
def desk(cli: Cli, drafted: Path, home: Path, tmp_path: Path) -> Desk:
    shutil.copytree(drafted, home)
    return Desk(cli, tmp_path)


# ---------------------------------------------------------------- arranging


def test_merged_themes_stay_merged_while_evidence_comes_and_come_apart_on_request(desk: Desk) -> None:
    slow, payroll = desk.about("slow"), desk.about("payroll")
    assert "next draft" in desk("themes", "merge", slow, payroll)
    after = desk.draft()
    assert slow not in after and len(after[payroll]["evidence"]) == 6
    assert desk.by_hand(payroll) == [f"merged with {slow}"]
    assert "1 merged, 1 grew" in " ".join(desk.said.split()) and f"merged into c-{payroll}" in desk("changes")
    desk.more()
    after = desk.draft()
    assert slow not in after and len(after[payroll]["evidence"]) == 8
    assert desk.draft() == after, "the same again gives the same"
    desk("themes", "merge", slow, payroll, "--undo")
    after = desk.draft()
    assert len(after[slow]["evidence"]) == 3 and len(after[payroll]["evidence"]) == 5


def test_what_is_split_stays_apart_and_goes_back_on_request(desk: Desk) -> None:
    slow = desk.about("slow")
    before = desk.draft()[slow]["evidence"]
    part = re.search(r"Split off as (\S+)\. ", desk("themes", "split", slow, before[0]))
    assert part
    for more in (False, True):
        after = desk.draft()
        assert after[part[1]]["evidence"][0] == before[0] and set(before[1:]) <= set(after[slow]["evidence"])
        assert len(after[part[1]]["evidence"]) + len(after[slow]["evidence"]) == 3 + more
        if not more:
            assert after[part[1]]["status"] == "hypothesis" and f"split from c-{slow}" in desk("changes")
            desk.more()
    desk("themes", "split", part[1], "--undo")
    assert set(before) <= set(desk.draft()[slow]["evidence"])


def test_a_statement_is_moved_and_moved_back(desk: Desk) -> None:
    slow, payroll = desk.about("slow"), desk.about("payroll")
    one, two, three = desk.draft()[slow]["evidence"]
    desk("themes", "move", one, payroll)
    desk.more()
    after = desk.draft()
    assert one in after[payroll]["evidence"] and {two, three} <= {*after[slow]["evidence"]}
    for statement in after[slow]["evidence"]:
        desk("themes", "move", statement, payroll)
    assert slow not in desk.draft(), "nothing is left of it"
    desk("themes", "move", two, payroll, "--undo")
    assert two in desk.draft()[slow]["evidence"]


# ---------------------------------------------------------------- wording


def test_a_wording_by_hand_is_admitted_like_any_other_and_stays(desk: Desk) -> None:
    slow = desk.about("slow")
    refusal = desk.refused("themes", "rename", slow, "Reports are slow and expensive, and never load")
    assert "expensive, never" in refusal and f"icp-synth show {slow}" in refusal
    assert "says nothing" in desk.refused("claims", "edit", slow, "of the")
    desk("themes", "rename", slow, "We wait for slow reports")
    desk("claims", "edit", f"c-{slow}", "Painfully slow reports to wait for")
    desk.more()
    claim = desk.draft()[slow]
    assert claim["text"] == "Painfully slow reports to wait for" and claim["detail"]["wording"] == "edited by hand"
    assert len(claim["evidence"]) == 4 and "reworded" in desk.by_hand(slow)
    assert "reworded by hand" in desk("changes")
    desk("claims", "edit", slow, "--undo")
    assert "wording" not in desk.draft()[slow]["detail"]


def test_a_wording_whose_evidence_goes_gives_way_to_the_customers_own_and_says_so(desk: Desk, home: Path) -> None:
    slow = desk.about("slow")
    desk("claims", "edit", slow, "We wait eleven minutes for slow reports")
    desk.draft()
    desk("remove", "birch.txt")
    claim = desk.draft()[slow]
    assert "eleven" not in claim["text"] and len(claim["evidence"]) == 2
    assert claim["detail"]["wording"] == "edited wording no longer borne by the evidence"
    held = [path.name for path in home.rglob("*") if path.is_file() and b"We wait eleven minutes" in path.read_bytes()]
    assert held == [], "what is removed is gone from every file, words that a person took from it included"
    assert "wording lost with its evidence" in desk.by_hand(slow)


# ---------------------------------------------------------------- reviewing


def test_accepted_claims_come_first_and_the_pages_say_that_they_were_reviewed(desk: Desk) -> None:
    last = [theme for theme, claim in desk.draft().items() if claim["kind"] == "pain"][-1]
    desk("claims", "accept", f"c-{last}")
    after = desk.draft()
    assert next(iter(theme for theme, claim in after.items() if claim["kind"] == "pain")) == last
    assert after[last]["detail"] == {"reviewed": "accepted"}
    assert "reviewed: accepted" in (desk.folder / "icp" / "one-pager.md").read_text(encoding="utf-8")
    assert "accepted" in (desk.folder / "icp" / "one-pager.html").read_text(encoding="utf-8")
    desk("claims", "accept", last, "--undo")
    assert desk.draft()[last]["detail"] == {}


@pytest.mark.parametrize("words", [("claims", "reject"), ("themes", "exclude")])
def test_what_is_left_out_stays_out_is_listed_and_can_be_taken_back(desk: Desk, words: tuple[str, str]) -> None:
    slow, payroll = desk.about("slow"), desk.about("payroll")
    desk(*words, slow)
    desk.more()
    assert slow not in desk.draft() and "left out" in desk("changes")
    assert f"c-{slow}" not in desk("claims") and f"c-{slow}" in desk("claims", "--all")
    assert desk.by_hand(slow) == ["rejected" if words[1] == "reject" else "excluded"]
    assert f"{payroll} would go with it" in desk.refused("themes", "merge", slow, payroll)
    desk(*words, slow, "--undo")
    assert len(desk.draft()[slow]["evidence"]) == 4


def test_accepting_takes_a_rejection_back_and_a_pin_can_be_taken_off(desk: Desk) -> None:
    slow, job = desk.about("slow"), desk.about("every month", "job")
    desk("claims", "reject", slow, job)
    assert not {slow, job} & desk.draft().keys()
    desk("claims", "accept", slow)
    desk("themes", "pin", job)
    assert desk.by_hand(job) == ["pinned", "rejected"]
    assert slow in desk.draft()
    desk("themes", "pin", job, "--undo")
    assert desk.by_hand(job) == ["rejected"]


# ---------------------------------------------------------------- what can't be


def test_what_can_not_be_decided_is_said_in_one_line(desk: Desk) -> None:
    slow, payroll, job = desk.about("slow"), desk.about("payroll"), desk.about("every month", "job")
    evidence = next(one for one in [desk.cli("show", slow, "--json").json["claim"]["evidence"]])
    said = {
        ("themes", "merge", slow, slow): "one theme already",
        ("themes", "merge", slow, job): "kind pain.*kind job.*`icp-synth themes` lists",
        ("themes", "move", evidence[0], job): "kind pain.*kind job",
        ("themes", "move", evidence[0], slow): "already",
        ("themes", "split", slow, *evidence): "nothing would stay",
        ("themes", "split", payroll, evidence[0]): f"no statement.*`icp-synth show {payroll}`",
        ("themes", "split", slow, "--undo"): "Nothing of that sort.*claims --all",
        ("themes", "merge", slow, payroll, "--undo"): "Nothing of that sort",
        ("themes", "pin", slow, "--undo"): "Nothing of that sort",
        ("claims", "accept", slow, "nothing"): "nothing.*`icp-synth themes` lists",
        ("changes", "--since", "7"): "no version 7.*There are 1",
    }
    for words, why in said.items():
        assert re.search(why, desk.refused(*words)), words
    assert desk.cli("themes", "split", slow).code == 2
    assert all(one["by_hand"] == [] for one in desk.cli("claims", "--json").json), "and nothing was kept"
    assert "no earlier draft" in desk("changes")


def test_changes_are_told_since_any_version_to_people_and_programs(desk: Desk) -> None:
    assert desk.cli("changes", "--json").json == {"since": None, "version": 1, "changes": []}
    desk.more()
    desk.draft()
    desk("themes", "exclude", desk.about("slow"))
    desk.draft()
    told = desk.cli("changes", "--json").json
    assert (told["since"], told["version"]) == (2, 3) and [one["what"] for one in told["changes"]] == ["left out"]
    since_first = desk.cli("changes", "--since", "1", "--json").json["changes"]
    assert {(one["what"], one["quotes"]) for one in since_first} >= {("left out", 0), ("grew", 1)}
    desk.draft()
    assert "no claim changed" in desk.said
