"""Which column of a table holds what: told by its heading and checked against its cells.

The heading proposes (`Ticket description`, `What nearly stopped you?`), the cells decide: a text column must
hold prose, a date column dates, an outcome column outcomes. A saved mapping (field → headings) beats all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from icp_synth.records import SourceKind
from icp_synth.stages.ingest.values import (
    EMAIL,
    KINDS,
    PHONE,
    day_of,
    kind_in,
    kind_of,
    outcome_of,
    seconds_of,
    side_of,
    squash,
)

FIELDS = (
    "text",
    "question",
    "account",
    "domain",
    "name",
    "owner",
    "email",
    "phone",
    "date",
    "time",
    "kind",
    "outcome",
    "side",
    "speaker",
    "title",
    "subject",
    "id",
    "rating",
)

_QUESTION = re.compile(
    r"^(?:q?\d+[.):]\s*)?(?:what|why|how|which|who|when|where|would|do|does|did|is|are|was|were|can|could|have|has|describe"
    r"|tell us|please|if you|in your own words)\b",
    re.IGNORECASE,
)
_TEXT = (
    r".*\b(?:text|description|body|content|comments?|messages?|notes?|feedback|answers?|verbatims?|quotes?|snippets?"
    r"|transcript|utterances?|review|reasons?|remarks?|details|complaint|request|response|issue|problem|objections?|pros|cons|likes?"
    r"|dislikes?|suggestions?|opinion|explanation|why|summary|said|testimonial|pain points?|reviews|anything else"
    r"|thoughts)\b.*"
)
_PEOPLE = (
    r"(?:full |first |last |sur)?name|(?:requester|contact|respondent|reporter|reviewer|user|participant|interviewee"
    r"|submitter|buyer|author|primary contact|contact person|customer contact)(?: full)?(?: name)?|submitted by"
    r"|username|point of contact|champion|decision maker|economic buyer|(?:executive )?sponsor|ceo|cto|cfo|founder"
    r"|person"
)
_OWNERS = (
    r"(?:(?:account|deal|opportunity|lead|ticket|case|record|company|contact) )?owner(?: name)?"
    r"|(?:sales |account )?rep(?: name)?|csm"
    r"|customer success manager|account (?:manager|executive)|ae|sdr|assignee|assigned to|agent(?: name)?|interviewer"
    r"|created by|modified by|logged by|salesperson"
)
_HEADINGS: tuple[tuple[str, str], ...] = (
    ("question", r"(?:survey |interview )?(?:question|prompt)(?: text)?"),
    ("email", r".*\be ?mails?\b.*"),
    ("phone", r".*\b(?:phone|mobile|telephone|cell|fax)\b.*"),
    ("owner", _OWNERS),
    ("side", r"(?:(?:author|sender|speaker|user) )?(?:role|side|type)|direction|author|speaker|from|sender|who|name"),
    ("speaker", r"(?:speaker|author|sender|from)(?: name)?|who"),
    ("name", _PEOPLE),
    (
        "title",
        r"job(?: title| role)?|(?:respondent |buyer |contact )?(?:role|position|job title)|occupation|profession",
    ),
    ("domain", r"(?:(?:company|account|email) )?(?:domain|website|web site)(?: name| url)?|url"),
    (
        "account",
        r"(?:account|company|organi[sz]ation|org|employer|business|client|customer|tenant|brand|prospect|firm)"
        r"(?: name)?",
    ),
    ("time", r"start(?: time)?|time|timestamp|offset|time stamp"),
    (
        "date",
        r"(?:.* )?(?:date|created|submitted|closed|day|month|when|timestamp|time|received|opened|completed)"
        r"(?: (?:at|on|time|utc))?",
    ),
    (
        "outcome",
        r"(?:.* )?(?:outcome|result|stage|status|won|lost|won lost|win loss|churned|churn|lifecycle)(?: name)?",
    ),
    ("kind", r"(?:source |evidence |record )?(?:kind|type|channel|source)"),
    ("rating", r".*\b(?:rating|score|nps|csat|stars?|satisfaction)\b.*"),
    ("subject", r"(?:.* )?(?:subject|title|headline)"),
    ("id", r"id|(?:.* )?(?:id|number|no|key|ref|reference|uuid)|ticket|case|#"),
)
_FIRMOGRAPHIC = (
    r".*\b(?:industry|sector|vertical|segment|employees|headcount|size|revenue|arr|mrr|acv|plan|tier|region|country|city|state"
    r"|location|stack|founded|funding|seats|users|domain|website)\b.*"
)
ABOUT = r"(?:company |account )?(?:description|about(?: us)?|overview)"

_MIN_PROSE_WORDS = 4
_MAY_BE_LONG = frozenset({"question", "subject", "account", "outcome"})


@dataclass(frozen=True)
class Row:
    """A row of a table. `number` counts as a spreadsheet does; `lines` are the physical lines of each cell, if any."""

    number: int
    cells: tuple[str, ...]
    lines: tuple[tuple[int, int] | None, ...] = ()


@dataclass(frozen=True)
class Table:
    """A grid with headings. `heading_row` is the row of the headings, `heading_lines` their physical lines, if any."""

    path: str
    format: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""
    heading_row: int = 1
    heading_lines: tuple[tuple[int, int] | None, ...] = ()

    def column(self, index: int) -> list[str]:
        """The non-empty cells of a column, stripped."""
        return [cell for row in self.rows if (cell := row.cells[index].strip())]

    def sample(self, index: int) -> list[str]:
        """Enough of a column to tell what it holds: its first 500 non-empty cells."""
        return list(islice((cell for row in self.rows if (cell := row.cells[index].strip())), 500))


@dataclass(frozen=True)
class Layout:
    """What was recognised: the kind of table, the source kind, and field → column indices."""

    table: Literal["evidence", "accounts"] | None
    kind: SourceKind | None = None
    fields: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def first(self, name: str) -> int | None:
        """The first column of a field, if there is one."""
        return next(iter(self.fields.get(name, ())), None)


def is_question(heading: str) -> bool:
    """Whether a heading reads like a question that was put to somebody."""
    words = heading.split()
    return heading.rstrip().endswith("?") or (len(words) >= 4 and bool(_QUESTION.match(heading.strip())))


def is_known(heading: str) -> bool:
    """Whether a heading by itself names something that tables of evidence or accounts hold."""
    words = squash(heading)
    patterns = (pattern for _, pattern in _HEADINGS)
    return any(re.fullmatch(p, words) for p in (*patterns, _TEXT, _FIRMOGRAPHIC)) or is_question(heading)


def detect(table: Table, mapping: Mapping[str, Sequence[str]] | None = None) -> Layout:
    """Recognise the columns of a table.

    `mapping` is field → headings and wins over what would be detected; its field `kind` may name a source kind
    instead of a heading. Raises KeyError(heading or field) for one that doesn't exist. `Layout.table` is None where
    the table is neither evidence nor accounts.
    """
    given, kind = _given(table, mapping or {})
    taken = {index for indices in given.values() for index in indices}
    fields: dict[str, list[int]] = {name: list(indices) for name, indices in given.items()}
    for index, heading in enumerate(table.headings):
        if index not in taken and (name := _field_of(heading, table.sample(index))) and name not in given:
            fields.setdefault(name, []).append(index)
    _settle_people(table, fields, given)
    if "text" not in given:
        _settle_subject(table, fields)
    found = {name: tuple(fields[name]) for name in FIELDS if fields.get(name)}
    kind = kind or _kind_by_name(table) or _kind_by_headings(table, found)
    if "text" in found and ("text" in given or not _only_about(table, found)):
        return Layout("evidence", kind, found)
    found.pop("text", None)
    if account := _account_column(table, found):
        found = {name: tuple(i for i in at if i != account[0]) for name, at in found.items() if name != "account"}
        return Layout("accounts", None, {"account": account, **{name: at for name, at in found.items() if at}})
    return Layout(None, kind, found)


def _given(table: Table, mapping: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[int, ...]], SourceKind | None]:
    given: dict[str, tuple[int, ...]] = {}
    kind: SourceKind | None = None
    for name, headings in mapping.items():
        if name not in FIELDS:
            raise KeyError(name)
        if name == "kind" and headings and headings[0] in KINDS and headings[0] not in table.headings:
            kind = KINDS[KINDS.index(headings[0])]
            continue
        given[name] = tuple(_index(table, heading) for heading in headings)
    return given, kind


def _index(table: Table, heading: str) -> int:
    for same in (lambda a, b: a == b, lambda a, b: squash(a) == squash(b)):
        for index, candidate in enumerate(table.headings):
            if same(candidate, heading):
                return index
    raise KeyError(heading)


def _field_of(heading: str, cells: list[str]) -> str | None:
    words = squash(re.sub(r"^(?:hs|properties)[_ .]", "", heading))
    for name, pattern in _HEADINGS:
        prose = name not in _MAY_BE_LONG and _holds_prose(cells, 0.5)
        if re.fullmatch(pattern, words) and _CHECKS[name](cells) and not prose:
            return name
    if _share(cells, lambda cell: bool(EMAIL.fullmatch(cell))) >= 0.6:
        return "email"
    if (is_question(heading) or re.fullmatch(_TEXT, words)) and _holds_prose(cells, 0.2):
        return "text"
    if re.fullmatch(r".*\b(?:address|street|url|link|tags?)\b.*", words):
        return None
    return "text" if _holds_prose(cells, 0.5) and sum(len(c.split()) for c in cells) >= 8 * len(cells) else None


def _share(cells: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_prose(cell: str) -> bool:
    return (
        len(re.findall(r"[^\W\d_]+", cell)) >= _MIN_PROSE_WORDS
        and not day_of(cell)
        and not cell.startswith(("http://", "https://"))
    )


def _holds_prose(cells: list[str], share: float) -> bool:
    return _share(cells, _is_prose) >= share and any(map(_is_prose, cells))


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d[\d.,]*\s*(?:%|/\s*\d+|stars?)?", cell))


def _is_flag(cell: str) -> bool:
    return cell.lower() in {"yes", "no", "true", "false", "y", "n", "1", "0"}


def _always(_: list[str]) -> bool:
    return True


_CHECKS: dict[str, Callable[[list[str]], bool]] = {
    "question": lambda cells: _holds_prose(cells, 0.5),
    "email": lambda cells: _share(cells, lambda c: bool(EMAIL.search(c))) >= 0.5,
    "phone": _always,
    "owner": lambda cells: not _share(cells, _is_number) >= 0.5,
    "side": lambda cells: _share(cells, lambda c: side_of(c) is not None) >= 0.6,
    "speaker": lambda cells: _share(cells, lambda c: bool(EMAIL.fullmatch(c)) or not _is_number(c)) >= 0.6,
    "name": lambda cells: not _share(cells, _is_number) >= 0.5,
    "title": lambda cells: not _share(cells, _is_number) >= 0.5,
    "domain": lambda cells: _share(cells, lambda c: "." in c and " " not in c) >= 0.6,
    "account": lambda cells: not _share(cells, lambda c: _is_number(c) or bool(EMAIL.fullmatch(c))) >= 0.5,
    "time": lambda cells: _share(cells, lambda c: seconds_of(c) is not None and day_of(c) is None) >= 0.6,
    "date": lambda cells: _share(cells, lambda c: bool(day_of(c, True) or day_of(c, False))) >= 0.6,
    "outcome": lambda cells: (
        _share(cells, lambda c: outcome_of(c) is not None) >= 0.4 or _share(cells, _is_flag) == 1.0
    ),
    "kind": lambda cells: _share(cells, lambda c: kind_of(c) is not None) >= 0.6,
    "rating": lambda cells: _share(cells, _is_number) >= 0.6,
    "subject": _always,
    "id": lambda cells: _share(cells, lambda c: " " not in c) >= 0.8,
}


def _settle_people(table: Table, fields: dict[str, list[int]], given: Mapping[str, object]) -> None:
    """`Customer` and `Client` are companies, unless another column is: then they hold people."""
    accounts = fields.get("account", [])
    plain = [i for i in accounts if re.fullmatch(r"(?:customer|client)(?: name)?", squash(table.headings[i]))]
    firm = [i for i in accounts if i not in plain]
    people = plain if plain and (firm or ("email" in fields and "domain" not in fields)) else []
    if people and "account" not in given:
        fields["account"] = firm
        fields.setdefault("name", []).extend(people)


def _settle_subject(table: Table, fields: dict[str, list[int]]) -> None:
    """A summary or a topic beside longer prose is its subject; a subject with nothing beside it is the text."""
    text, subject = fields.get("text", []), fields.get("subject", [])
    if len(text) > 1 and not subject:
        summaries = [i for i in text if re.fullmatch(r"(?:.* )?(?:summary|topic|issue)", squash(table.headings[i]))]
        if summaries and len(summaries) < len(text):
            fields["subject"] = summaries[:1]
            fields["text"] = [i for i in text if i != summaries[0]]
    elif not text and subject and _holds_prose(table.sample(subject[0]), 0.5):
        fields["text"], fields["subject"] = subject[:1], subject[1:]


def _kind_by_name(table: Table) -> SourceKind | None:
    return kind_in(table.path.rsplit("/", 1)[-1].rsplit("!", 1)[-1].rsplit(".", 1)[0]) or kind_in(table.sheet)


def _kind_by_headings(table: Table, found: Mapping[str, tuple[int, ...]]) -> SourceKind | None:
    words = [squash(heading) for heading in table.headings]

    def has(pattern: str) -> bool:
        return any(re.fullmatch(pattern, w) for w in words)

    text = [table.headings[i] for i in found.get("text", ())]
    if has(r"ticket.*|case (?:id|number)|requester.*|priority|conversation id"):
        return "ticket"
    if has(r"(?:closed )?(?:win|loss|lost|won|churn|cancellation) .*|competitors?|deal stage"):
        return "win_loss"
    if has(r"reviewer.*|stars?|pros|cons|review.*"):
        return "review"
    if any(is_question(heading) for heading in text) or has(
        r"respond[ae]nt.*|response id|nps.*|csat.*|survey.*|feedback"
    ):
        return "survey"
    if has(r"call .*|transcript|snippets?"):
        return "call"
    if has(r"interview.*"):
        return "interview"
    return "note" if any(re.search(r"\bnotes?\b", squash(heading)) for heading in text) else None


def _only_about(table: Table, found: Mapping[str, tuple[int, ...]]) -> bool:
    """A list of companies whose only prose describes the company: facts, not a customer's words."""
    texts = [squash(table.headings[i]) for i in found["text"]]
    facts = [heading for heading in table.headings if re.fullmatch(_FIRMOGRAPHIC, squash(heading))]
    return len(facts) >= 2 and all(re.fullmatch(ABOUT, text) for text in texts)


