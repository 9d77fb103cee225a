"""The home folder: how it is made, who may write, and what its ids are keyed with."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.adapters import home as home_module
from icp_synth.adapters.home import Home, keyed_hash
from icp_synth.errors import StoreError


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_is_closed_to_others_and_unseen_by_git(tmp_path: Path) -> None:
    home = Home(tmp_path / "new" / "home")
    assert not home.exists() and not home.root.exists(), "naming a home makes nothing"
    home.create()
    home.create()
    assert home.exists() and mode(home.root) == 0o700
    assert (home.root / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert home.database_url == f"sqlite:///{home.root}/icp-synth.db"
    assert home.index_folder("titan") == home.root / "chroma" / "titan"


def test_it_stands_where_the_environment_says_or_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.from_environment({}).root == tmp_path / ".icp-synth"
    assert Home.from_environment({"ICP_SYNTH_HOME": ""}).root == tmp_path / ".icp-synth"
    assert Home.from_environment({"ICP_SYNTH_HOME": str(tmp_path / "x")}).root == tmp_path / "x"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(StoreError, match="ICP_SYNTH_HOME"):
        Home(tmp_path).create()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_home_that_cant_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be made: Not a directory"):
        Home(tmp_path / "file" / "home").create()


@pytest.mark.parametrize("name", ["", "..", "../other", "a/b", "Titan", ".hidden", "a" * 65, "a\n"])
def test_names_that_are_no_folder_of_ones_own_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="can't name a workspace"):
        Home(tmp_path).index_folder(name)


# ---------------------------------------------------------------- one writer

WRITER = """
import sys, time
from pathlib import Path
from icp_synth.adapters.home import Home
with Home(Path(sys.argv[1])).writer():
    print("writing", flush=True)
    if sys.argv[2] == "fork":
        import os
        if os.fork() == 0:
            print(os.getpid(), flush=True)
            time.sleep(60)
    time.sleep(60)
"""


def start_writer(home: Home, how: str = "wait") -> subprocess.Popen[str]:
    """Another process that holds the lock until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(home.root), how], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "writing\n"
    return process


def test_a_second_writer_is_refused_by_the_pid_of_the_first_until_that_ends(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with start_writer(home) as first:
        for _ in range(2):
            with pytest.raises(StoreError, match=f"process {first.pid}.*Wait"), home.writer():
                pytest.fail("two processes were writing")
        first.send_signal(signal.SIGKILL)
    with home.writer():
        assert (home.root / "lock").read_text(encoding="ascii") == str(os.getpid()), "a killed writer blocks nobody"


def test_a_child_that_outlives_a_killed_writer_doesnt_keep_the_lock(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with start_writer(home, "fork") as first:
        assert first.stdout
        child = int(first.stdout.readline())
        first.kill()
        first.wait()
        os.kill(child, 0)
        with home.writer():
            os.kill(child, signal.SIGKILL)


def test_one_process_cant_write_twice_at_once_and_keeps_its_lock_when_it_tries(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (tmp_path / "link").symlink_to(home.root)
    with home.writer():
        with pytest.raises(StoreError, match=f"process {os.getpid()}"), Home(tmp_path / "link").writer():
            pytest.fail("two writers in one process")
        refused = subprocess.run(
            [sys.executable, "-c", WRITER, str(home.root), "wait"], check=False, capture_output=True
        )
        assert b"StoreError" in refused.stderr
    with home.writer():
        pass


def test_a_writer_that_fails_lets_the_next_one_in(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(KeyError), home.writer():
        raise KeyError
    with home.writer():
        pass


# ---------------------------------------------------------------- the key


def test_fresh_homes_on_one_machine_agree_and_a_moved_home_keeps_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    key = one.key({})
    assert len(key) == 32 and two.key({}) == key and one.key({}) == key
    assert mode(one.root / "key") == 0o600
    assert {path.name for path in one.root.iterdir()} == {".gitignore", "key"}

    (tmp_path / "machine-id").write_text("another machine\n", encoding="ascii")
    monkeypatch.setattr(home_module, "_MACHINE_ID", tmp_path / "machine-id")
    one.root.rename(tmp_path / "moved")
    assert Home(tmp_path / "moved").key({}) == key
    assert Home(tmp_path / "three").key({}) != key


def test_a_machine_without_an_id_has_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "_MACHINE_ID", tmp_path / "none")
    assert Home(tmp_path / "one").key({}) == Home(tmp_path / "two").key({})


def test_the_environments_key_counts_on_first_use_only(tmp_path: Path) -> None:
    chosen = {"ICP_SYNTH_KEY": "correct horse"}
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    assert one.key(chosen) == two.key(chosen) == one.key({}) == one.key({"ICP_SYNTH_KEY": "other"})
    assert one.key({}) != Home(tmp_path / "three").key({})
    assert "horse" not in (one.root / "key").read_text(encoding="ascii")


@pytest.mark.parametrize("content", ["", "abcd\n", "not hex at all\n"])
def test_a_broken_key_file_is_never_replaced_by_another_key(tmp_path: Path, content: str) -> None:
    home = Home(tmp_path / "home")
    home.create()
    (home.root / "key").write_text(content, encoding="ascii")
    with pytest.raises(StoreError, match="Put the file back"):
        home.key({})
    assert (home.root / "key").read_text(encoding="ascii") == content


# ---------------------------------------------------------------- keyed hashes

PARTS = st.lists(st.text(max_size=4) | st.binary(max_size=4), max_size=4)


def as_bytes(parts: list[str | bytes]) -> list[bytes]:
    """Text as UTF-8."""
    return [part.encode() if isinstance(part, str) else part for part in parts]


@given(PARTS, PARTS)
def test_hashes_are_equal_exactly_where_the_parts_are(left: list[str | bytes], right: list[str | bytes]) -> None:
    same = as_bytes(left) == as_bytes(right)
    assert (keyed_hash(b"k", *left) == keyed_hash(b"k", *right)) == same


def test_a_hash_is_hmac_sha256_of_the_parts_with_their_lengths() -> None:
    """The expected digits come from `openssl dgst -sha256 -hmac k` over 00000000 00000002 "ab" 00000000 00000001 "c"."""
    assert keyed_hash(b"k", "ab", b"c", length=64) == "a11f5fedad87524b2e34a286d8fd78818a7bd6bff6286b92dc5bcb3d33cd0df3"
    assert keyed_hash(b"k", "ab", b"c") == "a11f5fedad87524b"
    assert keyed_hash(b"k", "ab", "c") != keyed_hash(b"k", "a", "bc") != keyed_hash(b"other", "a", "bc")
    assert keyed_hash(b"k", "\udcff"), "names of files that are not UTF-8 can be hashed"
