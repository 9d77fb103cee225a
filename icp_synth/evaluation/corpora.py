"""Texts in which the personal data is marked: three public sets, read as they were published, and one that we generate.

- multidogo: customers' turns of service chats, one label per token (TSV without quoting, some rows ragged). A document is a
  conversation.
- presidio-research: sentences with generated entities (JSON). Sentences of one template share a split and a resample.
- wnut17: tweets and comments, one tag per token (CoNLL). A document is a text. Handles are
  personal too, but not labelled: they count neither way.

- generated: sentences of our own with generated identifiers (JSON lines of text and spans; `evals/training/pii/generate.py`).

Each set is split in halves by a hash of the document's key: rules were tuned on one half and are reported on the other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from icp_synth.errors import NotFoundError
from icp_synth.records import Record

Half = Literal["tuning", "report"]

_MULTIDOGO = {
    "name": "PERSON", "ssn": "US_SSN", "card_number": "CREDIT_CARD", "email_address": "EMAIL_ADDRESS",
    "phone_number": "PHONE_NUMBER", "address": "ADDRESS", "account_number": "ACCOUNT", "target_account_number": "ACCOUNT",
    "account_id": "ACCOUNT", "booking_confirmation_number": "BOOKING", "policyid": "POLICY", "claimid": "CLAIM",
    "order_number": "ORDER", "password": "SECRET", "username": "HANDLE",
}  # fmt: skip
_PRESIDIO = {
    "PERSON": "PERSON", "STREET_ADDRESS": "ADDRESS", "CREDIT_CARD": "CREDIT_CARD", "PHONE_NUMBER": "PHONE_NUMBER",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS", "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP_ADDRESS", "US_SSN": "US_SSN",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
}  # fmt: skip
# Personal in one reading and not in another: neither missed nor wrongly removed.
_EITHER = frozenset({"current_zipcode", "ZIP_CODE", "DOMAIN_NAME"})
_WNUT = {"product": "kept:product", "corporation": "kept:corporation", "creative-work": "kept:creative work"}


class Gold(Record):
    """``text[start:end]`` is personal data of this entity; `kept:…` is what must stay, `either` what may go or stay."""

    start: int
    end: int
    entity: str


class Document(Record):
    """A labelled text. `lines` are its utterances, joined by line breaks in `text`; `key` is what it is split by."""

    corpus: str
    key: str
    lines: tuple[str, ...]
    gold: tuple[Gold, ...]
    spoken: bool

    @property
    def text(self) -> str:
        """What the offsets of `gold` count in."""
        return "\n".join(self.lines)

    @property
    def half(self) -> Half:
        """Which half of its set it belongs to: stable, whatever else is there."""
        return "tuning" if hashlib.sha256(f"{self.corpus}:{self.key}".encode()).digest()[0] % 2 else "report"


def read_corpora(*folders: Path) -> list[Document]:
    """All documents below folders that hold `multidogo`, `presidio-research`, `wnut17` or `generated`.

    Raises NotFoundError for a folder without any.
    """
    return [document for folder in folders for document in _below(folder)]


def _below(folder: Path) -> list[Document]:
    found = [
        *(doc for path in sorted(folder.glob("multidogo/*/*.tsv")) for doc in _multidogo(path)),
        *(doc for path in sorted(folder.glob("presidio-research/*.json")) for doc in _presidio_research(path)),
        *(doc for path in sorted(folder.glob("wnut17/*.conll")) for doc in _wnut(path)),
        *(doc for path in sorted(folder.glob("generated/*.jsonl")) for doc in _generated(path)),
    ]
    if not found:
        raise NotFoundError(
            f"{folder} holds no labelled text.",
            "Give the folder with multidogo, presidio-research, wnut17 or generated.",
        )
    return found


def _multidogo(path: Path) -> Iterator[Document]:
    conversations: dict[str, list[tuple[list[str], list[str]]]] = {}
    for row in path.read_text(encoding="utf-8").split("\n")[1:]:
        cells = row.rstrip("\r").split("\t")
        if len(cells) < 6:
            continue
        words, labels = cells[4].split(), cells[5].split()
        if len(words) == len(labels):
            conversations.setdefault(cells[0], []).append((words, labels))
    for key, turns in conversations.items():
        lines, gold = _laid_out(turns, lambda label: "either" if label in _EITHER else _MULTIDOGO.get(label, ""))
        yield Document(corpus="multidogo", key=key, lines=lines, gold=gold, spoken=True)


def _wnut(path: Path) -> Iterator[Document]:
    text = path.read_text(encoding="utf-8")
    for number, group in enumerate(re.split(r"\n[\t ]*\n", text)):
        rows = [line.split("\t") for line in group.split("\n") if line.strip()]
        rows = [row for row in rows if len(row) == 2 and row[0].strip()]
        if not rows:
            continue
        words, labels = [word for word, _ in rows], [tag[2:] for _, tag in rows]
        lines, gold = _laid_out(
            [
                (
                    words,
                    [
                        "handle" if w[0] == "@" and len(w) > 2 and not t else t
                        for w, t in zip(words, labels, strict=True)
                    ],
                )
            ],
            lambda label: "PERSON" if label == "person" else "either" if label == "handle" else _WNUT.get(label, ""),
        )
        yield Document(corpus="wnut17", key=f"{path.stem}:{number}", lines=lines, gold=gold, spoken=False)


def _laid_out(turns: Any, entity_of: Any) -> tuple[tuple[str, ...], tuple[Gold, ...]]:
    """Lines and gold from (words, labels) per line; neighbouring words of one label are one span."""
    lines: list[str] = []
    gold: list[Gold] = []
    at = 0
    for words, labels in turns:
        place, last = at, ""
        for word, label in zip(words, labels, strict=True):
            entity = entity_of(label)
            if entity and label == last:
                gold[-1] = gold[-1].model_copy(update={"end": place + len(word)})
            elif entity:
                gold.append(Gold(start=place, end=place + len(word), entity=entity))
            place, last = place + len(word) + 1, label
        lines.append(" ".join(words))
        at += len(lines[-1]) + 1
    return tuple(lines), tuple(gold)


def _presidio_research(path: Path) -> Iterator[Document]:
    for row in json.loads(path.read_text(encoding="utf-8")):
        gold: list[Gold] = []
        for span in row["spans"]:
            kind = span["entity_type"]
            entity = "either" if kind in _EITHER else _PRESIDIO.get(kind, "")
            if entity:
                gold.append(Gold(start=span["start_position"], end=span["end_position"], entity=entity))
        lines = tuple(row["full_text"].split("\n"))
        gold.sort(key=lambda g: g.start)
        yield Document(
            corpus="presidio-research", key=str(row["template_id"]), lines=lines, gold=tuple(gold), spoken=False
        )


def _generated(path: Path) -> Iterator[Document]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        gold = tuple(Gold.model_validate(span) for span in row["spans"])
        yield Document(
            corpus="generated",
            key=f"{path.stem}:{number}",
            lines=tuple(row["text"].split("\n")),
            gold=gold,
            spoken=False,
        )
