"""PDF: the text layer, page by page, with the typesetter's line breaks taken out again."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from icp_synth.errors import UnreadableError
from icp_synth.records import Locator, Source
from icp_synth.stages.ingest import fields, labels, layout
from icp_synth.stages.ingest.transcript import Line, parse

_MOST_PAGES = 2000
_PAGE_NUMBER = re.compile(r"^\s*(?:page\s+)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:/|of)\s*\d{1,4})?\s*$", re.IGNORECASE)
_ENDED = re.compile(r"[.?!:…][\"'”’)]*$")
_BROKEN = re.compile(r"([^\W\d_]+)-$")
_ADVICE = "Save or print it to PDF again, or add its text as .txt or .docx."


def read(path: str, data: bytes) -> Source:
    """Read a PDF by the transcript grammar. Locators are pages, from 1.

    Raises UnreadableError for encrypted or broken files, more than 2000 pages, and scans without a text layer.
    """
    pages = _pages(path, data)
    if not any(row.strip() for page in pages for row in page):
        raise UnreadableError(
            path, "The PDF has no text: it is a scan or pictures.", "Run OCR on it (a searchable PDF), and add that."
        )
    return parse(list(_lines(_without_margins(pages)))).as_source(path, "pdf")


def _pages(path: str, data: bytes) -> list[list[str]]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise UnreadableError(path, "The PDF is encrypted.", "Save it without a password, and add that.")
        count = len(reader.pages)
        if count > _MOST_PAGES:
            raise UnreadableError(
                path, f"The PDF has {count} pages; {_MOST_PAGES} are read.", "Split it, and add the parts."
            )
        return [page.extract_text().replace("\x00", "").split("\n") for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OSError,
        RecursionError,
        ArithmeticError,
    ) as error:
        raise UnreadableError(path, "The PDF is cut off or damaged.", _ADVICE) from error


def _without_margins(pages: Sequence[list[str]]) -> list[list[str]]:
    """Drop page numbers, and the headers and footers that most pages share but for their numbers."""
    edges = Counter(re.sub(r"\d+", "#", page[k].strip()) for page in pages for k in {0, len(page) - 1} if page)
    shared = {row for row, n in edges.items() if n > 2 and n > len(pages) / 2}
    cleaned = []
    for page in pages:
        ends = {0, len(page) - 1}
        cleaned.append(
            [
                row
                for k, row in enumerate(page)
                if not (k in ends and (_PAGE_NUMBER.match(row) or re.sub(r"\d+", "#", row.strip()) in shared))
            ]
        )
    return cleaned


def _lines(pages: Sequence[list[str]]) -> Iterator[Line]:
    """Paragraphs. One may run on to the next page; its locator then spans both."""
    width = _width(pages)
    words = frozenset(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(row for page in pages for row in page).lower()))
    text, first, last, before = "", 1, 1, ""
    for number, page in enumerate(pages, start=1):
        for row in page:
            row = re.sub(r"\s+", lambda gap: "  " if len(gap.group()) > 1 or gap.group() == "\t" else " ", row).rstrip()
            row = row.replace("\u00ad", "")
            if text and _goes_on(before, row, width, number != last):
                text, last = _join(text, row.strip(), words), number
            else:
                if text:
                    yield Line(text, Locator(unit="page", first=first, last=last))
                text, first, last = row.strip(), number, number
            before = row if row.strip() or number == last else before
    if text:
        yield Line(text, Locator(unit="page", first=first, last=last))


def _width(pages: Sequence[list[str]]) -> int:
    """Length of a full line: nine in ten lines are no longer."""
    lengths = sorted(len(row.strip()) for page in pages for row in page if row.strip())
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


def _goes_on(before: str, row: str, width: int, turned: bool) -> bool:
    """Tell whether `row` goes on with the paragraph that `before` ended."""
    words = row.strip()
    if not before.strip() or not words or layout.marker(row) or labels.time_only(row) is not None:
        return False
    label = labels.find(words)
    if (label and not words[:1].islower()) or fields.find(words):
        return False
    heard = labels.find(before.strip())
    if heard and heard.lone:
        return False
    if words[:1].islower() or _BROKEN.search(before.strip()):
        return True
    full = len(before.strip()) >= 0.75 * width
    return full and not (turned and _ENDED.search(before.strip()))


def _join(text: str, row: str, words: frozenset[str]) -> str:
    """Join two lines. A hyphen at the break stays where the document writes the word with one."""
    broken = _BROKEN.search(text)
    ahead = re.match(r"[^\W\d_]+", row)
    if broken is None or ahead is None or not row[:1].islower():
        return f"{text} {row}"
    hyphened = f"{broken[1]}-{ahead.group()}".lower()
    whole = f"{broken[1]}{ahead.group()}".lower()
    return text + row if hyphened in words and whole not in words else text[:-1] + row
