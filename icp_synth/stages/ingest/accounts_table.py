"""Tables with a row per company: names, outcomes, and every other column that isn't about people as an attribute."""

from __future__ import annotations

import re

from icp_synth.records import AccountRow, Outcome
from icp_synth.stages.ingest.columns import ABOUT, Layout, Table, is_personal
from icp_synth.stages.ingest.values import EMAIL, PHONE, outcome_of, squash

_YES = frozenset({"yes", "true", "y", "1"})
_NO = frozenset({"no", "false", "n", "0"})
_FLAGS: tuple[tuple[str, Outcome, Outcome], ...] = (
    (r".*\bchurn(?:ed)?\b.*", "churned", "active"),
    (r".*\blost\b.*", "lost", "won"),
    (r".*\bwon\b.*", "won", "lost"),
)
# A customer who left was won once: the later event is the outcome.
_PRECEDENCE: tuple[Outcome, ...] = ("churned", "lost", "active", "won")
_LONG = 200


def rows(table: Table, layout: Layout) -> tuple[AccountRow, ...]:
    """One AccountRow per row that names a company; its `row` is the row as a spreadsheet shows it."""
    account, domain = layout.fields["account"][0], layout.first("domain")
    used = {account, *layout.fields.get("domain", ()), *layout.fields.get("outcome", ())}
    facts = [
        (index, heading)
        for index, heading in enumerate(table.headings)
        if index not in used
        and not re.fullmatch(r"(?:.* )?(?:id|uuid|key)", squash(heading))
        and heading.strip()
        and not re.fullmatch(ABOUT, squash(heading))
        and not is_personal(heading, table.sample(index))
    ]
    return tuple(
        AccountRow(
            name=name,
            path=table.path,
            row=row.number,
            domain=_domain(row.cells[domain]) if domain is not None else None,
            outcome=row_outcome(table, layout, row.cells),
            attributes={heading.strip(): value for index, heading in facts if (value := _fact(row.cells[index]))},
        )
        for row in table.rows
        if (name := row.cells[account].strip())
    )


def row_outcome(table: Table, layout: Layout, cells: tuple[str, ...]) -> Outcome | None:
    """The outcome that a row's outcome columns tell, the latest event first; None where they tell none."""
    told = {_outcome(table.headings[index], cells[index]) for index in layout.fields.get("outcome", ())}
    return next((outcome for outcome in _PRECEDENCE if outcome in told), None)


def _outcome(heading: str, cell: str) -> Outcome | None:
    value = cell.strip().lower()
    if value in _YES | _NO:
        for pattern, yes, no in _FLAGS:
            if re.fullmatch(pattern, squash(heading)):
                return yes if value in _YES else no
        return None
    return outcome_of(cell)


def _domain(cell: str) -> str | None:
    host = re.sub(r"^[a-z]+://", "", cell.strip().lower()).split("/")[0].split("@")[-1].removeprefix("www.")
    return host or None


def _fact(cell: str) -> str:
    """The cell as an attribute: "" where it holds an e-mail address, a phone number, or prose that may name people."""
    value = " ".join(cell.split())
    phone = PHONE.match(value) and re.search(r"[\s()+]", value)
    return "" if EMAIL.search(value) or phone or len(value) > _LONG else value
