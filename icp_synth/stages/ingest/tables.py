"""Tables of any make (.csv, .tsv, .xlsx, .jsonl, JSON lists of flat objects) to sources and account rows.

CSV dialects differ in their separator only as far as we care (RFC 4180 quoting, `,` `;` tab or `|`); the separator is
the one under which the rows agree on how many cells they have. Rows count as a spreadsheet shows them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl

from icp_synth.errors import UnreadableError
from icp_synth.records import Columns, Ingested, LineRange, Reject
from icp_synth.stages.ingest import accounts_table, evidence_table
from icp_synth.stages.ingest.columns import FIELDS, Layout, Row, Table, detect, is_known
from icp_synth.stages.ingest.values import Json, text_of

Record = tuple[int, int, list[str]]  # row number, first physical line, cells

_SEPARATORS = ",\t;|"
_SNIFFED = 200
_HEADING_SEARCH = 12
_MAX_UNPACKED = 500_000_000
_SUBHEADING = re.compile(r"(?:open[- ]ended )?response|other(?: \(please specify\))?|answer", re.IGNORECASE)


# ---------------------------------------------------------------- CSV


def sniff(text: str, declared: bool) -> str | None:
    """The separator of a CSV text, or None where it isn't one.

    `declared` is whether the file is named .csv or .tsv: without that the headings must be of the kind that tables of
    evidence or accounts have, so that prose with commas stays prose.
    """
    best: tuple[float, int, str] | None = None
    for separator in _SEPARATORS:
        records = [cells for _, _, cells in _records(text, separator, _SNIFFED) if any(map(str.strip, cells))]
        at = _heading_index(records)
        if at is None or len(records) < at + 2:
            continue
        width = len(records[at])
        # A file that is named a table may end in a report's footer, lines of one cell; prose may not.
        body = [cells for cells in records[at + 1 :] if len(cells) > 1 or not declared]
        if not body:
            continue
        agreeing = sum(len(cells) == width for cells in body) / len(body)
        known = sum(is_known(cell) for cell in records[at])
        fits = agreeing >= 0.5 if declared else agreeing >= 0.8 and known >= max(2, width / 3)
        if fits and max(map(len, records[at])) <= 300 and (best is None or (agreeing, width) > best[:2]):
            best = (agreeing, width, separator)
    if best:
        return best[2]
    first = text.lstrip().split("\n", 1)[0].strip().strip('"')
    return "," if declared and "\n" in text.strip() and is_known(first) and len(first) <= 300 else None


def _records(text: str, separator: str, limit: int | None = None) -> Iterator[Record]:
    """The records of a CSV text with their physical lines; a blank line is one without cells, as in a spreadsheet."""
    reader = csv.reader(iter(line + "\n" for line in text.split("\n")), delimiter=separator)
    line, number = 1, 0
    try:
        for cells in reader:
            number += 1
            yield number, line, cells
            line = reader.line_num + 1
            if number == limit:
                return
    except csv.Error as error:
        if limit is None:
            raise UnreadableError(
                "",
                f"Row {number + 1} can't be read as a table row ({error}).",
                "Look for a quote that is never closed.",
                line,
            ) from error


def _heading_index(records: Sequence[Sequence[str]]) -> int | None:
    """The first record that is as wide as the table is: exports may put a title above the headings."""
    filled = [sum(1 for cell in cells if cell.strip()) for cells in records]
    widest = sorted(filled)[len(filled) // 2] if filled else 0
    return next((i for i, n in enumerate(filled[:_HEADING_SEARCH]) if n >= max(2, 0.6 * widest)), None)


def read_csv(path: str, text: str, separator: str) -> tuple[list[Table], list[Reject]]:
    """The table of a CSV text. Raises UnreadableError for a quote that is never closed.

    Rows with more cells than there are headings are refused one by one, since their text is in the wrong columns.
    """
    physical = text.split("\n")
    try:
        records = list(_records(text, separator))
    except UnreadableError as error:
        raise UnreadableError(path, error.message, error.advice, error.line) from error
    _check_closed(path, text, separator, records)
    single = all(len(cells) <= 1 for _, _, cells in records)
    table = _table(path, "csv" if separator != "\t" else "tsv", records, single=single)
    if table is None:
        return [], []
    rejects = [
        Reject(
            path=path,
            reason=f"Row {number} has {len(cells)} cells, the headings are {len(table.headings)}.",
            advice=f"Put the cells that hold a {separator!r} in double quotes, and add the file again.",
            line=line,
        )
        for number, line, cells in records
        if len(cells) > len(table.headings) and any(c.strip() for c in cells[len(table.headings) :])
    ]
    starts = {number: (line, cells) for number, line, cells in records}
    bad = {reject.line for reject in rejects}
    rows = tuple(
        Row(row.number, row.cells, _lines(physical, *starts[row.number]))
        for row in table.rows
        if starts[row.number][0] not in bad
    )
    headings = starts[table.heading_row]
    heading_lines = _lines(physical, headings[0], [*headings[1], *[""] * (len(table.headings) - len(headings[1]))])
    return [Table(path, table.format, table.headings, rows, "", table.heading_row, heading_lines)], rejects


def _check_closed(path: str, text: str, separator: str, records: list[Record]) -> None:
    """A quote that is open at the end has swallowed whatever followed it: the file is cut off or misquoted."""
    number, line, _ = records[-1] if records[-1][2] or len(records) < 2 else records[-2]
    tail = text.split("\n")[line - 1 :]
    try:
        for _ in csv.reader(tail, delimiter=separator, strict=True):
            continue
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise UnreadableError(
                path,
                f"The file ends inside the quoted cell of row {number} that begins on line {line}.",
                "Export the table again, or close the quote.",
                line,
            ) from error


def _lines(physical: list[str], line: int, cells: list[str]) -> tuple[LineRange | None, ...]:
    """Where each cell stands unchanged in the file, leading and trailing blank lines aside; None where it doesn't."""
    found: list[LineRange | None] = []
    for cell in cells:
        body = cell.strip()
        first = line + cell[: len(cell) - len(cell.lstrip())].count("\n")
        last = first + body.count("\n")
        stands = body and all(part in physical[first - 1 + i] for i, part in enumerate(body.split("\n")))
        found.append((first, last) if stands else None)
        line += cell.count("\n")
    return tuple(found)


