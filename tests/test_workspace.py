"""A folder of evidence over time: files come, change and go, a run is stopped, and the store always says what is true."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from icp_synth import wiring
from icp_synth.cli.console import RichProgress
from icp_synth.cli.evidence import take_in
from icp_synth.errors import NotFoundError, ScrubError
from icp_synth.ports import Detector
from icp_synth.records import Overlay, Passage, Profile
from icp_synth.settings import Settings
from icp_synth.workspace import Added, Workspace

INTERVIEWS = {
    "alder.txt": """Interview - Alder House

Interviewer: What made you look for something new?
Customer: Our rota lived in a spreadsheet, and every Friday somebody overwrote the zanzibar tab.
Customer: We lost two nurses last winter because shifts were announced too late.
Interviewer: And what did you want?
Customer: I want every carer to see next month's shifts on the phone.
""",
    "birch.txt": """Interview - Birch Care

Interviewer: What was hard before?
Customer: Planning the rota took me nine hours each week, by hand, in a spreadsheet.
Customer: Agency cover cost us 40,000 a month, and nobody could say why.
Interviewer: Any doubts?
Customer: We worried that the older carers would never use an app.
""",
    "cedar.txt": """Interview - Cedar Homes

Interviewer: Why did you buy?
Customer: The regulator told us to prove that every shift had a qualified nurse on it.
Customer: Since we switched, planning takes forty minutes instead of a day.
Interviewer: What is missing?
Customer: It does not talk to our payroll, so we type the hours twice.
""",
}
ACCOUNTS = "Company,Outcome,Region\nAlder House,won,EMEA\nBirch Care,won,APAC\nCedar Homes,lost,APAC\n"
AS_OF = dt.date(2026, 11, 22)


@dataclass
class Desk:
    """A folder of evidence, and the home in which its workspace is kept."""

    folder: Path
    home: Path

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def drop(self, name: str) -> None:
        (self.folder / name).unlink()

    @contextmanager
    def open(self) -> Iterator[Workspace]:
        with wiring.open_workspace(Settings(home=self.home), "rota", RichProgress()) as here:
            yield here

    def take_in(self, *, lift: bool = False, mirror: bool = True) -> Added:
        """What `draft FOLDER` does first; `add FOLDER` lifts instead of mirroring."""
        with self.open() as here:
            return take_in(here, self.folder, "Rotalark", Settings(home=self.home), lift=lift, mirror=mirror)

    def draft(self) -> Profile:
        with self.open() as here:
            return here.draft("Rotalark", AS_OF).profile

    def paths(self) -> list[str]:
        with self.open() as here:
            return [source.path for source in here.store.sources()]

    def bytes_with(self, words: str) -> list[str]:
        """Files under the home that hold these words."""
        found = (path for path in self.home.rglob("*") if path.is_file())
        return [path.name for path in found if words.encode() in path.read_bytes()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three interviews and a table of accounts in a folder; nothing taken in yet."""
    made = Desk(tmp_path / "evidence", tmp_path / "rota-home")
    for name, text in {**INTERVIEWS, "accounts.csv": ACCOUNTS}.items():
        made.put(name, text)
    return made


# ---------------------------------------------------------------- coming, changing, going


def test_a_folder_is_taken_in_and_left_alone_while_nothing_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.take_in()
    assert len(first.new) == 3 and first.account_rows == 3 and not first.rejects
    monkeypatch.setattr(wiring, "detector", lambda: pytest.fail("a file that had not changed was scrubbed again"))
    again = desk.take_in()
    assert (again.new, again.updated, again.duplicates, again.withdrawn) == ([], [], [], [])
    assert again.unchanged == 4


def test_a_changed_file_replaces_what_it_gave(desk: Desk) -> None:
    desk.take_in()
    desk.put("alder.txt", INTERVIEWS["alder.txt"].replace("two nurses", "seventeen nurses"))
    done = desk.take_in()
    assert len(done.new) == len(done.withdrawn) == 1 and done.unchanged == 3
    assert len(desk.paths()) == 3
    assert desk.bytes_with("seventeen nurses") and not desk.bytes_with("two nurses")


