"""Tables whose rows hold what somebody said: one source per row, or per conversation where rows are turns of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from icp_synth.records import Block, Form, LineRange, Locator, Participant, Role, Source, SourceKind
from icp_synth.stages.ingest.accounts_table import row_outcome
from icp_synth.stages.ingest.columns import Layout, Row, Table, is_question
from icp_synth.stages.ingest.values import (
    EMAIL,
    day_first_in,
    day_of,
    kind_of,
    names_of,
    seconds_of,
    side_of,
    squash,
    words_of_html,
)

# Columns in which our own people write beside what the customer wrote.
_STAFF = re.compile(
    r"\b(?:staff|interviewer|moderator|agent|internal|rep|csm|researcher|analyst|admin|manager|company|our|my|owner|"
    r"support|coder)\b.*"
    r"\b(?:comments?|notes?|remarks?|repl(?:y|ies)|responses?|answers?|thoughts|feedback|summary|opinion|observations?)\b|"
    r"\b(?:response|reply|comment|note) (?:from|by) (?:us|staff|company|support|agent|owner|team)\b|^(?:reply|"
    r"our view|resolution)$"
)
# In these the row's author is the customer; win-loss and call notes are written by us, so nothing is said of them.
_OWN_WORDS: frozenset[SourceKind | None] = frozenset({"ticket", "survey", "review"})
_QUOTED = re.compile(r"\b(?:quotes?|verbatims?|customer said|buyer said|in their own words|testimonial)\b")


def sources(table: Table, layout: Layout) -> tuple[Source, ...]:
    """The sources of an evidence table, in its order. Rows without text give none."""
    reader = _Reader(table, layout)
    if (threads := reader.threads()) is not None:
        return tuple(source for ref, rows in threads.items() if (source := reader.source(rows, ref)).blocks)
    return tuple(source for row in table.rows if (source := reader.source([row], f"row {row.number}")).blocks)


class _Reader:
    """Reads rows of one table by its layout."""

    def __init__(self, table: Table, layout: Layout) -> None:
        self.table = table
        self.layout = layout
        dates = [cell for index in layout.fields.get("date", ()) for cell in table.column(index)]
        self.day_first = day_first_in(dates)

    def threads(self) -> dict[str, list[Row]] | None:
        """Rows by conversation, or None where each row stands alone.

        Rows are turns where a column says who speaks, and either an id repeats or nothing tells the rows apart.
        """
        if not {"speaker", "side"} & self.layout.fields.keys():
            return None
        for index in self.layout.fields.get("id", ()):
            counts = Counter(self.table.column(index))
            if counts and max(counts.values()) > 1:
                grouped: dict[str, list[Row]] = {}
                for row in self.table.rows:
                    key = row.cells[index].strip()
                    grouped.setdefault(self._ref(key or f"row {row.number}"), []).append(row)
                return grouped
        # Ids that differ number the turns of a recording where there are times, and separate rows where there are none.
        apart = {"account", "email", "name", "date", "rating", "subject", "outcome"} & self.layout.fields.keys()
        apart |= {"id"} & self.layout.fields.keys() - ({"id"} if "time" in self.layout.fields else set())
        return None if apart else {self._ref(""): list(self.table.rows)}

    def _ref(self, ref: str) -> str:
        return f"{self.table.sheet} {ref}".strip()

    def source(self, rows: list[Row], ref: str) -> Source:
        """One source of these rows; account, date and outcome come from the first row that says them."""
        kind = next((k for row in rows if (k := kind_of(self.cell(row, "kind")))), self.layout.kind)
        people = self.people(rows)
        ref = self._ref(ref) if ref.startswith("row ") else ref
        return Source(
            path=self.table.path,
            ref=ref,
            format=self.table.format,
            kind=kind,
            blocks=tuple(block for row in rows for block in self.blocks(row, kind, first=row is rows[0])),
            title=self.said(rows, "subject"),
            account=self.said(rows, "account"),
            date=next((day for row in rows if (day := self.day(row))), None),
            outcome=next((o for row in rows if (o := row_outcome(self.table, self.layout, row.cells))), None),
            participants=people,
            names=names_of(people),
        )

    def blocks(self, row: Row, kind: SourceKind | None, first: bool) -> Iterator[Block]:
        """Subject, then each text cell, with its question before it. Nothing for a row without text."""
        filled = [index for index in self.layout.fields["text"] if row.cells[index].strip()]
        speaker = self.cell(row, "speaker") or None
        asked = self.layout.first("question")
        author_side = side_of(self.cell(row, "side")) or (side_of(speaker) if speaker else None)
        subject = self.layout.first("subject")
        for index in filled:
            heading = self.table.headings[index].strip()
            side = author_side
            own_words = kind in _OWN_WORDS or asked is not None or _QUOTED.search(squash(heading))
            if kind in _OWN_WORDS and not is_question(heading) and _STAFF.search(squash(heading)):
                side = "us"
            elif side is None and own_words and not {"speaker", "side"} & self.layout.fields.keys():
                side = "customer"
            who = speaker or (
                next(iter(self.persons(row)), self.cell(row, "email") or None) if side == "customer" else None
            )
            form: Form = "speech" if who or author_side else "prose"
            if first and index == filled[0] and kind in ("ticket", "review") and subject is not None:
                opening = row.cells[subject].strip()
                if opening and not row.cells[index].strip().startswith(opening):
                    yield self.block(row, subject, form, who, side, None)
            if asked is not None and row.cells[asked].strip():
                yield self.block(row, asked, "question", None, None, None)
            elif is_question(heading):
                at = Locator(unit="row", first=self.table.heading_row, last=self.table.heading_row)
                lines = self.table.heading_lines[index] if self.table.heading_lines else None
                yield Block(text=heading, locator=at, lines=lines, form="question")
                heading = ""
            yield self.block(row, index, form, who, side, heading or None)

    def block(
        self, row: Row, index: int, form: Form, speaker: str | None, side: Role | None, heading: str | None
    ) -> Block:
        """A cell as a block; its markup, if it holds any, is taken off and then it has no lines."""
        raw = row.cells[index].strip()
        text = (
            words_of_html(raw) if re.search(r"</?(?:p|div|br|span|ul|ol|li|b|strong|em|a|table)\b[^>]*>", raw) else raw
        )
        email = self.address(row, speaker)
        lines: LineRange | None = row.lines[index] if row.lines and text == raw else None
        return Block(
            text=text,
            locator=Locator(unit="row", first=row.number, last=row.number),
            lines=lines,
            form=form,
            speaker=speaker,
            email=email if form == "speech" else None,
            side=side,
            heading=heading,
            at=seconds_of(self.cell(row, "time")),
            date=self.day(row),
        )

    def cell(self, row: Row, name: str) -> str:
        """The first column of a field in a row, "" where there is none."""
        index = self.layout.first(name)
        return "" if index is None else row.cells[index].strip()

    def address(self, row: Row, speaker: str | None) -> str | None:
        """The speaker's e-mail address: the label itself, or the address column of a row that is one person's."""
        found = (
            speaker
            if speaker and "@" in speaker
            else ""
            if "speaker" in self.layout.fields
            else self.cell(row, "email")
        )
        return found if EMAIL.fullmatch(found) else None

    def said(self, rows: list[Row], name: str) -> str | None:
        """What the first row that says it says of a field."""
        return next((cell for row in rows if (cell := self.cell(row, name))), None)

    def day(self, row: Row) -> date | None:
        """The row's date: the first of the date columns that can be read."""
        cells = (row.cells[index] for index in self.layout.fields.get("date", ()))
        return next((day for cell in cells if (day := day_of(cell, self.day_first))), None)

    def persons(self, row: Row) -> list[str]:
        """The people whom a row's name columns name; a first and a last name make one."""
        columns = [(squash(self.table.headings[i]), row.cells[i].strip()) for i in self.layout.fields.get("name", ())]
        halves = [cell for heading, cell in columns if heading in ("first name", "last name", "surname") and cell]
        whole = [cell for heading, cell in columns if heading not in ("first name", "last name", "surname") and cell]
        return [*([" ".join(halves)] if halves else []), *whole]

    def people(self, rows: list[Row]) -> tuple[Participant, ...]:
        """Everybody whom these rows name: the requester, the speakers, and our people (owners, assignees)."""
        found: dict[Participant, None] = {}
        for row in rows:
            address = self.cell(row, "email")
            email = address if EMAIL.fullmatch(address) else None
            company = self.cell(row, "account") or None
            names = self.persons(row)
            title = self.cell(row, "title") or None
            speaker = self.cell(row, "speaker")
            own = None if speaker else title
            if names or email or own:
                name = names[0] if names else None
                found[Participant(name=name, email=email, company=company, title=own, side="customer")] = None
            for name in names[1:]:
                found[Participant(name=name, company=company, side="customer")] = None
            for index in self.layout.fields.get("owner", ()):
                if owner := row.cells[index].strip():
                    found[Participant(name=owner, side="us")] = None
            if speaker and side_of(speaker) is None and speaker not in names:
                label = {"email": speaker} if EMAIL.fullmatch(speaker) else {"name": speaker}
                found[Participant(**label, title=title, side=side_of(self.cell(row, "side")) or "unknown")] = None
        return tuple(found)
