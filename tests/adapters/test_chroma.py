"""The vector index, on real Chroma folders: what it finds, and what a rebuild takes off the disk."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from icp_synth.adapters.chroma import ChromaIndex
from icp_synth.errors import StoreError
from icp_synth.ports import VectorIndex, Vectors


def vectors(n: int, seed: int = 0, dimensions: int = 384) -> Vectors:
    """Random unit vectors, shape (n, dimensions)."""
    made = np.random.default_rng(seed).normal(size=(n, dimensions))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def ids(n: int, prefix: str = "zq") -> list[str]:
    """Ids that sort as they count."""
    return [f"{prefix}{number:05d}" for number in range(n)]


def about(n: int) -> list[dict[str, str]]:
    """Metadata of the kind that the flow gives."""
    return [{"source": f"source-{number}"} for number in range(n)]


def held_open(folder: Path) -> list[str]:
    """What this process has open under `folder`."""
    descriptors = Path("/proc/self/fd").iterdir()
    return [str(link.readlink()) for link in descriptors if link.is_symlink() and str(folder) in str(link.readlink())]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ChromaIndex]:
    """An empty index."""
    with ChromaIndex(tmp_path / "titan") as made:
        yield made


def test_the_nearest_come_best_first_with_their_cosine(index: ChromaIndex) -> None:
    port: VectorIndex = index
    known = vectors(300)
    assert port.nearest(known[0], 5) == [], "an empty index finds nothing"
    port.upsert(ids(300), known, about(300))
    query = vectors(1, seed=9)[0]
    cosines = known @ query
    expected = np.argsort(-cosines)[:10]
    found = port.nearest(query, 10)
    assert [name for name, _ in found] == [f"zq{number:05d}" for number in expected]
    assert [cosine for _, cosine in found] == pytest.approx([float(cosines[number]) for number in expected], abs=1e-5)
    assert len(port.nearest(query, 1000)) == 300 and port.nearest(query, 0) == []


def test_the_nearest_of_some_sources_are_of_these_alone(index: ChromaIndex) -> None:
    known = vectors(20)
    index.upsert(ids(20), known, about(20))
    assert [name for name, _ in index.nearest(known[3], 20, ["source-5", "source-3"])] == ["zq00003", "zq00005"]
    assert index.nearest(known[3], 20, []) == [] == index.nearest(known[3], 20, ["source-99"])


def test_equal_neighbours_come_in_the_order_of_their_ids(index: ChromaIndex) -> None:
    same = np.repeat(vectors(1), 4, axis=0)
    index.upsert(["d", "b", "c", "a"], same, about(4))
    assert [name for name, _ in index.nearest(same[0], 4)] == ["a", "b", "c", "d"]


def test_an_upsert_replaces_and_a_delete_removes(index: ChromaIndex) -> None:
    known = vectors(3)
    index.upsert(ids(2), known[:2], about(2))
    index.upsert(ids(1), known[2:], about(1))
    assert index.count() == 2
    assert index.nearest(known[2], 1)[0][0] == "zq00000"
    index.delete(["zq00000", "unknown"])
    index.delete([])
    assert index.count() == 1 and [name for name, _ in index.nearest(known[2], 5)] == ["zq00001"]


def test_it_takes_more_than_one_of_chromas_batches(index: ChromaIndex) -> None:
    n = 6000
    index.upsert(ids(n), vectors(n, dimensions=4), about(n))
    assert index.count() == n
    index.delete(ids(n)[:5999])
    assert index.count() == 1


def test_what_was_put_is_there_after_closing_and_opening_again(tmp_path: Path) -> None:
    with ChromaIndex(tmp_path / "titan") as index:
        index.upsert(ids(5), vectors(5), about(5))
    until = time.monotonic() + 20
    while held_open(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert held_open(tmp_path) == [], "Chroma lets go of its files, though a moment after it is closed"
    with ChromaIndex(tmp_path / "titan") as index, ChromaIndex(tmp_path / "nexa") as other:
        assert index.count() == 5 and index.nearest(vectors(5)[3], 1)[0][0] == "zq00003"
        assert other.count() == 0, "workspaces don't see each other"


def test_ids_vectors_and_metadata_must_be_of_one_length(index: ChromaIndex) -> None:
    with pytest.raises(ValueError, match="2 ids, 1 vectors and 2 metadatas"):
        index.upsert(ids(2), vectors(1), about(2))


def bytes_under(folder: Path) -> bytes:
    """All files under `folder`, one after the other."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("n", [*[40] * 5, 1500])  # how much Chroma once wrote of the memory it found was chance
def test_a_rebuild_takes_deleted_vectors_off_the_disk(tmp_path: Path, n: int) -> None:
    folder, known = tmp_path / "titan", vectors(n)
    with ChromaIndex(folder) as index:
        index.upsert(ids(n), known, about(n))
        index.delete(ids(n)[:10])
        index.rebuild(ids(n)[10:], known[10:], about(n)[10:])
        assert index.count() == n - 10
        assert index.nearest(known[12], 1)[0][0] == "zq00012"
        assert "zq00003" not in [name for name, _ in index.nearest(known[3], n)]
        left = bytes_under(folder)
        assert known[12].tobytes() in left, "the test must be able to see a vector"
        for number in range(10):
            assert known[number].tobytes() not in left and f"zq{number:05d}".encode() not in left


def test_chroma_keeps_what_is_deleted_which_is_why_there_is_a_rebuild(tmp_path: Path) -> None:
    known = vectors(40)
    with ChromaIndex(tmp_path) as index:
        index.upsert(ids(40), known, about(40))
        index.delete(ids(40))
    assert known[0].tobytes() in bytes_under(tmp_path)


def test_everything_can_be_rebuilt_away(index: ChromaIndex) -> None:
    index.upsert(ids(5), vectors(5), about(5))
    index.rebuild([], vectors(0), [])
    assert index.count() == 0
    index.upsert(ids(2), vectors(2), about(2))
    assert index.count() == 2


KILLED_WHILE_REBUILDING = """
import os, signal, shutil, sys
from pathlib import Path
sys.path.append(sys.argv[3])
from icp_synth.adapters.chroma import ChromaIndex
from test_chroma import about, ids, vectors

index = ChromaIndex(Path(sys.argv[1]))

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "before the swap":
    Path.rename = die
else:
    ChromaIndex._remove_leftovers = die
index.rebuild(ids(7, "new"), vectors(7, seed=1), about(7))
"""


@pytest.mark.parametrize(
    ("moment", "count", "nearest"), [("before the swap", 5, "zq00000"), ("after it", 7, "new00000")]
)
def test_a_process_killed_while_it_rebuilds_leaves_a_whole_index(
    tmp_path: Path, moment: str, count: int, nearest: str
) -> None:
    folder = tmp_path / "titan"
    with ChromaIndex(folder) as index:
        index.upsert(ids(5), vectors(5), about(5))
    arguments = [str(folder), moment, str(Path(__file__).parent)]
    ended = subprocess.run([sys.executable, "-c", KILLED_WHILE_REBUILDING, *arguments], check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    assert len(list(folder.iterdir())) == 2, "it must have been killed with both on the disk"
    with ChromaIndex(folder) as index:
        assert len(list(folder.iterdir())) == 1
        assert index.count() == count
        assert index.nearest(vectors(1, seed=count == 7)[0], 1)[0][0] == nearest


def test_a_broken_index_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "chroma.sqlite3").write_text("no database", encoding="utf-8")
    with pytest.raises(StoreError, match="made again from the store"):
        ChromaIndex(tmp_path)