def test_a_file_that_is_changed_back_is_back(desk: Desk) -> None:
    desk.take_in()
    before = desk.draft()
    desk.put("alder.txt", INTERVIEWS["alder.txt"].replace("two nurses", "seventeen nurses"))
    desk.take_in()
    desk.put("alder.txt", INTERVIEWS["alder.txt"])
    desk.take_in()
    assert desk.draft().statements == before.statements


def test_a_file_that_is_gone_from_the_folder_is_withdrawn_and_can_come_back(desk: Desk) -> None:
    desk.take_in()
    before = desk.draft()
    desk.drop("birch.txt")
    assert len(desk.take_in().withdrawn) == 1
    assert desk.paths() == ["alder.txt", "cedar.txt"]
    assert not any("Birch" in statement.account for statement in desk.draft().statements)
    assert not desk.bytes_with("by hand, in a spreadsheet")
    desk.put("birch.txt", INTERVIEWS["birch.txt"])
    assert len(desk.take_in().new) == 1
    assert desk.draft().statements == before.statements


def test_adding_a_folder_to_a_shared_workspace_withdraws_nothing(desk: Desk) -> None:
    desk.take_in()
    desk.drop("birch.txt")
    assert desk.take_in(lift=True, mirror=False).withdrawn == []
    assert len(desk.paths()) == 3


def test_a_table_of_accounts_goes_with_its_file(desk: Desk) -> None:
    desk.take_in()
    regions = {account.attributes.get("Region") for account in desk.draft().accounts}
    assert regions == {"EMEA", "APAC"}
    desk.drop("accounts.csv")
    desk.take_in()
    assert all(not account.attributes and not account.outcome for account in desk.draft().accounts)


