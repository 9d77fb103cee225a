"""What a file is, is told by what is in it; what can't be taken in comes back as one reject that says what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from icp_synth.records import Ingested, RawFile, Reject
from icp_synth.stages.ingest import ingest
from icp_synth.stages.ingest.language import guess, is_english

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nAnn Field: We tried to build it ourselves.\n"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nWe tried to build it ourselves.\n"
MAIL = (
    "From: Ann Field <ann@blue.example>\nTo: sam@vendor.example\nSubject: Export\n"
    "Date: Wed, 1 May 2024 10:00:00 +0000\n"
    "Message-ID: <1@blue.example>\n\nThe export fails every night and we lose a day each week.\n"
)
HTML = "<!DOCTYPE html>\n<html><body><p>They need single sign-on by May.</p></body></html>"
JSON = '[{"role": "user", "content": "It broke."}, {"role": "assistant", "content": "Sorry."}]'
JSONL = (
    '{"company": "Blue", "comment": "We lose a day each month."}\n{"company": "Red", "comment": "It is fine for us"}\n'
)
CSV = "Ticket ID,Description\n1,The export fails every night\n2,The import hangs on Mondays\n"
TSV = CSV.replace(",", "\t")
PROSE = "Hello, this is what Ann said, in short: the export, as it is, costs us a day each week.\n"


def office(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph("They need single sign-on by May.")
        document.save(out)
    else:
        book = openpyxl.Workbook()
        book.active.append(["Ticket ID", "Description"])  # type: ignore[union-attr]
        book.active.append([1, "The export fails every night"])  # type: ignore[union-attr]
        book.save(out)
    return out.getvalue()


def a_pdf() -> bytes:
    out = io.BytesIO()
    page = Canvas(out)
    page.drawString(72, 700, "They need single sign-on by May.")
    page.save()
    return out.getvalue()


def read(data: bytes, name: str = "file.bin") -> Ingested:
    return ingest(RawFile(path=name, data=data))


def refused(data: bytes, name: str = "file.bin") -> Reject:
    found = read(data, name)
    assert (found.sources, found.accounts, len(found.rejects)) == ((), (), 1)
    return found.rejects[0]


CONTENTS: list[tuple[str, Callable[[], bytes]]] = [
    ("vtt", VTT.encode),
    ("srt", SRT.encode),
    ("eml", MAIL.encode),
    ("html", HTML.encode),
    ("turns", JSON.encode),
    ("jsonl", JSONL.encode),
    ("csv", CSV.encode),
    ("tsv", TSV.encode),
    ("txt", PROSE.encode),
    ("pdf", a_pdf),
    ("docx", lambda: office("docx")),
    ("xlsx", lambda: office("xlsx")),
]


@pytest.mark.parametrize(("form", "content"), CONTENTS)
@pytest.mark.parametrize("name", ["file", "file.bin", "file.txt", "file.pdf", "file.json"])
def test_the_content_decides_whatever_the_name_says(form: str, content: Callable[[], bytes], name: str) -> None:
    found = read(content(), name)
    assert found.rejects == ()
    assert {source.format for source in found.sources} == {form}


def test_the_name_only_tells_markdown_from_text() -> None:
    assert [read(PROSE.encode(), name).sources[0].format for name in ("a.md", "a.txt")] == ["md", "txt"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_changes_nothing(mark: str) -> None:
    assert read(CSV.replace("\n", "\r\n").encode(mark)).sources[0].blocks[0].text == "The export fails every night"
    assert read(VTT.encode(mark)).sources[0].format == "vtt"


def test_a_transcript_that_begins_with_a_bracket_is_not_json() -> None:
    assert read(b"[00:00:12] Ann: We tried to build it ourselves.\n").sources[0].format == "txt"
    assert read(b"{laughs} We tried to build it ourselves.\n").sources[0].format == "txt"


def test_notes_that_begin_with_a_date_and_a_subject_are_not_mail() -> None:
    assert (
        read(b"Date: 2024-05-01\nSubject: Blue Corp\n\nThey need single sign-on by May.\n").sources[0].format == "txt"
    )


# ---------------------------------------------------------------- what can't be taken in


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0\0\0\0"])
def test_an_empty_file_is_refused_as_such(data: bytes) -> None:
    assert "empty" in refused(data).reason


@pytest.mark.parametrize(
    ("magic", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"GIF89a", "image"),
        (b"\0\0\0\x18ftypheic", "image"),
        (b"RIFF\x24\0\0\0WEBP", "image"),
        (b"RIFF\x24\0\0\0WAVE", "sound"),
        (b"ID3\x04\0", "sound"),
        (b"\xff\xfb\x90\x00", "sound"),
        (b"OggS\0", "sound"),
        (b"\0\0\0\x20ftypM4A ", "sound"),
        (b"\0\0\0\x20ftypisom", "video"),
        (b"\x1aE\xdf\xa3", "video"),
    ],
)
def test_pictures_and_recordings_have_to_be_transcribed_first(magic: bytes, what: str) -> None:
    reject = refused(magic + bytes(range(200)), "call.vtt")
    assert what in reject.reason
    assert "transcribe first" in reject.reason


def test_old_and_locked_office_files_have_to_be_saved_anew() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert "old Office format" in refused(ole, "notes.doc").reason
    locked = refused(ole + "EncryptedPackage".encode("utf-16-le"), "notes.docx")
    assert "password" in locked.reason
    assert ".docx or .xlsx without a password" in locked.advice


def test_a_truncated_office_file_is_refused_as_such() -> None:
    assert "cut off" in refused(office("docx")[:400], "notes.docx").reason


def test_a_package_of_another_kind_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
    assert "neither docx nor xlsx" in refused(out.getvalue(), "deck.pptx").reason


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"])
def test_other_archives_have_to_be_unpacked(magic: bytes) -> None:
    assert "Unpack" in refused(magic + bytes(range(200))).advice


def test_binary_noise_is_refused() -> None:
    assert refused(bytes(range(256)) * 20, "notes.txt").advice


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"%PDF-1.4",
            b"WEBVTT\n\n",
            b"From: a\nTo: b\nDate: c\n\n",
            b"<html>",
            b'{"',
            b"[{",
            b'a,b\n"',
        ]
    ),
    st.binary(max_size=200),
    st.sampled_from(["x.txt", "x.csv", "x.docx", "x.json", "x.vtt", "evidence.csv"]),
)
def test_nothing_that_a_file_can_hold_raises(start: bytes, rest: bytes, name: str) -> None:
    found = read(start + rest, name)
    assert all(reject.reason and reject.advice and "\n" not in reject.reason for reject in found.rejects)


@pytest.mark.parametrize("data", [b'{"a":' * 100_000, b"[{" + b'"a":[{' * 50_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_json_that_is_meant_to_hurt_is_refused(data: bytes) -> None:
    assert refused(data, "deep.json").advice


# ---------------------------------------------------------------- language

ENGLISH = [
    "We tried it for a month, and honestly the export just kept failing on us.",
    "so yeah um we were kind of like you know doing it all in spreadsheets",
    "pls fix asap login broken again since monday and nobody on your side replies",
    "The board asked for numbers; nobody had them. It was embarrassing for all of us at Müller & Söhne.",
]
OTHERS = [
    ("German", "Wir haben das Produkt getestet, aber der Export war zu langsam für unser Team."),
    ("German", "die einrichtung hat drei wochen gedauert und niemand konnte uns helfen"),
    ("French", "C'est trop cher pour une petite boîte comme la nôtre et le support ne répond pas."),
    ("Spanish", "Probamos el producto durante un mes pero la exportación era muy lenta para nuestro equipo."),
    ("Portuguese", "Testamos o produto por um mês, mas a exportação era muito lenta para a nossa equipe."),
    ("Italian", "Abbiamo provato il prodotto per un mese, ma l'esportazione era troppo lenta per il nostro team."),
    ("Dutch", "We hebben het product een maand geprobeerd, maar de export was te traag voor ons team."),
    ("Japanese", "製品を一か月試しましたが、エクスポートが遅すぎました。"),
    ("Russian", "Мы пробовали продукт месяц, но экспорт был слишком медленным для нашей команды."),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_english_spoken_typed_or_written(text: str) -> None:
    assert is_english(text) is True


@pytest.mark.parametrize(("language", "text"), OTHERS)
def test_other_languages_are_told_by_name(language: str, text: str) -> None:
    assert (guess(text) or "").startswith(language)
    assert is_english(text) is False


@pytest.mark.parametrize(
    "text", ["", "ok", "Zu teuer", "SAML SSO SCIM Okta Azure Google Workspace Jira Slack Notion Figma"]
)
def test_what_does_not_tell_is_not_guessed(text: str) -> None:
    assert is_english(text) is None


@pytest.mark.parametrize(("language", "text"), OTHERS)
def test_a_file_in_another_language_is_set_aside_to_be_translated(language: str, text: str) -> None:
    reject = refused(text.encode(), "interview.txt")
    assert f"not English (looks like {language}" in reject.reason
    assert "Translate" in reject.advice


def test_a_foreign_sentence_in_an_english_interview_does_not_set_it_aside() -> None:
    text = " ".join([*ENGLISH, OTHERS[0][1]])
    assert read(text.encode(), "interview.txt").rejects == ()
