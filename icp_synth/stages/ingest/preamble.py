"""The top of a file: its title, its fields and its attendee list, and the heads of further records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from icp_synth.records import Form, Outcome, Participant
from icp_synth.stages.ingest import fields, labels, layout
from icp_synth.stages.ingest.fields import Field
from icp_synth.stages.ingest.labels import Cast
from icp_synth.stages.ingest.layout import Line

_FIELD_WORDS = 15
_LIST_WORDS = 80  # a list of everybody on one line is longer than any other field
_DETAILS = re.compile(r"^(?:meeting |call |interview )?(?:details|info|information|metadata|header)$", re.IGNORECASE)
_FOOTER = re.compile(r"^\s*transcribed by https?://\S+\s*$", re.IGNORECASE)
_ANY_FIELD = re.compile(r"^[^\W\d_][\w /-]{0,40}:\s+\S.{0,100}$")


class Preamble:
    """Reads the fields of a file in order, and keeps what they tell.

    `top` holds until the first words that are neither title nor field. First mention wins.
    """

    def __init__(self, lines: Sequence[Line], cast: Cast) -> None:
        """Look for a YAML head; nothing else is read before `take`."""
        self.lines = lines
        self.cast = cast
        self.top = True
        self.title: str | None = None
        self.account: str | None = None
        self.date: date | None = None
        self.outcome: Outcome | None = None
        self.people: list[tuple[Participant, str | None]] = []
        self._listing = False
        self._label: str | None = None
        self._fenced = _front_matter(lines)

    def take(self, i: int, last: Form | None) -> int:
        """How many lines from `i` on are fields or attendees; 0 for none. `last` is the form of the block before."""
        if i in self._fenced:
            found = fields.find(self.lines[i].text)
            if found:
                self._learn(found)
            return 1
        if _FOOTER.match(self.lines[i].text):
            return 1
        return (self._listing and self._attendee(i)) or self._field(i, last) or (self.top and self._bare(i)) or 0

    def names_title(self, i: int, last: Form | None) -> bool:
        """Take the first line of a file as its title, where it is short, stands apart, and is no sentence or bullet."""
        line = self.lines[i]
        words = line.text.strip()
        after = self.lines[i + 1].text if i + 1 < len(self.lines) else ""
        apart = (
            layout.is_blank(after)
            or fields.find(after) is not None
            or fields.is_day(after)
            or fields.meets(after) != ()
        )
        fits = len(words) <= 100 and len(words.split()) <= 14 and words[-1] not in ".!?:;,"
        if last is not None or not self.top or not (fits and apart) or layout.is_item(line) or len(self.lines) < 3:
            return False
        self.title = words
        return True

    def in_record(self, i: int) -> bool:
        """Tell whether a known field stands at `i` and another one, which nobody says, right above or below it."""
        if fields.find(self.lines[i].text) is None:
            return False
        for near in (i - 1, i + 1):
            if 0 <= near < len(self.lines) and (found := fields.find(self.lines[near].text)) and found.value:
                label = self.cast.labels[near]
                if label is None or label.name not in self.cast.speakers:
                    return True
        return False

    def head(self, words: str) -> bool:
        """Take in a heading. True where it opens a list of people (`## Attendees`)."""
        self._listing = False
        found = fields.find(f"{words.rstrip(':')}:")
        if found and found.kind == "people":
            self._open_list(found)
            return True
        first = self.top and self.title is None
        self.title = words if first else self.title
        self.top = self.top and (first or _DETAILS.match(words) is not None)
        return False

    def end(self) -> None:
        """The talk has begun: what looks like a field from here on is mostly speech."""
        self.top = self._listing = False

    def pass_over(self, text: str) -> None:
        """Take in a line of text. An unknown `Key: value` leaves the top open; other words end it."""
        self._listing = False
        self.top = self.top and _ANY_FIELD.match(text) is not None

    # ------------------------------------------------------------ fields

    def _field(self, i: int, last: Form | None) -> int:
        found = fields.find(self.lines[i].text)
        if found is None or self._is_spoken(i, found, last) or not (self.top or self._grouped(i, last)):
            return 0
        if not found.value:
            return int(self._opens(i, found))
        self._listing = False
        if self.top:
            self._learn(found)
        elif found.kind == "person":
            self._list(found)
        return 1

    def _grouped(self, i: int, last: Form | None) -> bool:
        """Further down, only fields that stand together under a heading are fields: the head of another record."""
        ahead = i + 1 < len(self.lines) and fields.find(self.lines[i + 1].text) is not None
        return last == "field" or (last == "heading" and ahead)

    def _is_spoken(self, i: int, found: Field, last: Form | None) -> bool:
        """Tell words from a value under the same label: `Customer: We left` from `Customer: Acme`."""
        length = len(found.value.split())
        if length > (_LIST_WORDS if found.kind == "people" else _FIELD_WORDS) or (
            found.kind == "outcome" and length > 10
        ):
            return True
        label = self.cast.labels[i]
        if not found.value or label is None or label.name not in self.cast.speakers or self.in_record(i):
            return False
        entry = fields.is_entry(found.value) or fields.company_in(found, ()) is not None
        follows = last == "field" and i > 0 and not layout.is_blank(self.lines[i - 1].text)
        return not (entry and (self.cast.counts[label.name] == 1 or (follows and length > 1)))

    def _bare(self, i: int) -> int:
        """A date alone, who met whom, or a caption of Otter's export (`SPEAKERS`, `SUMMARY KEYWORDS`) and its line."""
        text = self.lines[i].text
        label = self.cast.labels[i]
        if fields.is_day(text) and not (label and label.name in self.cast.speakers):
            self.date = self.date or fields.day_in(text)
            return 1
        if met := fields.meets(text):
            self.people += [(fields.participant(entry), None) for entry in met]
            return 1
        found = fields.find(f"{text.strip()}:") if text.strip().isupper() else None
        if found is None or i + 1 >= len(self.lines) or layout.is_blank(self.lines[i + 1].text):
            return 0
        self._learn(found._replace(value=self.lines[i + 1].text.strip()))
        self._listing = False
        return 2

    def _learn(self, found: Field) -> None:
        if found.kind == "date":
            self.date = self.date or fields.day_in(found.value)
        elif found.kind in ("account", "buyer"):
            speakers = [name for name in self.cast.speakers if labels.is_personal(name)]
            company = fields.company_in(found, speakers)
            self.account = self.account or company
            if company is None and found.kind == "buyer":
                self._list(found)
        elif found.kind == "outcome":
            self.outcome = self.outcome or fields.outcome_in(found.value)
        elif found.kind == "people":
            self._open_list(found)
            self._list(found)
        elif found.kind == "person":
            self._list(found)

    # ------------------------------------------------------------ people

    def _list(self, found: Field) -> None:
        label = found.key if found.kind != "people" else self._label
        self.people += [
            (fields.participant(e, label), label) for e in fields.entries(found.value) if fields.is_entry(e)
        ]

    def _opens(self, i: int, found: Field) -> bool:
        """A label with nothing after it opens a list of people, if one follows."""
        following = next((line for line in self.lines[i + 1 :] if not layout.is_blank(line.text)), None)
        if found.kind == "people" or (
            found.kind in ("person", "buyer") and following is not None and layout.is_item(following)
        ):
            self._open_list(found)
        elif self.cast.labels[i] and found.kind in ("person", "buyer"):
            return False
        return True

    def _open_list(self, found: Field) -> None:
        # `Participants:` heads a list of everybody; `Customers:` or `Interviewer:` says whose side they are on.
        everybody = found.key.lower() in ("participants", "speakers", "guests")
        self._listing = True
        self._label = None if everybody or labels.side(found.key) == "unknown" else found.key

    def _attendee(self, i: int) -> int:
        line = self.lines[i]
        start = layout.indent(line.text)
        words = line.text[start:].strip()
        inset = start > 0 or layout.is_item(line)
        apart = i > 0 and layout.is_blank(self.lines[i - 1].text)
        label = fields.group(words)
        if label and (inset or labels.side(label) != "unknown" or not apart) and not self._ends_list(label):
            self._label = label
            return 1
        if len(words) > 200 or (not inset and (apart or not fields.is_entry(words) or self._ends_list(words))):
            self._listing = False
            return 0
        self.people.append((fields.participant(words, self._label), fields.label_of(words) or self._label))
        return 1

    @staticmethod
    def _ends_list(words: str) -> bool:
        found = fields.find(words if ":" in words else f"{words}:")
        return found is not None and found.kind not in ("person", "buyer", "people")


def _front_matter(lines: Sequence[Line]) -> frozenset[int]:
    r"""Indices of a YAML head, between ``---`` and ``---``, as Markdown editors write it."""
    if not lines or lines[0].text.strip() != "---":
        return frozenset()
    for end, line in enumerate(lines[1:60], start=1):
        if line.text.strip() == "---":
            return frozenset(range(1, end))
        if not re.match(r"^\s*(?:[\w -]+:(?:\s|$)|-\s|#)", line.text):
            break
    return frozenset()