# ---------------------------------------------------------------- XLSX


def read_xlsx(path: str, data: bytes) -> list[Table]:
    """A table per worksheet that has headings and rows; cells as a person sees them (dates in ISO 8601).

    Raises UnreadableError where it isn't a readable workbook or unpacks to more than 500 MB.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
            raise UnreadableError(
                path, "The workbook unpacks to more than 500 MB.", "Split it, or save the sheets as CSV."
            )
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(sheet.title, list(_sheet_records(sheet))) for sheet in book.worksheets]
    except Exception as error:  # openpyxl lets through whatever its XML and zip readers raise
        raise UnreadableError(
            path, f"The workbook is damaged ({type(error).__name__}).", "Open it, save it again as .xlsx, and add that."
        ) from error
    tables = [t for title, records in sheets if (t := _table(path, "xlsx", records, title if len(sheets) > 1 else ""))]
    return [t for t in tables if t.rows]


def _sheet_records(sheet: Any) -> Iterator[Record]:
    sheet.reset_dimensions()  # some writers declare a range that is smaller than the sheet
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, number, [_shown(value) for value in values]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


# ---------------------------------------------------------------- records → table


def _table(path: str, form: str, records: list[Record], sheet: str = "", single: bool = False) -> Table | None:
    """Headings and rows from records: titles above the headings and a report's footer are dropped."""
    grid = [cells for _, _, cells in records]
    at = (
        next((i for i, cells in enumerate(grid) if any(map(str.strip, cells))), None)
        if single
        else _heading_index(grid)
    )
    if at is None:
        return None
    headings, below = _headings(grid, at)
    width = len(headings)
    while (
        width > 1 and not headings[width - 1] and not any(c[width - 1].strip() for c in grid[below:] if len(c) >= width)
    ):
        width -= 1
    rows = [
        Row(number, tuple([*cells, *[""] * width][:width]))
        for number, _, cells in _without_footer(records[below:], width)
        if any(map(str.strip, cells))
    ]
    return Table(path, form, tuple(headings[:width]), tuple(rows), sheet, records[at][0])


