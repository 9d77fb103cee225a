"""Evidence as lines of a message: one line each, numbered, nothing invisible, and never the end of its marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

_LONGEST = 1000  # characters of a sentence that are shown; only a text without any full stop comes near
_PER_TOKEN = 4  # characters; what English takes in the tokenizers of the large models, about


class Answered(BaseModel):
    """What every answer is: its fields and no others."""

    model_config = ConfigDict(extra="forbid")


def at_most(most: int, least: int = 0) -> Any:
    """A list of so many items, as the server is told: small models don't stop by themselves. Whoever reads it forgives."""
    return Field(json_schema_extra={"minItems": least, "maxItems": most})


def shown(text: str, longest: int = _LONGEST) -> str:
    """A text as the model sees it: on one line, without invisible and control characters, not endless."""
    spaced = " ".join(text.split())
    plain = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn"))
    return plain if len(plain) <= longest else plain[:longest] + "…"


def line(mark: object, text: str) -> str:
    """A line of evidence behind its number or mark. Nothing in it can close the marks around all of it."""
    return f"{mark} {text}".replace("</", "< /")


def tokens(text: str) -> int:
    """About how many tokens a text takes."""
    return -(-len(text) // _PER_TOKEN)


def batches(items: Iterable[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """Items in their order, gathered up to so many tokens; one that is larger goes alone."""
    some: list[Item] = []
    held = 0
    for item in items:
        if some and held + size(item) > most:
            yield some
            some, held = [], 0
        some.append(item)
        held += size(item)
    if some:
        yield some


def of_one_world(items: Sequence[Item], sources: Callable[[Item], frozenset[str]]) -> list[list[Item]]:
    """Items that rest on the same sources, together: what a source says can sway only what rests on it as well."""
    worlds: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        worlds.setdefault(tuple(sorted(sources(item))), []).append(item)
    return [worlds[name] for name in sorted(worlds)]