def test_two_folders_may_each_have_a_table_of_the_same_name(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other", desk.home)
    other.put("accounts.csv", "Company,Outcome,Region\nDogwood,lost,Fife\nElm,won,Fife\n")
    desk.take_in(lift=True, mirror=False)
    other.take_in(lift=True, mirror=False)
    with desk.open() as here:
        assert {row.name for row in here.store.account_rows()} >= {"Alder House", "Dogwood"}


def test_what_is_refused_is_refused_at_every_run_and_not_only_at_the_first(desk: Desk) -> None:
    desk.put("noise.txt", "\x00\x01\x02" * 50)
    assert [reject.path for reject in desk.take_in().rejects] == ["noise.txt"]
    assert [reject.path for reject in desk.take_in().rejects] == ["noise.txt"]


def test_a_manifest_that_says_more_updates_what_is_there(desk: Desk) -> None:
    desk.take_in()
    desk.put("evidence.yaml", "product: Rotalark\nsources:\n- {path: alder.txt, date: 2026-10-01, outcome: won}\n")
    done = desk.take_in()
    assert len(done.updated) == 1 and not (done.new or done.withdrawn or done.duplicates)
    with desk.open() as here:
        assert here.find("alder.txt")[0].date == dt.date(2026, 10, 1)
        assert here.index_is_whole()


# ---------------------------------------------------------------- the same content twice


def test_the_same_content_twice_is_one_source(desk: Desk) -> None:
    desk.put("copy of alder.txt", INTERVIEWS["alder.txt"])
    done = desk.take_in()
    assert len(done.new) == 3 and len(done.duplicates) == 1
    assert desk.paths() == ["alder.txt", "birch.txt", "cedar.txt"], "the first path by name stays"


def test_a_copy_takes_over_when_the_first_goes(desk: Desk) -> None:
    desk.put("copy of alder.txt", INTERVIEWS["alder.txt"])
    desk.take_in()
    before = {statement.id for statement in desk.draft().statements}
    desk.drop("alder.txt")
    done = desk.take_in()
    assert not done.new and not done.withdrawn
    assert desk.paths() == ["birch.txt", "cedar.txt", "copy of alder.txt"]
    assert {statement.id for statement in desk.draft().statements} == before


def test_the_same_answer_twice_in_one_table_is_one_source_at_every_run(desk: Desk) -> None:
    answer = "The weekly rota still takes our manager a whole day."
    desk.put("survey.csv", f"Company,Answer\nElm,{answer}\nElm,{answer}\nOak,{answer}\n")
    assert len(desk.take_in().new) == 5
    desk.put("evidence.yaml", "product: Rotalark\nus: {people: [Nobody]}\n")
    done = desk.take_in()
    assert not done.new and not done.updated and not done.withdrawn


# ---------------------------------------------------------------- removing by hand


def test_what_is_removed_is_gone_from_the_profile_and_from_every_file(desk: Desk) -> None:
    desk.take_in()
    held = desk.draft()
    assert any("zanzibar" in statement.quote for statement in held.statements) and desk.bytes_with("zanzibar")
    with desk.open() as here:
        gone = [s.id for s in here.store.sentences() if s.source_id == here.find("alder.txt")[0].id]
        here.remove("alder.txt")
    for words in ("zanzibar", "overwrote", "two nurses", "Alder House\n"):
        assert desk.bytes_with(words) == [], words
    assert gone and not any(desk.bytes_with(sentence) for sentence in gone[:2]), "not even in the index"
    after = desk.draft()
    assert not any("zanzibar" in statement.quote for statement in after.statements)
    cited = {i for section in after.sections for claim in section.claims for i in claim.evidence}
    assert cited <= {statement.id for statement in after.statements}


def test_what_is_removed_by_hand_stays_out_until_it_is_added_by_hand(desk: Desk) -> None:
    desk.take_in()
    with desk.open() as here:
        here.remove("alder.txt")
    assert desk.take_in().new == [] and "alder.txt" not in desk.paths()
    assert desk.take_in().unchanged == 4, "and nothing is read again for it"
    desk.put("evidence.yaml", "product: Rotalark\nus: {people: [Nobody]}\n")
    assert desk.take_in().new == [], "not even when the file is read again"
    assert len(desk.take_in(lift=True, mirror=False).new) == 1 and "alder.txt" in desk.paths()
    desk.take_in()
    assert "alder.txt" in desk.paths(), "and then it stays"


def test_a_table_of_accounts_can_be_removed_by_hand(desk: Desk) -> None:
    desk.take_in()
    with desk.open() as here:
        here.remove("accounts.csv")
        assert here.store.account_rows() == []
    desk.take_in()
    with desk.open() as here:
        assert here.store.account_rows() == []
    assert desk.take_in(lift=True, mirror=False).account_rows == 3


def test_removing_what_is_not_there_says_so(desk: Desk) -> None:
    desk.take_in()
    with desk.open() as here, pytest.raises(NotFoundError, match=r"nothing\.txt.*icp-synth sources"):
        here.remove("nothing.txt")


# ---------------------------------------------------------------- a run that is stopped


class Stopping:
    """The detector that is there, which is interrupted (or fails) at its n-th look."""

    def __init__(self, real: Detector, looks: int, error: BaseException) -> None:
        self.name = real.name
        self._real, self._left, self._error = real, looks, error
        self.find_in_label = real.find_in_label

    def find(self, text: str) -> object:
        return self.find_all([Passage(text=text)])[0]

    def find_all(self, passages: Sequence[Passage]) -> Sequence[object]:
        self._left -= len(passages)
        if self._left < 0:
            if isinstance(self._error, ScrubError):
                return [self._error for _ in passages]
            raise self._error
        return self._real.find_all(passages)


@pytest.mark.parametrize("looks", [0, 1, 2, 7, 8])
def test_a_run_that_is_stopped_leaves_what_was_finished_and_the_next_goes_on(
    desk: Desk, detector: Detector, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    whole = Desk(desk.folder, desk.home.with_name("other-home"))
    whole.take_in()
    stopping = Stopping(detector, looks, KeyboardInterrupt())
    with monkeypatch.context() as patch:
        patch.setattr("icp_synth.workspace._TOGETHER", 1)  # files one by one
        patch.setattr(wiring, "detector", lambda: stopping)
        with pytest.raises(KeyboardInterrupt):
            desk.take_in()
    with desk.open() as here:
        kept = {source.id for source in here.store.sources()}
        assert {sentence.source_id for sentence in here.store.sentences()} == kept
    desk.take_in()
    assert desk.draft() == whole.draft()
    with desk.open() as here:
        assert here.index_is_whole()


def test_a_source_that_could_not_be_scrubbed_is_refused_and_tried_again(
    desk: Desk, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Stopping(detector, 0, ScrubError("The scrubber broke.", "Nothing was kept."))
    with monkeypatch.context() as patch:
        desk.drop("accounts.csv")
        patch.setattr(wiring, "detector", lambda: failing)
        done = desk.take_in()
    assert len(done.rejects) == 3 and done.new == [] and not desk.bytes_with("zanzibar")
    assert len(desk.take_in().new) == 3


def test_an_index_that_fell_behind_is_made_again(desk: Desk) -> None:
    desk.take_in()
    shutil.rmtree(desk.home / "chroma")
    with desk.open() as here:
        assert not here.index_is_whole()
    desk.take_in()
    with desk.open() as here:
        assert here.index_is_whole()


# ---------------------------------------------------------------- corrections


def test_a_corrected_role_is_read_again_and_survives_the_next_run(desk: Desk) -> None:
    desk.take_in()
    before = desk.draft()
    with desk.open() as here:
        source = here.find("cedar.txt")[0]
        value = {"speaker": "Customer", "role": "us"}
        here.overlay(Overlay(id="role", action="role.set", target=source.id, value=value))
    desk.put("evidence.yaml", "product: Rotalark\nsources:\n- {path: cedar.txt, date: 2026-10-01}\n")
    desk.take_in()
    after = desk.draft()
    assert any(s.source == "cedar.txt" for s in before.statements)
    assert not any(s.source == "cedar.txt" for s in after.statements)


# ---------------------------------------------------------------- the same evidence, the same bytes


def test_drafting_twice_gives_the_same_bytes(desk: Desk) -> None:
    desk.take_in()
    assert desk.draft().model_dump_json() == desk.draft().model_dump_json()


FILES = {
    **INTERVIEWS,
    "accounts.csv": ACCOUNTS,
    "a copy of birch.txt": INTERVIEWS["birch.txt"],
    "alder.csv": "Company,Answer\nElm,The app is quick.\nElm,The app is quick.\nOak,Nobody told us that support ends.\n",
}
STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "remove", "add"]), st.sampled_from(sorted(FILES))), max_size=8
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("put", "a copy of birch.txt"), ("put", "birch.txt"), ("drop", "a copy of birch.txt")])
@example(steps=[("put", "a copy of birch.txt"), ("drop", "a copy of birch.txt"), ("put", "birch.txt")])
def test_whatever_came_and_went_the_profile_is_that_of_what_is_there(
    tmp_path: Path, steps: list[tuple[str, str]]
) -> None:
    for part in ("evidence", "grown", "fresh"):
        shutil.rmtree(tmp_path / part, ignore_errors=True)
    desk = Desk(tmp_path / "evidence", tmp_path / "grown")
    desk.folder.mkdir()
    for step, name in steps:
        if step in ("put", "add"):
            desk.put(name, FILES[name])
        elif step == "drop":
            (desk.folder / name).unlink(missing_ok=True)
        desk.take_in(lift=step == "add", mirror=step != "add")
        if step == "remove" and name in desk.paths():
            with desk.open() as here:
                here.remove(name)
    for name in FILES:
        desk.put(name, FILES[name])
    desk.take_in(lift=True, mirror=False)
    fresh = Desk(desk.folder, tmp_path / "fresh")
    fresh.take_in()
    assert desk.draft().model_dump_json() == fresh.draft().model_dump_json()
