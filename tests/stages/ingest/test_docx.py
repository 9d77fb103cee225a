"""Word documents: transcripts and notes in paragraphs and tables, and files that only pretend to be Word."""

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.errors import UnreadableError
from icp_synth.stages.ingest import docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def made(build: Callable[[DocxDocument], object]) -> bytes:
    document = Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def notes(document: DocxDocument) -> None:
    document.add_heading("Call with Acme", level=1)
    document.add_paragraph("Date: 18 September 2025")
    document.add_paragraph("Attendees:")
    document.add_paragraph("Customer: Bob Ray, CTO, Acme", style="List Bullet")
    document.add_heading("What made you look around?", level=2)
    document.add_paragraph("Month end took us nine days.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Seats"
    table.cell(0, 1).text = "Forty, and two of them in use."
    document.add_paragraph().add_run("How do you use it now?").bold = True
    document.add_paragraph("Daily.")


def test_headings_questions_tables_and_attendees_in_document_order() -> None:
    source = docx.read("notes.docx", made(notes))
    assert source.format == "docx"
    assert source.title == "Call with Acme"
    assert str(source.date) == "2025-09-18"
    assert [(p.name, p.title, p.company, p.side) for p in source.participants] == [
        ("Bob Ray", "CTO", "Acme", "customer")
    ]
    assert [(b.form, b.text, b.locator.first) for b in source.blocks if b.form in ("question", "prose")] == [
        ("question", "What made you look around?", 5),
        ("prose", "Month end took us nine days.", 6),
        ("prose", "Seats", 7),
        ("prose", "Forty, and two of them in use.", 8),
        ("question", "How do you use it now?", 9),
        ("prose", "Daily.", 10),
    ]
    assert {(b.locator.unit, b.lines) for b in source.blocks} == {("paragraph", None)}


def test_teams_breaks_lines_within_a_paragraph() -> None:
    def talk(document: DocxDocument) -> None:
        for head, words in [
            ("Ann Lee   0:03", "What broke?"),
            ("Bob Ray   0:09", "The sync."),
            ("Ann Lee   0:12", "Oh."),
        ]:
            run = document.add_paragraph().add_run(head)
            run.add_break()
            run.add_text(words)

    source = docx.read("teams.docx", made(talk))
    assert [(b.speaker, b.text, b.at, b.locator.first) for b in source.blocks] == [
        ("Ann Lee", "What broke?", 3, 1),
        ("Bob Ray", "The sync.", 9, 2),
        ("Ann Lee", "Oh.", 12, 3),
    ]


def test_inserted_words_are_read_and_deleted_ones_are_not() -> None:
    def tracked(document: DocxDocument) -> None:
        paragraph = document.add_paragraph("It took ")._p
        paragraph.append(parse_xml(f"<w:ins {W}><w:r><w:t>nine days.</w:t></w:r></w:ins>"))
        paragraph.append(parse_xml(f"<w:del {W}><w:r><w:t>an hour.</w:t></w:r></w:del>"))

    assert [b.text for b in docx.read("tracked.docx", made(tracked)).blocks] == ["It took nine days."]


def bomb(size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * size)
    return stream.getvalue()


WORD = made(notes)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (WORD[: len(WORD) // 2], "cut off"),
        (b"", "cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old .doc"),
        (bomb(1_000_000), "zip bomb"),
        (made(lambda document: document.add_paragraph("  ")), "empty"),
    ],
)
def test_what_cant_be_read_says_why_and_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as refused:
        docx.read("bad.docx", data)
    assert refused.value.path == "bad.docx"
    assert refused.value.advice


def test_another_zip_is_no_word_document() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.txt", "hello")
    with pytest.raises(UnreadableError, match="no Word document"):
        docx.read("zip.docx", stream.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WORD) - 1), st.integers(1, 255), st.integers(0, len(WORD)))
def test_damage_is_refused_or_survived(place: int, change: int, cut: int) -> None:
    data = bytearray(WORD)
    data[place] ^= change
    for damaged in (bytes(data), WORD[:cut]):
        try:
            docx.read("damaged.docx", damaged)
        except UnreadableError as refused:
            assert refused.advice
