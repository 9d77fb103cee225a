"""Where a text holds lines that nobody says: heads of reviews and diary entries, quoted mails, signatures."""

from __future__ import annotations

from collections.abc import Sequence

from icp_synth.stages.ingest import fields, furniture
from icp_synth.stages.ingest.labels import Cast

_HEAD = 5  # lines that may stand above the stars of a review: who, where, how many reviews
_WORDS = 6


class Surroundings:
    """Knows which lines of a text are furniture; what a rating heads is told only where nobody is named as speaking."""

    def __init__(self, texts: Sequence[str], cast: Cast) -> None:
        self._texts = texts
        self._cast = cast
        self._reviews = not cast.speakers and any(map(furniture.is_rating, texts))

    def take(self, i: int) -> tuple[int, bool]:
        """How many lines from `i` on nobody says, and whether they open another person's record."""
        text = self._texts[i]
        if self._reviews and (head := self._head(i)):
            return head, not fields.is_day(text)  # a day also stands under the head of a company's reply
        if furniture.is_entry(text) and not self._spoken(i):
            return 1, True
        if furniture.is_around(text):
            return 1, False
        return furniture.quoted(self._texts, i) or self._signature(i), False

    def _head(self, i: int) -> int:
        """Lines of a review's head that begin here: fields, a day, or the author's line above the stars."""
        text = self._texts[i]
        if furniture.is_rating(text) or furniture.is_record_field(text) or fields.is_day(text):
            return 1
        for n, row in enumerate(self._texts[i : i + _HEAD]):
            if furniture.is_rating(row):
                return n
            if not row.strip() or len(row.split()) > _WORDS or row.rstrip()[-1] in ".!?:,;":
                return 0
        return 0

    def _signature(self, i: int) -> int:
        length = furniture.signature(self._texts, i)
        return 0 if any(self._spoken(n) for n in range(i, i + length)) else length

    def _spoken(self, i: int) -> bool:
        label = self._cast.labels[i]
        return label is not None and label.name in self._cast.speakers
