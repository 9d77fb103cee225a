"""Files, folders and archives come in one by one, in order, and nothing dangerous comes in at all."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from icp_synth.adapters.files import collect, find_manifest
from icp_synth.records import RawFile, Reject

ROOT = str(Path(__file__).resolve().parents[2])


def taken(found: Iterator[RawFile | Reject]) -> dict[str, bytes | str]:
    """Path → its bytes, or the reason why it was refused."""
    return {item.path: item.data if isinstance(item, RawFile) else item.reason for item in found}


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return out.getvalue()


def test_a_file_goes_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_bytes(b"hello")
    assert taken(collect(tmp_path / "call.txt", None)) == {"call.txt": b"hello"}


def test_a_folder_is_read_in_order_without_what_is_hidden_or_ours(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/two.txt",
        "a/one.txt",
        ".hidden",
        ".git/x",
        ".icp-synth/x",
        ".venv/x",
        "a/~$one.docx",
        "__MACOSX/x",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    assert list(taken(collect(tmp_path, None))) == ["a/one.txt", "a/two.txt", "b.txt"]


def test_what_a_draft_wrote_beside_the_evidence_is_no_evidence(tmp_path: Path) -> None:
    for name in (
        "call.txt",
        "icp/profile.json",
        "icp/one-pager.html",
        "icp/one-pager.md",
        "icp/notes.md",
        "crm/profile.json",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("words", encoding="utf-8")
    assert [item.path for item in collect(tmp_path, None)] == ["call.txt", "crm/profile.json", "icp/notes.md"]


def test_standard_input_is_a_file_or_an_archive_of_files() -> None:
    assert taken(collect(None, io.BytesIO(b"hello"))) == {"stdin": b"hello"}
    assert taken(collect(None, io.BytesIO(archive({"a.vtt": b"x"})))) == {"stdin!a.vtt": b"x"}
    assert "Larger" in str(taken(collect(None, io.BytesIO(b"12345"), max_bytes=4))["stdin"])


def test_files_come_one_at_a_time(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = collect(tmp_path, None)
    next(found)
    (tmp_path / "b.txt").write_bytes(b"written after the first was taken")
    assert next(found) == RawFile(path="b.txt", data=b"written after the first was taken")


def test_a_huge_file_is_refused_by_its_size_without_being_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(1_000_000_000)
    (found,) = collect(huge, None)
    assert isinstance(found, Reject)
    assert "Larger than 100 MB" in found.reason


def test_what_is_not_there_or_not_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    found = taken(collect(tmp_path, None))
    assert "no such file" in str(found["gone.txt"])
    assert "Not a regular file" in str(found["pipe"])
    assert "no such file" in str(taken(collect(tmp_path / "missing.txt", None))["missing.txt"])
    assert "Not a regular file" in str(taken(collect(Path(os.devnull), None))["null"])


def test_a_file_that_breaks_while_it_is_read_is_refused() -> None:
    broken = Path("/proc/self/mem")  # a regular file whose first page can't be read, even by root
    if not broken.exists():
        pytest.skip("needs Linux")
    assert "can't be read" in str(taken(collect(broken, None))["mem"])


COLLECTED = """
import sys
from pathlib import Path
from icp_synth.adapters.files import collect

for found in collect(Path(sys.argv[1]), None):
    print(found.path, getattr(found, "reason", "came in"))
