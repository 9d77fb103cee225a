"""Presidio's own recognizers that serve: what has a checksum or the address of a machine. The rest is `identifiers`."""

from __future__ import annotations

import re
from typing import Any

from presidio_analyzer import EntityRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
)

# Below this Presidio itself says that only context would make it believe.
_BELIEVED = 0.4
_NOTHING: Any = None  # what the tagger made of the text: these recognizers don't ask


def checked_recognizers() -> list[EntityRecognizer]:
    """One of each. They are called directly: Presidio's engine would spend its time on words of context that they don't need."""
    return [CreditCardRecognizer(), IbanRecognizer(), IpRecognizer(), MacAddressRecognizer()]


def checked(recognizers: list[EntityRecognizer], text: str) -> list[tuple[int, int, str, float]]:
    """Start, end, entity and score of what they find in `text`."""
    return [
        (found.start, found.end, found.entity_type, float(found.score))
        for recognizer in recognizers
        for found in recognizer.analyze(text, recognizer.supported_entities, _NOTHING) or ()
        if found.score >= _BELIEVED
        and not (found.entity_type == "IP_ADDRESS" and _is_version(text, found.start, found.end))
    ]


def _is_version(text: str, start: int, end: int) -> bool:
    """Whether four numbers are a version: called one, or small beyond what addresses are."""
    parts = text[start:end].split(".")
    called = re.search(
        r"(?i)(?:\bv|version|release|build|upgrad\w+(?: from| to)?)\s*$", text[max(0, start - 15) : start]
    )
    return bool(called) or (all(part.isdigit() and int(part) < 30 for part in parts) and parts[0] != "10")
