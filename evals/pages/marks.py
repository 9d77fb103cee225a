"""Tables that commands write into pages of docs/, between marks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def fill(page: Path, tables: Mapping[str, str]) -> None:
    """Put each table between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. Raises ValueError where a mark is missing."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        first, last = text.index(begin), text.index(end)
        text = f"{text[:first]}{begin}\n\n{table}\n\n{text[last:]}"
    page.write_text(text, encoding="utf-8")
