"""The grammar that transcripts and notes share: who says what, what was asked, and what only stands around it.

It reads labelled speech (`Name: words`), Otter's and Teams' headers (`Name  MM:SS`), notes of questions and answers,
and fields and attendee lists at the top. Text files, Word, PDF and HTML all come through here, as lines or paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from icp_synth.errors import UnreadableError
from icp_synth.records import Block, Form, Outcome, Participant, Role, Source
from icp_synth.stages.ingest import fields, furniture, labels, layout
from icp_synth.stages.ingest.labels import Cast
from icp_synth.stages.ingest.layout import Line
from icp_synth.stages.ingest.preamble import Preamble
from icp_synth.stages.ingest.surroundings import Surroundings

__all__ = ["Line", "Transcript", "asks", "parse"]

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<mark>\*\*|__|\*|_)?(?=\S)")
_UNDERLINE = re.compile(r"^\s*(?:={3,}|-{3,})\s*$")
_ASKED = re.compile(r"^\s*(?:[-*•]\s+)?(?:\*\*|__)?(?:Q|Question)\s?#?(?P<number>\d{0,3})\s*[:.)](?:\*\*|__)?\s*(?=\S)")
_ANSWERED = re.compile(r"^\s*(?:[-*•]\s+)?(?:\*\*|__)?(?:A|Answer)\s?#?\d{0,3}\s*[:.)](?:\*\*|__)?(?:\s+|$)")
_BIDS = re.compile(
    r"^\W*(?:describe|tell (?:us|me)|walk (?:us|me)|talk (?:us|me)|explain|please|(?:can|could|would|will) you)\b",
    re.IGNORECASE,
)
_INTERROGATES = re.compile(r"^\W*(?:what|why|how|when|where|who|whom|whose|which)\b", re.IGNORECASE)
_TO_YOU = re.compile(r"\byou(?:r|rs|rself)?\b", re.IGNORECASE)
_EMPHASIS = re.compile(r"^\s*(?P<mark>\*\*|__|\*|_)(?=[^\s*_])")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
_REACH = 12
_REPLIER = "Agent"  # whoever answers for the company: a part in the talk, no person


@dataclass(frozen=True)
class Transcript:
    """What lines turned out to be. `names` are personal names met in labels, fields and attendee lists."""

    blocks: tuple[Block, ...]
    participants: tuple[Participant, ...] = ()
    names: tuple[str, ...] = ()
    title: str | None = None
    account: str | None = None
    date: date | None = None
    outcome: Outcome | None = None

    def as_source(self, path: str, format: str) -> Source:
        """The same as a Source. Raises UnreadableError where there is no text at all."""
        if not self.blocks:
            raise UnreadableError(path, "The file is empty: it holds no words.", "Check the export, or leave it out.")
        return Source(
            path=path,
            format=format,
            blocks=self.blocks,
            title=self.title,
            account=self.account,
            date=self.date,
            outcome=self.outcome,
            participants=self.participants,
            names=self.names,
        )


def parse(lines: Sequence[Line], *, wrapped: bool = False) -> Transcript:
    """Read lines by the shared grammar. `wrapped` says that short lines standing together are one paragraph.

    Every block with `lines` holds its text exactly as it stands on those lines, without its label or bullet.
    """
    reader = _Reader(lines, wrapped)
    i = 0
    while i < len(lines):
        i += reader.step(i)
    return reader.finish()


def asks(text: str) -> bool:
    """Tell whether a heading or an emphasised paragraph asks: by its marks, or by first words put to somebody.

    `Why they bought` and `Next steps:` name a section; `How do you use it` and `What holds you back:` ask.
    """
    bare = text.strip().strip("*_ ")
    if re.search(r"[?？](?:\s|$)", bare) or _BIDS.match(bare):
        return True
    words = len(bare.split())
    if bare.endswith(":"):
        return words > 3
    return _INTERROGATES.match(bare) is not None and (_TO_YOU.search(bare) is not None or words > 6)


class _Reader:
    """The state of one reading: the paragraph that is open, who speaks, under which heading, and since when."""

    def __init__(self, lines: Sequence[Line], wrapped: bool) -> None:
        self.lines, self.wrapped = lines, wrapped
        texts = [line.text for line in lines]
        self.cast = Cast.of(["" if furniture.is_around(text) else text for text in texts], wrapped)
        self.around = Surroundings(texts, self.cast)
        self.preamble = Preamble(lines, self.cast)
        self.blocks: list[Block] = []
        self.rows: list[tuple[Line, int]] = []
        self.form: Form = "prose"
        self.speaker: str | None = None
        self.replying = False
        self.section: str | None = None
        self.heading: str | None = None
        self.time: float | None = None
        self.noted = False
        self.heard: dict[str, str] = {}
        plain = [i for i in range(len(lines)) if self._asks_plainly(i)]
        talk = any(
            label is not None and label.name in self.cast.speakers and not self.preamble.in_record(i)
            for i, label in enumerate(self.cast.labels)
        )
        self.plain_questions = frozenset(plain if len(plain) > 1 and not talk else ())

    # Each rule returns how many lines it took; the first that takes any decides.
    def step(self, i: int) -> int:
        """Take in what begins at line `i`; returns the number of lines taken."""
        text = self.lines[i].text
        rules = (
            self._around,
            self._heading,
            self._reply,
            self._note,
            self._question,
            self._speech,
            self._emphasis,
            self._title,
            self._text,
        )
        if layout.is_blank(text) or layout.is_ruler(text):
            self.flush()
            self.speaker = self.speaker if layout.is_blank(text) else None
            return 1
        clock = labels.time_only(text)
        if clock is not None:
            self.flush()
            self.time = clock
            return 1 + self._name_below(i)
        return next(taken for rule in rules if (taken := rule(i)))

    # ------------------------------------------------------------ structure

    def _around(self, i: int) -> int:
        """Take in what only stands around the words; the head of a review also ends what was said before it."""
        taken, opens = self.around.take(i)
        if taken:
            self.flush()
            self.speaker = None if opens else self.speaker
        for line in self.lines[i : i + taken]:
            if not layout.is_blank(line.text):
                self._add([(line, layout.indent(line.text))], "field")
        return taken

    def _reply(self, i: int) -> int:
        """Under a review or inside a ticket the company speaks for itself."""
        text = self.lines[i].text
        start = furniture.reply_start(text)
        if start is None:
            return 0
        self._open([(self.lines[i], start)] if start < len(text.rstrip()) else [])
        self.speaker, self.replying = _REPLIER, True
        return 1

    def _heading(self, i: int) -> int:
        line = self.lines[i]
        found = _HEADING.match(line.text)
        lined = not found and not self.rows and self.wrapped and self._underlined(i)
        if not (found or lined or line.style == "heading"):
            return 0
        start = found.end() if found else layout.indent(line.text)
        self._name(line, start, _after_heading(line.text, found["mark"] or "") if found else 0)
        return 2 if lined else 1

    def _underlined(self, i: int) -> bool:
        line = self.lines[i]
        below = i + 1 < len(self.lines) and _UNDERLINE.match(self.lines[i + 1].text) is not None
        return below and len(line.text) <= 80 and not layout.is_item(line) and fields.find(line.text) is None

    def _name(self, line: Line, start: int, cut: int) -> None:
        """Take in a heading, or a line that serves as one: it asks, lists people, or names a section."""
        words = line.text[start : len(line.text) - cut]
        asked = _ASKED.match(words)
        self.flush()
        self.speaker = self.time = None
        if asked:
            self._ask([(line, start + asked.end())], cut)
        elif self.preamble.head(words.strip()):
            self._add([(line, start)], "field", cut)
        elif asks(words):
            self._ask([(line, start)], cut)
        else:
            self._add([(line, start)], "heading", cut)
            self.section = self.heading = words.strip()

    def _ask(self, rows: list[tuple[Line, int]], cut: int = 0) -> None:
        self._open(rows, "question")
        self.flush(cut)

    def _note(self, i: int) -> int:
        if self.rows and not layout.is_item(self.lines[i]) and self.preamble.top is False:
            return 0
        taken = self.preamble.take(i, self.blocks[-1].form if self.blocks and not self.rows else None)
        if taken:
            self.flush()
        for line in self.lines[i : i + taken]:
            self._add([(line, layout.indent(line.text))], "field")
        return taken

    def _title(self, i: int) -> int:
        if self.rows or not self.preamble.names_title(i, self.blocks[-1].form if self.blocks else None):
            return 0
        self._add([(self.lines[i], layout.indent(self.lines[i].text))], "heading")
        return 1

    # ------------------------------------------------------------ talk

    def _question(self, i: int) -> int:
        text = self.lines[i].text
        asked, answered = _ASKED.match(text), _ANSWERED.match(text)
        if asked and (not asked["number"] or asks(text[asked.end() :])):
            self._open([(self.lines[i], asked.end())], "question")
            return 1
        if answered and self.noted:
            self._open([(self.lines[i], answered.end())] if answered.end() < len(text.rstrip()) else [])
            return 1
        return 0

    def _speech(self, i: int) -> int:
        label = self.cast.labels[i]
        if label is None or label.name not in self.cast.speakers:
            return 0
        text = self.lines[i].text
        if furniture.is_around(text[label.start :]):
            self._open([])
            self._add([(self.lines[i], label.start)], "field")
            return 1
        self._open([(self.lines[i], label.start)] if label.start < len(text.rstrip()) else [])
        self._hear(label.name, label.note)
        self.time = label.at
        return 1

    def _hear(self, name: str, note: str | None = None) -> None:
        if note and name not in self.heard:
            person = fields.participant(f"{name} ({note})")
            self.preamble.people.append((person, None))
            self.heard[name] = f"{name} ({note})" if person.company else name
        self.speaker, self.replying = self.heard.setdefault(name, name), False

    def _name_below(self, i: int) -> int:
        """Teams writes a time range, the name on the next line, and the words below: 1 where that is so."""
        if i + 1 >= len(self.lines) or self.lines[i + 1].text.strip() not in self.cast.below_times:
            return 0
        self.preamble.end()
        self._hear(self.lines[i + 1].text.strip())
        return 1

    def _open(self, rows: list[tuple[Line, int]], form: Form = "prose") -> None:
        self.flush()
        self.preamble.end()
        self.speaker = self.time = None
        if form == "question":
            self.heading = self.section
            self.noted = True
        self.rows, self.form = rows, form

    def _asks_plainly(self, i: int) -> bool:
        """Notes whose emphasis was lost (a PDF, a pasted page) ask in short paragraphs of their own."""
        line = self.lines[i]
        words = line.text.strip()
        around = [*self.lines[max(i - 1, 0) : i], *self.lines[i + 1 : i + 2]]
        alone = not self.wrapped or all(layout.is_blank(other.text) for other in around)
        puts = _INTERROGATES.match(words) or _BIDS.match(words) or _TO_YOU.search(words)
        if _NUMBERED.match(words) and asks(_NUMBERED.sub("", words)) and alone:
            below = next((row for row in self.lines[i + 1 :] if not layout.is_blank(row.text)), None)
            return below is not None and not layout.is_item(below)
        return bool(
            words.endswith("?") and alone and puts and len(words.split()) <= 60 and not layout.marker(line.text)
        )

    def _emphasis(self, i: int) -> int:
        """A bold line or an italic paragraph that asks is a question; a short bold line names what follows."""
        line = self.lines[i]
        if line.style == "strong" or i in self.plain_questions:
            return self._strong(line, layout.indent(line.text), 0)
        found = _EMPHASIS.match(line.text)
        if found is None:
            return 0
        rows = [(line, found.end())]
        for row in self.lines[i + 1 : i + _REACH]:
            if _closing(found["mark"], rows[-1]) or layout.is_blank(row.text):
                break
            rows.append((row, 0))
        cut = _closing(found["mark"], rows[-1])
        whole = "\n".join(row.text[start:] for row, start in rows)
        if found["mark"] in whole[: len(whole) - cut]:
            return 0
        if len(rows) == 1 and found["mark"] in ("**", "__") and cut:
            return self._strong(line, found.end(), cut)
        # An opening mark that is never closed still marks one line that asks.
        asked = cut > 0 or (len(rows) == 1 and whole.rstrip().endswith("?"))
        if not asked or not (asks(whole[: len(whole) - cut]) or asks(rows[0][0].text)):
            return 0
        self._ask(rows, cut)
        return len(rows)

    def _strong(self, line: Line, start: int, cut: int) -> int:
        words = line.text[start : len(line.text) - cut]
        if not asks(words) and (len(words.split()) > 12 or words.rstrip().endswith((".", "!", ","))):
            return 0
        self._name(line, start, cut)
        return 1

    # ------------------------------------------------------------ running text

    def _text(self, i: int) -> int:
        line = self.lines[i]
        quoted = layout.is_quote(line.text)
        if self.rows and self.wrapped and layout.runs_on([row for row, _ in self.rows], line):
            self.rows.append((line, layout.marker(line.text) if quoted else 0))
            return 1
        self.flush()
        self.preamble.pass_over(line.text)
        start = layout.indent(line.text)
        inside, clock, bare = labels.stamped(line.text[start:])
        if inside and (self.cast.bare_times or not bare):
            start, self.time = start + inside, clock
        self.rows = [(line, start)]
        return 1

    # ------------------------------------------------------------ blocks

    def _add(self, rows: list[tuple[Line, int]], form: Form, cut: int = 0) -> None:
        for piece, _ in layout.pieces(rows, cut):
            self.blocks.append(Block(**piece._asdict(), form=form, heading=self.section))

    def flush(self, cut: int = 0) -> None:
        """Close the paragraph that is open, less `cut` characters at its end."""
        rows, form = self.rows, self.form
        self.rows, self.form = [], "prose"
        for piece, clock in layout.pieces(rows, cut) if rows else ():
            self.time = clock if clock is not None else self.time
            if form == "prose" and self.speaker is not None:
                form = "speech"
            speaker = self.speaker if form == "speech" else None
            side: Role | None = "us" if speaker and self.replying else None
            block = Block(**piece._asdict(), form=form, speaker=speaker, side=side, heading=self.heading, at=self.time)
            self.blocks.append(block)
            if form == "question":
                self.heading = " ".join(piece.text.split())

    def finish(self) -> Transcript:
        """Close the last paragraph and gather what was learned."""
        self.flush()
        known = self.preamble
        people = fields.sided(known.people)
        companies = {name.lower() for name in [*(person.company for person in people), known.account] if name}
        spoken = [name for name in self.heard if labels.is_personal(name) and name.lower() not in companies]
        return Transcript(
            blocks=tuple(self.blocks),
            participants=tuple(dict.fromkeys(people)),
            names=tuple(dict.fromkeys([*(person.name for person in people if person.name), *spoken])),
            title=known.title,
            account=known.account,
            date=known.date,
            outcome=known.outcome,
        )


def _after_heading(text: str, mark: str) -> int:
    """Length of what closes a Markdown heading: `#` after a space, and the emphasis that it opened with."""
    words = text.rstrip()
    bare = words.rstrip("#")
    words = bare.rstrip() if bare[-1:].isspace() else words
    return len(text) - len(words.removesuffix(mark).rstrip())


def _closing(mark: str, row: tuple[Line, int]) -> int:
    """Length of the closing mark at the end of a line, with what follows it; 0 where the line does not close."""
    found = re.search(rf"(?<=\S){re.escape(mark)}[ \t]*$", row[0].text[row[1] :])
    return len(found.group()) if found else 0
