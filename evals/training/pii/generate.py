"""Labelled text from hand-written frames: for training, and with `--structured N` a set to measure identifiers on.

    python -m evals.training.pii.generate --structured 2000 > identifiers.jsonl

A frame is a line of `frames/*.txt`; `{slot}` is filled by a generator, `\\n` breaks a line, and slots of a person carry that
person's number (`{first1}` and `{full1}` are one person). Frames of `structured.txt` are never trained on.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evals.training.pii.identifiers import Identifiers
from evals.training.pii.people import misspelt
from evals.training.pii.values import Values

FRAMES = Path(__file__).parent / "frames"
# How often each kind of frame is drawn, by the kind's own lines; `plain` has no personal data.
SHARES = {"chat": 25, "speech": 10, "calls": 6, "notes": 11, "mail": 9, "world": 22, "plain": 50}
_SLOT = re.compile(r"\{([a-zA-Z_]+?)(?:(\d)|(_SPOKEN|_TYPED|_LAST4))?\}")
_PERSON = frozenset({"full", "first", "last", "middle", "initials", "lastinitial", "spell"})
_SIGNS = re.compile(r"([,?!:;.])(?=\s|$)")

Piece = tuple[str, str]


@dataclass(frozen=True)
class Labelled:
    """A text and its spans (start, end, label), in order and without overlap."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def frames(kind: str) -> list[str]:
    """The hand-written frames of one kind."""
    lines = (FRAMES / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip()]


def generate(seed: int, count: int) -> Iterator[Labelled]:
    """`count` texts to train on, labelled PERSON and ADDRESS, in all the casings and spacings that people use."""
    rng = Random(seed)
    values = Values(rng)
    kinds = {kind: frames(kind) for kind in SHARES}
    for _ in range(count):
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        pieces = filled(rng.choice(kinds[kind]), values)
        yield joined([piece for piece in styled(pieces, kind, rng) if piece[0]])


def filled(frame: str, values: Values) -> list[Piece]:
    """The frame's pieces with their labels; an empty label is plain text."""
    people: dict[str, tuple[str, str, str]] = {}
    pieces: list[Piece] = []
    at = 0
    for match in _SLOT.finditer(frame):
        pieces.append((frame[at : match.start()], ""))
        slot, number = match.group(1), match.group(2) or ""
        if slot in _PERSON:
            if number not in people:
                people[number] = values.people.full()
            pieces.append((_of_person(slot, people[number], values), "PERSON"))
        else:
            pieces.append((values.fill(slot), "ADDRESS" if slot in ("address", "spokenaddress") else ""))
        at = match.end()
    pieces.append((frame[at:], ""))
    return pieces


def _of_person(slot: str, person: tuple[str, str, str], values: Values) -> str:
    first, last, whole = person
    if slot == "spell":
        return " ".join(last.replace(" ", ""))
    parts = {
        "full": whole, "first": first, "last": last, "initials": f"{first[0]}{last[0]}", "lastinitial": f"{last[0]}.",
    }  # fmt: skip
    return parts[slot] if slot in parts else values.people.first()


def styled(pieces: list[Piece], kind: str, rng: Random) -> list[Piece]:
    """The pieces in one of the ways that people type and transcribers write: casing, spacing of signs, slips."""
    if rng.random() < 0.25:
        pieces = [(_slip(text, rng) if not label else text, label) for text, label in pieces]
    if rng.random() < 0.08:
        pieces = [(_shout(text, rng) if not label else text, label) for text, label in pieces]
    spacing, casing = rng.random(), rng.random()
    if kind == "speech" and spacing < 0.7:
        pieces = [(re.sub(r"(?<=\w)[,?!:;.]+(?=\s|$)", "", text), label) for text, label in pieces]
    elif spacing < {"chat": 0.5, "plain": 0.4}.get(kind, 0.15):
        pieces = [(re.sub(r"(?<=[^ \n]) (?=[,?!:;.](?:\s|$))", "", text), label) for text, label in pieces]
        pieces = [(_SIGNS.sub(r" \1", text), label) for text, label in pieces]
    elif spacing < 0.75:
        pieces = [(re.sub(r" (?=[,?!:;.](?:\s|$))", "", text), label) for text, label in pieces]
    change = _casing(kind, casing)
    return [(change(text, label), label) for text, label in pieces]


def _casing(kind: str, draw: float) -> Callable[[str, str], str]:
    """How to write a piece (text, label): lower-cased, as it came, with capitals everywhere, or only slots cased."""
    lower = {"chat": 0.6, "speech": 0.75, "plain": 0.4}.get(kind, 0.2)
    if draw < lower:
        return lambda text, _: text.lower()
    if draw < lower + 0.05:
        return lambda text, _: text.title()
    if draw < lower + 0.08:
        return lambda text, _: text.upper()
    if draw < lower + 0.18:
        return lambda text, label: text if label else text.lower()
    if draw < lower + 0.23:
        return lambda text, label: text.lower() if label else text
    if draw < lower + 0.3:
        return lambda text, label: text if label else text[:1].upper() + text[1:]
    return lambda text, _: text


def _slip(text: str, rng: Random) -> str:
    """Some words misspelt, drawn out ("soooo") or without their vowels, as in a hurry."""

    def slip(match: re.Match[str]) -> str:
        word, draw = match.group(), rng.random()
        if draw < 0.12:
            return misspelt(word, rng)
        if draw < 0.15:
            return word[:-1] + word[-1] * rng.randint(2, 5)
        return re.sub(r"(?<=.)[aeiou]", "", word) if draw < 0.18 else word

    return re.sub(r"[a-z]{3,}", slip, text)


def _shout(text: str, rng: Random) -> str:
    """Some words with a capital, or all capitals, for emphasis."""
    loud = rng.choice([str.upper, str.capitalize, str.capitalize])
    return re.sub(r"[a-z]{2,}", lambda match: loud(match.group()) if rng.random() < 0.4 else match.group(), text)


def joined(pieces: list[Piece]) -> Labelled:
    """One text of the pieces, stripped; a labelled piece is a span."""
    text = ""
    spans = []
    for part, label in pieces:
        part = part if text else part.lstrip()
        if label and part:
            spans.append((len(text), len(text) + len(part.rstrip()), label))
        text += part
    return Labelled(text=text.rstrip(), spans=tuple(spans))


def structured(seed: int, count: int) -> Iterator[Labelled]:
    """`count` sentences with identifiers, each frame about equally often; labels are what they identify."""
    rng = Random(seed)
    identifiers = Identifiers(rng)
    order = frames("structured")
    for number in range(count):
        if number % len(order) == 0:
            rng.shuffle(order)
        frame = order[number % len(order)]
        pieces: list[Piece] = []
        at = 0
        for match in re.finditer(r"\{([A-Z0-9_]+)\}", frame):
            value, label = identifiers.make(match.group(1))
            pieces += [(frame[at : match.start()], ""), (value, label)]
            at = match.end()
        yield joined([*pieces, (frame[at:], "")])


def main() -> None:
    """Write the set of identifiers to standard output, one JSON object a line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--structured", type=int, required=True, metavar="N", help="how many sentences")
    parser.add_argument("--seed", type=int, default=2_000, help="the same seed gives the same sentences")
    arguments = parser.parse_args()
    for row in structured(arguments.seed, arguments.structured):
        spans = [{"start": start, "end": end, "entity": label} for start, end, label in row.spans]
        sys.stdout.write(json.dumps({"text": row.text, "spans": spans}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