"""


def test_a_file_that_may_not_be_read_is_refused_and_the_rest_comes_in(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(b"x")
    (tmp_path / "secret.txt").chmod(0)
    (tmp_path / "open.txt").write_bytes(b"x")
    # Root may read everything; without its privileges it is a user like others (util-linux's setpriv).
    as_a_user = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    command = [*as_a_user, sys.executable, "-c", COLLECTED, str(tmp_path)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=ROOT))
    assert ended.stdout == "open.txt came in\nsecret.txt It can't be read: permission denied.\n"


def test_links_stay_inside_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"private")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "own.txt").write_bytes(b"x")
    (folder / "link.txt").symlink_to(folder / "own.txt")
    (folder / "leak.txt").symlink_to(outside)
    (folder / "leak").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    found = taken(collect(folder, None))
    assert (found["own.txt"], found["link.txt"]) == (b"x", b"x")
    assert "out of the folder" in str(found["leak.txt"])
    assert "out of the folder" in str(found["leak"])
    assert "loop/own.txt" not in found


def test_a_name_that_is_not_text_is_shown_with_marks(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"x")
    assert taken(collect(tmp_path, None)) == {"caf\ufffd.txt": b"x"}


# ---------------------------------------------------------------- archives


def test_an_archive_gives_its_members_under_its_own_name(tmp_path: Path) -> None:
    members = {"b.vtt": b"B", "calls\\a.vtt": b"A", ".hidden": b"x", "__MACOSX/b.vtt": b"x", "empty/": b""}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(archive(members))
    assert taken(collect(tmp_path, None)) == {"in/a.zip!b.vtt": b"B", "in/a.zip!calls/a.vtt": b"A"}


def test_documents_that_are_zips_inside_stay_documents(tmp_path: Path) -> None:
    document = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    (tmp_path / "notes.docx").write_bytes(document)
    (tmp_path / "all.zip").write_bytes(archive({"notes.docx": document}))
    assert taken(collect(tmp_path, None)) == {"all.zip!notes.docx": document, "notes.docx": document}


def test_a_damaged_archive_is_passed_on_to_be_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(archive({"a.txt": b"x" * 100})[:60])
    assert list(taken(collect(tmp_path, None))) == ["cut.zip"]


def test_an_archive_inside_an_archive_is_refused() -> None:
    found = taken(collect(None, io.BytesIO(archive({"in.zip": archive({"a": b"x"}), "b.txt": b"B"}))))
    assert found["stdin!b.txt"] == b"B"
    assert "inside an archive" in str(found["stdin!in.zip"])


@pytest.mark.parametrize("name", ["../up.txt", "a/../../up.txt", "/etc/passwd", "C:\\x.txt", "..\\up.txt"])
def test_members_that_lead_out_are_refused(name: str) -> None:
    found = list(collect(None, io.BytesIO(archive({name: b"x", "ok.txt": b"ok"}))))
    assert [type(item) for item in found if item.path != "stdin!ok.txt"] == [Reject]
    assert RawFile(path="stdin!ok.txt", data=b"ok") in found


def test_a_link_inside_an_archive_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    assert "link" in str(taken(collect(None, io.BytesIO(out.getvalue())))["stdin!link.txt"])


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(archive({"a.txt": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at] |= 1  # the flag that says "encrypted"
    assert "password" in str(taken(collect(None, io.BytesIO(bytes(data))))["stdin"])


def test_zip_bombs_are_refused_from_their_directory() -> None:
    bomb = archive({"zeros.txt": b"0" * 5_000_000}, zipfile.ZIP_DEFLATED)
    assert "200 to 1" in str(taken(collect(None, io.BytesIO(bomb)))["stdin"])
    lying = bytearray(archive({"a.txt": b"x"}))
    at = lying.index(b"PK\x01\x02") + 20
    lying[at : at + 8] = struct.pack("<II", 3_000_000, 550_000_000)
    assert "500 MB" in str(taken(collect(None, io.BytesIO(bytes(lying))))["stdin"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        crowd = archive({f"{n}.txt": b"" for n in range(10_001)})
    assert "10,000 members" in str(taken(collect(None, io.BytesIO(crowd)))["stdin"])


def test_a_member_whose_bytes_are_damaged_is_refused_and_the_rest_comes_in() -> None:
    data = archive({"a.txt": b"AAAA", "b.txt": b"BBBB"}).replace(b"AAAA", b"AAXA")
    found = taken(collect(None, io.BytesIO(data)))
    assert "can't be unpacked" in str(found["stdin!a.txt"])
    assert found["stdin!b.txt"] == b"BBBB"


# ---------------------------------------------------------------- the manifest


def test_the_manifest_is_found_in_the_folder_or_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_bytes(b"x")
    assert find_manifest(tmp_path) is None
    (tmp_path / "evidence.csv").write_bytes(b"company,comment\nBlue,Nice\n")
    assert find_manifest(tmp_path) is None  # a table of evidence that happens to be called so
    (tmp_path / "evidence.csv").write_bytes(b"\xef\xbb\xbfPath,account\ncall.txt,Blue\n")
    assert (find_manifest(tmp_path) or ("",))[0] == "evidence.csv"
    (tmp_path / "evidence.yaml").write_bytes(b"product: X")
    assert find_manifest(tmp_path) == ("evidence.yaml", b"product: X")
    assert find_manifest(tmp_path / "call.txt") == ("evidence.yaml", b"product: X")
