"""E-mail (RFC 5322 with MIME): each message's own words are its sender's, also where a reply quotes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import default

from icp_synth.errors import UnreadableError
from icp_synth.records import Block, Form, Locator, Participant, Source
from icp_synth.stages.ingest import fields, furniture, html, layout
from icp_synth.stages.ingest.decode import decode
from icp_synth.stages.ingest.layout import Line
from icp_synth.stages.ingest.transcript import Transcript
from icp_synth.stages.ingest.values import EMAIL

_WROTE = re.compile(
    r"^\s*(?:On|Am|Le|El|Op|Il)\b.{5,300}?\b(?:wrote|a écrit|escribió|ha scritto|(?:schrieb|schreef)\b.{0,80})\s*:\s*$"
)
_WRITER = re.compile(
    r"(?:\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[AP]M)?(?:\s+[+-]\d{4})?(?:\s+Uhr)?|\d{4}|\bschrieb|\bschreef)[,\s]+(?:schrieb\s+|schreef\s+)?"
    r"(?P<name>[^\W\d_][^\d<>:]*?)\s*(?:[<(\[]|\bwrote\b|\ba écrit\b|\bescribió\b|\bha scritto\b|:)"
)
_FROM = re.compile(r"^\s*\*?(?:From|Von|De)\s*:\*?\s*(?P<who>\S.*)$")
_QUOTED_HEADER = re.compile(
    r"^\s*\*?(?:From|Sent|Date|To|Cc|Subject|Reply-To|Importance|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet)"
    r"\s*:\*?(?:\s|$)"
)
_DIVIDER = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht)\s*-{2,}|_{8,}"
    r"|Begin forwarded message:)\s*$",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"^\s*(?:Sent from my \w+|Get Outlook for \w+)", re.IGNORECASE)
_SECRET = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_LONGEST_SIGNATURE = 10
_LONGEST_LINE = 120

Row = tuple[int, str]  # number in the body, from 0; text without the `>` of the levels above


@dataclass(frozen=True)
class _Sender:
    """Who wrote a stretch of the body, and when, as far as is known."""

    name: str | None = None
    email: str | None = None
    date: date | None = None


@dataclass
class _Turn:
    """Rows by one sender, or rows that only tell of a sender (`form` "field")."""

    sender: _Sender
    form: Form
    rows: list[Row] = field(default_factory=list)


def read(path: str, data: bytes) -> Source:
    """Read one message. Blocks are paragraphs by the sender whom headers, attributions or quoted headers name.

    Signatures are fields; attachments are not read. Raises UnreadableError for encrypted or empty messages, and for
    bytes without mail headers.
    """
    message = message_from_bytes(data.removeprefix(b"\xef\xbb\xbf"), policy=default)
    if not any(message[name] for name in ("From", "Date", "Subject")):
        raise UnreadableError(path, "It has no mail headers (From, Date, Subject).", "Save the message as .eml again.")
    if message.get_content_type() in _SECRET:
        raise UnreadableError(path, "The message is encrypted.", "Save it decrypted, or add its text as .txt.")
    body, start = _body(path, message, data)
    sent = _sent(message)
    people = _people(message)
    author = people[0] if message["From"] and people else Participant()
    writer = _Sender(author.name or author.email, author.email, sent)
    turns = [part for turn in _turns(list(enumerate(body)), writer) for part in _signed(turn)]
    quoted = [
        Participant(name=turn.sender.name, email=turn.sender.email)
        for turn in turns
        if turn.sender.name and turn.sender.name not in {person.name or person.email for person in people}
    ]
    people += dict.fromkeys(quoted)
    signed = [name for turn in turns if turn.form == "field" for name in _names(turn)]
    return Transcript(
        blocks=tuple(_blocks(turns, body, start)),
        participants=tuple(people),
        names=tuple(dict.fromkeys([*(person.name for person in people if person.name), *signed])),
        title=re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", str(message["Subject"] or ""), flags=re.IGNORECASE).strip()
        or None,
        date=sent,
    ).as_source(path, "eml")


# ---------------------------------------------------------------- headers and body


def _sent(message: EmailMessage) -> date | None:
    moment = getattr(message["Date"], "datetime", None)
    return moment.date() if moment else None


def _people(message: EmailMessage) -> list[Participant]:
    """The sender first, then everybody whom the headers name, once for each address."""
    found: dict[str, Participant] = {}
    for header in ("From", "Reply-To", "To", "Cc"):
        addresses: tuple[Address, ...] = getattr(message[header], "addresses", ())
        for address in addresses:
            email = address.addr_spec if address.domain else None
            name = address.display_name.strip() or None
            key = (email or name or "").lower()
            if key and (key not in found or found[key].name is None):
                found[key] = Participant(name=None if name == email else name, email=email)
    return list(found.values())


def _body(path: str, message: EmailMessage, data: bytes) -> tuple[list[str], int | None]:
    """Lines of the body, and the line of the file on which the first stands; None where the body is encoded."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        raise UnreadableError(path, "The message has no text.", "Save its text as .txt, or leave it out.")
    text = _text(path, part)
    if part.get_content_type() == "text/html":
        found, _ = html.elements(text)
        rows = [row for element in found for row in ("> " * element.depth + element.text, ">" * element.depth)]
        return rows, None
    body = text.split("\n")
    plain = str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower() in ("7bit", "8bit", "binary")
    return body, _where(body, _text_of_file(path, data)) if plain else None