def _account_column(table: Table, found: Mapping[str, tuple[int, ...]]) -> tuple[int] | None:
    """The column of company names, where rows are companies and something besides people is said of them.

    A plain `Name` counts beside company facts and without e-mails.
    """
    facts = [heading for heading in table.headings if re.fullmatch(_FIRMOGRAPHIC, squash(heading))]
    plain = [i for i in found.get("name", ()) if squash(table.headings[i]) == "name" and facts and "email" not in found]
    for index in (*found.get("account", ()), *plain, *found.get("domain", ())):
        others = set(range(len(table.headings))) - {index, *found.get("id", ())}
        if any(table.sample(i) and not is_personal(table.headings[i], table.sample(i)) for i in others):
            return (index,)
    return None


def is_personal(heading: str, cells: list[str]) -> bool:
    """Whether a column holds people: names, e-mail addresses or phone numbers, by its heading or its cells."""
    words = squash(heading)
    named = re.fullmatch(rf"{_PEOPLE}|{_OWNERS}|.*\b(?:owner|contact|manager|e ?mail|phone|mobile|linkedin)\b.*", words)
    if named and _share(cells, _is_number) < 0.5:
        return True
    return _share(cells, lambda c: bool(EMAIL.search(c) or PHONE.match(c) and re.search(r"[\s()+-]", c))) > 0.1
