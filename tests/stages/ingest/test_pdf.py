"""PDF: paragraphs without the typesetter's breaks, by page; scans, locked and damaged files are refused with advice."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from icp_synth.errors import UnreadableError
from icp_synth.stages.ingest import pdf


def made(*pages: list[str]) -> bytes:
    """The smallest PDF that sets these lines in Helvetica, one below the other."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for rows in pages:
        shown = " T* ".join("({}) Tj".format(row.replace("(", r"\(").replace(")", r"\)")) for row in rows)
        stream = f"BT /F1 10 Tf 12 TL 50 800 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        page = f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R"
        objects.append(f"{page} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer << /Root 1 0 R /Size {size} >>\nstartxref\n{len(out)}\n%%EOF"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


NOTE = made(
    [
        "Call with Acme",
        "",
        "They export the whole ledger every night, and at the end of each month the nightly ex-",
        "port stops somewhere in the middle, so that two people repair it by hand until the next",
        "morning.",
        "- Nobody trusts the report.",
        "- The auditors noticed it before we did, which was the first time that the board heard",
        "of it.",
        "They had looked at two rivals, and both of them were well-known names that could not give",
        "1",
    ],
    ["a price for forty seats.", "2"],
    ["They will decide in May.", "3"],
)


def test_wrapped_and_hyphenated_lines_become_paragraphs() -> None:
    source = pdf.read("note.pdf", NOTE)
    assert source.format == "pdf"
    assert [(b.text, b.locator.first, b.locator.last) for b in source.blocks[1:]] == [
        (
            "They export the whole ledger every night, and at the end of each month the nightly export stops somewhere "
            "in the middle, so that two people repair it by hand until the next morning.",
            1,
            1,
        ),
        ("Nobody trusts the report.", 1, 1),
        ("The auditors noticed it before we did, which was the first time that the board heard of it.", 1, 1),
        (
            "They had looked at two rivals, and both of them were well-known names that could not give a price for "
            "forty seats.",
            1,
            2,
        ),
        ("They will decide in May.", 3, 3),
    ]
    assert {(b.locator.unit, b.lines) for b in source.blocks} == {("page", None)}


def test_speakers_are_heard_in_a_pdf_too() -> None:
    rows = ["Ann Lee: What broke?", "Bob Ray: The sync, which we need for every invoice that leaves the", "house."]
    source = pdf.read("talk.pdf", made([*rows, "Ann Lee: How often?", "Bob Ray: Daily."]))
    assert [(b.speaker, b.text) for b in source.blocks] == [
        ("Ann Lee", "What broke?"),
        ("Bob Ray", "The sync, which we need for every invoice that leaves the house."),
        ("Ann Lee", "How often?"),
        ("Bob Ray", "Daily."),
    ]


def test_a_word_written_with_a_hyphen_keeps_it_at_a_break() -> None:
    rows = ["A well-known name sold it to us, and we bought it because it was such a well-", "known one."]
    assert "well-known one" in pdf.read("a.pdf", made(rows)).blocks[0].text


def test_running_heads_and_page_numbers_are_dropped() -> None:
    source = pdf.read(
        "book.pdf", made(*([f"Acme, page {n}", f"Customer {n} left us.", f"{n} of 4"] for n in (1, 2, 3, 4)))
    )
    assert [b.text for b in source.blocks] == [f"Customer {n} left us." for n in (1, 2, 3, 4)]


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(NOTE)))
    writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason", "advice"),
    [
        (locked(), "encrypted", "password"),
        (made([]), "scan", "OCR"),
        (NOTE[:40], "damaged", "again"),
        (b"", "damaged", "again"),
    ],
)
def test_what_cant_be_read_says_why_and_what_to_do(data: bytes, reason: str, advice: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as refused:
        pdf.read("bad.pdf", data)
    assert advice in refused.value.advice


def test_a_book_is_too_long() -> None:
    writer = PdfWriter()
    for _ in range(2001):
        writer.add_blank_page(10, 10)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(UnreadableError, match="2001 pages"):
        pdf.read("book.pdf", stream.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255), st.integers(0, len(NOTE)))
def test_damage_is_refused_or_survived(place: int, change: int, cut: int) -> None:
    data = bytearray(NOTE)
    data[place] ^= change
    for damaged in (bytes(data), NOTE[:cut]):
        try:
            pdf.read("damaged.pdf", damaged)
        except UnreadableError as refused:
            assert refused.advice