def _headings(grid: list[list[str]], at: int) -> tuple[list[str], int]:
    """The headings and the index of the first row below them.

    Survey tools write two rows (SurveyMonkey: the question, then `Response` or the option) or three (Qualtrics: a code,
    the question, then `{"ImportId": …}`).
    """
    top = [cell.strip() for cell in grid[at]]
    second = [cell.strip() for cell in grid[at + 1]] if at + 1 < len(grid) else []
    if at + 2 < len(grid) and any(cell.startswith('{"ImportId"') for cell in grid[at + 2]):
        return second, at + 3
    if not any(map(_SUBHEADING.fullmatch, second)) or second[0]:
        return top, at + 1
    carried, joined = "", []
    for index in range(max(len(top), len(second))):
        main, sub = (row[index] if index < len(row) else "" for row in (top, second))
        carried = main or carried
        joined.append(
            main if main and (not sub or _SUBHEADING.fullmatch(sub)) else f"{carried}: {sub}" if sub else main
        )
    return joined, at + 2


def _without_footer(records: list[Record], width: int) -> list[Record]:
    """Drop what reports print under a table: lines of one cell after a blank one (Salesforce: totals, copyright)."""
    end = len(records)
    while end and sum(1 for cell in records[end - 1][2] if cell.strip()) <= 1 and width >= 2:
        end -= 1
    tail = [bool(any(map(str.strip, cells))) for _, _, cells in records[end:]]
    return records[: end + tail.index(False)] if False in tail else records


# ---------------------------------------------------------------- JSON rows


def read_objects(path: str, numbered: Sequence[tuple[int, Mapping[str, Json]]], physical: Sequence[str] = ()) -> Table:
    """Flat JSON objects as a table: `numbered` pairs each with its row, which is its line in `physical`, if given."""
    flat = [(number, _flatten(item)) for number, item in numbered]
    headings = tuple(dict.fromkeys(key for _, item in flat for key in item))
    rows = []
    for number, item in flat:
        cells = tuple(item.get(heading, "") for heading in headings)
        line = physical[number - 1] if physical else ""
        rows.append(
            Row(number, cells, tuple((number, number) if c and "\n" not in c and c in line else None for c in cells))
        )
    return Table(path, "jsonl" if physical else "json", headings, tuple(rows), "", 1)


def _flatten(item: Mapping[str, Json], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict) and not prefix:
            flat |= _flatten(value, f"{key}.")
        elif isinstance(value, bool):
            flat[prefix + key] = json.dumps(value)
        elif not isinstance(value, (dict, list)):
            flat[prefix + key] = text_of(value)
    return flat


# ---------------------------------------------------------------- table → sources, account rows


def interpret(tables: Sequence[Table], mapping: Mapping[str, Sequence[str]]) -> Ingested:
    """Sources or account rows of tables, with the columns recognised, and a reject for each table that is neither."""
    parts = [_interpret(table, mapping) for table in tables]
    return Ingested(
        sources=tuple(s for part in parts for s in part.sources),
        accounts=tuple(a for part in parts for a in part.accounts),
        columns=tuple(c for part in parts for c in part.columns),
        rejects=tuple(r for part in parts for r in part.rejects),
    )


def _interpret(table: Table, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    where = f"sheet {table.sheet!r}" if table.sheet else "the table"
    listed = ", ".join(repr(heading) for heading in table.headings if heading)
    try:
        layout = detect(table, mapping)
    except KeyError as error:
        what = (
            f"The column mapping names {error.args[0]!r}, which is neither a field nor a heading of {where} ({listed})."
        )
        advice = f"Map one of those headings to one of: {', '.join(FIELDS)}."
        return Ingested(rejects=(Reject(path=table.path, reason=what, advice=advice),))
    if layout.table is None:
        what = (
            f"No column of {where} holds what somebody said, and its rows aren't accounts; its headings are {listed}."
        )
        advice = f"Name the text column: icp-synth columns {table.path} --set text=HEADING."
        return Ingested(rejects=(Reject(path=table.path, reason=what, advice=advice),))
    columns = (_columns(table, layout),)
    if layout.table == "accounts":
        return Ingested(accounts=accounts_table.rows(table, layout), columns=columns)
    return Ingested(sources=evidence_table.sources(table, layout), columns=columns)


def _columns(table: Table, layout: Layout) -> Columns:
    return Columns(
        path=f"{table.path}#{table.sheet}" if table.sheet else table.path,
        table="accounts" if layout.table == "accounts" else "evidence",
        kind=layout.kind,
        fields={name: tuple(table.headings[index] for index in at) for name, at in layout.fields.items()},
        headings=table.headings,
        rows=len(table.rows),
    )
