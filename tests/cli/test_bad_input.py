"""A folder with everything that goes wrong in it: one line for each bad file, and every good one goes through."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from tests.conftest import Ended, run_process, shell_environment

pytestmark = pytest.mark.slow

SAID = "Planning the rota took me nine hours each week, by hand, in a spreadsheet."
GERMAN = (
    "Interviewer: Was war vorher schwierig?\n"
    "Kundin: Die Planung der Dienste hat mich jede Woche neun Stunden gekostet, alles von Hand in einer Tabelle.\n"
    "Kundin: Im letzten Winter haben uns zwei Pflegerinnen verlassen, weil die Schichten zu spät bekannt waren.\n"
)


def an_interview(name: str) -> bytes:
    return f"Interview - {name}\n\nInterviewer: What was hard?\nCustomer: {SAID}\n".encode()


def a_pdf() -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    for line, text in enumerate(("Interview - Fern Lodge", "Interviewer: What was hard?", f"Customer: {SAID}")):
        canvas.drawString(60, 780 - 20 * line, text)
    canvas.save()
    return made.getvalue()


def an_encrypted_pdf() -> bytes:
    writer, made = PdfWriter(clone_from=PdfReader(io.BytesIO(a_pdf()))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()


def a_docx() -> bytes:
    document, made = Document(), io.BytesIO()
    for text in ("Interview - Gorse Hall", "Interviewer: What was hard?", f"Customer: {SAID}"):
        document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def a_zip(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


# name → how it is made, and the line that says what is wrong and what to do
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.txt": (lambda: b"", "empty.*leave it out"),
    "blank.md": (lambda: b" \n\n\t\n", "empty.*leave it out"),
    "noise.txt": (lambda: bytes(n * 7919 % 251 for n in range(4000)), r"\."),
    "cut-off.pdf": (lambda: a_pdf()[:700], r"(damaged|cut off|can't be read|no text).*\."),
    "cut-off.docx": (lambda: a_docx()[:9000], "cut off or damaged.*whole"),
    "locked.pdf": (an_encrypted_pdf, "password"),
    "letter.doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office format.*Save it as"),
    "picture.txt": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "an image.*(OCR|text)"),
    "bomb.zip": (lambda: a_zip(("a.txt", bytes(60_000_000))), "zip bombs.*Unpack it yourself"),
    "escape.zip": (lambda: a_zip(("../../outside.txt", an_interview("Hazel"))), "leads out of the archive.*again"),
    "numbers.csv": (
        lambda: b"Week,Hours,Cost\n1,9,40000\n2,8,39000\n3,9,41000\n",
        r"(holds what somebody said|No column).*",
    ),
    "headings.csv": (lambda: b"Company,Answer\n", "no rows"),
    "broken.vtt": (lambda: b"WEBVTT\n\n00:00:99 -> nowhere\n\nBroken broken\n", r"\."),
    "german.txt": (lambda: GERMAN.encode(), "not English.*German.*Translate"),
    "broken.json": (lambda: b'{"tickets": [', "Broken JSON.*whole"),
    "shape.json": (lambda: b'{"weather": {"today": "rain"}}', "shape that isn't known.*Expected"),
}
GOOD: dict[str, Callable[[], bytes]] = {
    "alder.txt": lambda: an_interview("Alder House"),
    "fern.pdf": a_pdf,
    "gorse.docx": a_docx,
    "a docx called.txt": lambda: a_docx(),
    "good.zip": lambda: a_zip(("inside/birch.txt", an_interview("Birch Care"))),
    "half.csv": lambda: (
        f'Company,Answer\nElm,"{SAID}"\n'
        "Oak,Die Planung der Dienste hat mich jede Woche viele Stunden gekostet und niemand war zufrieden.\n"
    ).encode(),
}


@dataclass(frozen=True)
class Taken:
    """What became of the folder."""

    ended: Ended
    home: Path
    out: Path
    environment: dict[str, str]

    def line(self, name: str) -> str:
        """The line about a file, of which there must be exactly one."""
        lines = [line for line in self.ended.err.splitlines() if re.search(rf"✗ {re.escape(name)}[:!]", line)]
        assert len(lines) == 1, f"{name}: {lines}"
        return lines[0]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Everything, good and bad, drafted at once in a process of its own."""
    base = tmp_path_factory.mktemp("bad")
    folder, home, out = base / "evidence", base / "home", base / "out"
    folder.mkdir()
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())
    for name, good in GOOD.items():
        (folder / name).write_bytes(good())
    with (folder / "huge.txt").open("wb") as sparse:
        sparse.truncate(1_000_000_000)
    (folder / "leads-out.txt").symlink_to("/etc/hostname")
    environment = shell_environment(home)
    ended = run_process(["draft", str(folder), "--product", "Rotalark", "--out", str(out)], environment, base)
    return Taken(ended, home, out, environment)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_line_that_names_it_and_says_what_to_do(taken: Taken, name: str) -> None:
    line = taken.line(name)
    assert re.search(BAD[name][1], line), line
    assert line.count(". ") >= 1 and line.rstrip().endswith("."), f"what is wrong, and what to do next: {line}"


def test_what_is_huge_or_leads_out_of_the_folder_is_not_even_read(taken: Taken) -> None:
    assert re.search("Larger than 100 MB.*Split it", taken.line("huge.txt"))
    assert re.search("leads out of the folder", taken.line("leads-out.txt"))


def test_the_run_goes_on_and_ends_with_3(taken: Taken) -> None:
    assert taken.ended.code == 3
    assert "Traceback" not in taken.ended.err
    names = {"profile.json", "one-pager.html", "one-pager.md", "one-pager.pdf", "one-pager.docx"}
    assert {path.name for path in taken.out.iterdir()} == names


def test_every_good_file_goes_through_and_nothing_else(taken: Taken) -> None:
    profile = json.loads((taken.out / "profile.json").read_text(encoding="utf-8"))
    paths = {source["path"] for source in profile["sources"]}
    assert paths == {"alder.txt", "fern.pdf", "a docx called.txt", "good.zip!inside/birch.txt", "half.csv"}
    assert {"Alder House", "Birch Care", "Elm"} <= {account["name"] for account in profile["accounts"]}


def test_a_bad_row_is_named_and_the_rest_of_the_table_is_taken(taken: Taken) -> None:
    assert re.search(r"half\.csv:3: .*not English.*German", taken.line("half.csv"))


def test_nothing_of_a_bad_file_is_stored(taken: Taken) -> None:
    words = ("Pflegerinnen", "Planung der Dienste", "outside.txt", "Broken broken", "Hazel")
    for path in taken.home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [word for word in words if word.encode() in data], path


def test_what_came_through_is_true(taken: Taken, tmp_path: Path) -> None:
    ended = run_process(["verify", str(taken.out / "profile.json")], taken.environment, tmp_path)
    assert ended.code == 0, ended.out
