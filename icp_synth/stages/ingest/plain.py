"""Text and Markdown files: transcripts, notes, and questions with their answers."""

from __future__ import annotations

from icp_synth.records import Locator, Source
from icp_synth.stages.ingest.decode import decode
from icp_synth.stages.ingest.transcript import Line, parse


def read(path: str, data: bytes) -> Source:
    """Read .txt or .md. Blocks carry the lines on which they stand. Raises UnreadableError where there is no text."""
    rows = decode(path, data).split("\n")
    lines = [Line(text, Locator(unit="line", first=n, last=n), (n, n)) for n, text in enumerate(rows, start=1)]
    markdown = path.lower().endswith((".md", ".markdown"))
    return parse(lines, wrapped=True).as_source(path, "md" if markdown else "txt")