def _text(path: str, part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(path, raw)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text_of_file(path: str, data: bytes) -> list[str]:
    try:
        return decode(path, data).split("\n")
    except UnreadableError:
        # A binary attachment beside a readable body.
        return []


def _where(body: Sequence[str], file: Sequence[str]) -> int | None:
    worded = [row.rstrip() for row in body]
    while worded and not worded[-1]:
        worded.pop()
    for start in range(len(file) - len(worded) + 1):
        if worded and all(file[start + k].rstrip() == row for k, row in enumerate(worded)):
            return start + 1
    return None


# ---------------------------------------------------------------- who wrote which rows


def _turns(rows: Sequence[Row], sender: _Sender) -> Iterator[_Turn]:
    """Divide rows by sender. Quoted rows (`>`) are whose the line above says, and so is all below quoted headers."""
    current, quoted, i = _Turn(sender, "speech"), _Sender(), 0
    while i < len(rows):
        text = rows[i][1]
        if text.startswith(">"):
            end = i
            while end < len(rows) and (rows[end][1].startswith(">") or _quote_goes_on(rows, end)):
                end += 1
            yield current
            yield from _turns([(n, re.sub(r"^>[ ]?", "", row)) for n, row in rows[i:end]], quoted)
            current, quoted, i = _Turn(sender, "speech"), _Sender(), end
            continue
        told = _told(rows, i)
        if told:
            found, length, rest = told
            yield current
            yield _Turn(found, "field", list(rows[i : i + length]))
            if rest:
                sender = found
            else:
                quoted = found
            current, i = _Turn(sender, "speech"), i + length
        elif _DIVIDER.match(text):
            i += 1
        else:
            current.rows.append(rows[i])
            i += 1
    yield current


def _quote_goes_on(rows: Sequence[Row], i: int) -> bool:
    return not rows[i][1].strip() and i + 1 < len(rows) and rows[i + 1][1].startswith(">")


def _told(rows: Sequence[Row], i: int) -> tuple[_Sender, int, bool] | None:
    """What is told of a quoted sender at row `i`: who, in how many rows, and whether all the rest is theirs."""
    texts = [row for _, row in rows[i : i + 8]]
    for length in (1, 2, 3):
        line = " ".join(row.strip() for row in texts[:length])
        if len(texts) >= length and _WROTE.match(line):
            marked = any(row.startswith(">") for _, row in rows[i + length :])
            return _writer(line), length, not marked
    head = _FROM.match(texts[0])
    length = next((k for k, row in enumerate(texts) if not _QUOTED_HEADER.match(row)), len(texts))
    if head is None or length < 2:
        return None
    email = EMAIL.search(head["who"])
    name = re.sub(r"\s*[<(\[].*$", "", head["who"]).strip(" \"'*")
    address = email.group() if email else None
    sent = next((day for row in texts[1:length] if (day := fields.day_in(row))), None)
    return _Sender(name if name != address else address, address, sent), length, True


def _writer(line: str) -> _Sender:
    email = EMAIL.search(line)
    address = email.group() if email else None
    found = list(_WRITER.finditer(line))
    name = found[-1]["name"].strip(" ,\"'*") if found else None
    return _Sender(name or address, address, fields.day_in(line))


# ---------------------------------------------------------------- signatures


def _signed(turn: _Turn) -> Iterator[_Turn]:
    """Part the signature from what is said."""
    if turn.form == "field":
        yield turn
        return
    start = next((k for k in range(len(turn.rows)) if _signs(turn, k)), len(turn.rows))
    yield _Turn(turn.sender, "speech" if turn.sender.name else "prose", turn.rows[:start])
    yield _Turn(turn.sender, "field", turn.rows[start:])


def _signs(turn: _Turn, k: int) -> bool:
    text = turn.rows[k][1].strip()
    if turn.rows[k][1].rstrip("\r") in ("-- ", "--") or _DEVICE.match(text):
        return True
    name = (turn.sender.name or "").lower()
    if furniture.is_legal(text):
        return True
    if len(text) > _LONGEST_LINE:
        return False
    named = bool(text) and text.lower().strip("—–-,. ") in {name, *name.split()[:1], name[:1]}
    below = [row.strip() for _, row in turn.rows[k + 1 :] if row.strip()]
    after = below[: below.index("--")] if "--" in below else below
    after = [row for row in after if not furniture.is_legal(row)]
    short = all(len(row) <= 90 and len(row.split()) <= 12 and not re.search(r"[a-z][?!.]$", row) for row in after)
    return (named or furniture.is_closing(text)) and short and len(after) <= _LONGEST_SIGNATURE


def _names(turn: _Turn) -> Iterator[str]:
    """Personal names in a signature: in its first line that holds one, and wherever a part of the sender's stands."""
    known = set((turn.sender.name or "").lower().split())
    first = True
    for _, text in turn.rows:
        bare = text.strip(" —–-,.")
        if furniture.is_closing(text) or not fields.is_entry(bare):
            continue
        name = fields.participant(bare).name
        if name and (first or known & set(name.lower().split())):
            yield name
        first = first and name is None


# ---------------------------------------------------------------- blocks


def _blocks(turns: Sequence[_Turn], body: Sequence[str], start: int | None) -> Iterator[Block]:
    """Paragraphs as blocks. Where the body stands in the file unencoded from line `start` on, they have lines."""
    number = 0
    for turn in turns:
        spoken = turn.form == "speech"
        for rows in _paragraphs(turn.rows):
            for piece, _ in layout.pieces(rows):
                number += 1
                inside = layout.standing(piece.text, body, *piece.lines) if piece.lines else None
                yield Block(
                    text=piece.text,
                    locator=Locator(unit="paragraph", first=number, last=number),
                    lines=(inside[0] + start - 1, inside[1] + start - 1) if inside and start else None,
                    form=turn.form,
                    speaker=turn.sender.name if spoken else None,
                    email=turn.sender.email if spoken else None,
                    date=turn.sender.date,
                )


def _paragraphs(rows: Sequence[Row]) -> Iterator[list[tuple[Line, int]]]:
    gathered: list[tuple[Line, int]] = []
    for n, text in rows:
        line = Line(text, Locator(unit="line", first=n + 1, last=n + 1), (n + 1, n + 1))
        drawn = layout.is_blank(text) or layout.is_ruler(text)
        if gathered and not drawn and layout.runs_on([row for row, _ in gathered], line):
            gathered.append((line, 0))
            continue
        if gathered:
            yield gathered
        gathered = [] if drawn else [(line, layout.indent(text))]
    if gathered:
        yield gathered
