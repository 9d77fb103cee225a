"""Word documents: paragraphs and table cells of the body, in order. Comments, headers and footers are not read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from icp_synth.errors import UnreadableError
from icp_synth.records import Locator, Source
from icp_synth.stages.ingest.layout import Style
from icp_synth.stages.ingest.transcript import Line, parse

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES = 200_000_000
_MOST_RATIO = 200
_UNSEEN = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:p"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_HEADING = re.compile(r"^(?:heading \d|title)$", re.IGNORECASE)
_ADVICE = "Save it again as .docx, without a password, and add that."


def read(path: str, data: bytes) -> Source:
    """Read a .docx by the transcript grammar. Locators count the paragraphs of the body, those of tables too.

    Raises UnreadableError for encrypted, cut off, broken or absurdly inflating files, and where there is no text.
    """
    _check(path, data)
    try:
        document = Document(io.BytesIO(data))
    except Exception as error:  # hostile bytes make zipfile, lxml and python-docx raise almost anything
        raise UnreadableError(path, "The Word document is broken: its parts can't be read.", _ADVICE) from error
    names = {style.style_id: style.name or "" for style in document.styles}
    return parse(list(_lines(document.element.body, names))).as_source(path, "docx")


def _check(path: str, data: bytes) -> None:
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "The Word document is encrypted with a password." if locked else "It is an old .doc, which is not read."
        raise UnreadableError(path, what, _ADVICE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError(
            path, "The Word document is cut off or damaged.", "Copy or export it again, whole."
        ) from error
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableError(path, "The Word document is encrypted with a password.", _ADVICE)
    size = sum(member.file_size for member in members)
    if size > _MOST_BYTES or size > _MOST_RATIO * len(data):
        raise UnreadableError(
            path,
            f"The Word document would unpack to {size // 1_000_000} MB, as a zip bomb does.",
            "Add its text as .txt.",
        )
    if "word/document.xml" not in {member.filename for member in members}:
        raise UnreadableError(path, "It is a zip file, and no Word document.", _ADVICE)


def _lines(body: Any, names: dict[str, str]) -> Iterator[Line]:
    """Lines of paragraphs, which Word may break within. `body` is an lxml element: python-docx has no types for it."""
    number = 0
    for paragraph in body.iter(qn("w:p")):
        if any(parent.tag in _UNSEEN - {qn("w:p")} for parent in paragraph.iterancestors()):
            continue
        number += 1
        style = _style(paragraph, names)
        for text in "".join(_text(paragraph)).split("\n"):
            yield Line(text, Locator(unit="paragraph", first=number, last=number), None, style)


def _text(element: Any) -> Iterator[str]:
    """Text of a paragraph with insertions, without deletions and without the paragraphs of text boxes in it."""
    for child in element:
        if child.tag in _UNSEEN:
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag == qn("w:tab"):
            # A tab in the paragraph's properties is a tab stop.
            yield "\t" if element.tag == qn("w:r") else ""
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        else:
            yield from _text(child)


def _style(paragraph: Any, names: dict[str, str]) -> Style:
    properties = paragraph.find(qn("w:pPr"))
    if properties is not None:
        named = properties.find(qn("w:pStyle"))
        name = names.get(named.get(qn("w:val")), "") if named is not None else ""
        if _HEADING.match(name) or properties.find(qn("w:outlineLvl")) is not None:
            return "heading"
        if properties.find(qn("w:numPr")) is not None or name.lower().startswith("list"):
            return "item"
    runs = [run for run in paragraph.iter(qn("w:r")) if "".join(_text(run)).strip()]
    return "strong" if runs and all(_emphatic(run) for run in runs) else "text"


def _emphatic(run: Any) -> bool:
    marks = [run.find(f"{qn('w:rPr')}/{qn(tag)}") for tag in ("w:b", "w:i")]
    return any(mark is not None and mark.get(qn("w:val")) not in ("0", "false", "off") for mark in marks)
