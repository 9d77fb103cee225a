"""The amount that a question asks for (how long, how much money, how many), and whether a sentence tells such a one. Pure.

The expected type of an answer, as in Li and Roth, "Learning Question Classifiers" (COLING 2002), for amounts alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Amount = Literal["time", "money", "number"]

_SPENT = "cost|pay|spend|charge|earn"
_MONEY = "euros?|dollars?|pounds?|money"
_ASKED: tuple[tuple[Amount, str], ...] = (
    ("time", r"\bhow (?:long|quick(?:ly)?|fast|soon|old)\b"),
    (
        "money",
        rf"\bhow (?:much|many) (?:{_MONEY})\b|\bhow much (?:is|are|was|were)\b|"
        rf"\b(?:how much|what) (?:do|does|did|have|has)\b.*\b(?:{_SPENT})\b|"
        r"\b(?:what|which) (?:revenue|discount|refund|salary|price|fine)\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|often|large|big|high|few)\b|\b(?:share|percentage|percent|number) of\b|"
        r"\b(?:what|which)\b.*\b(?:volumes?|numbers?|figures?)\b",
    ),
)
_TOLD: dict[Amount, str] = {
    "time": r"\b(?:(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?|decades?|nights?|mornings?|evenings?|"
    r"afternoons?|weekends?|sprints?|instantly|immediately|overnight|ms|mins?|hrs?)\b",
    "money": r"[$€£¥]|\b(?:dollars?|euros?|pounds?|quid|cents?|pence|francs?|crowns?|kroner|usd|eur|gbp|grand|k|money|fee|price|"
    r"salary|budget|bill)\b",
    "number": r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|once|"
    r"twice|double[sd]?|tripled?|halved|couple|single|zero|none|percent)\b",
}
_ASKED_RE = tuple((amount, re.compile(pattern, re.I)) for amount, pattern in _ASKED)
_TOLD_RE = {amount: re.compile(pattern, re.I) for amount, pattern in _TOLD.items()}


def tells(question: str) -> Callable[[str], bool]:
    """Whether a text holds an amount of the sort that a question asks for; any text does where it asks for none."""
    asked = next((amount for amount, pattern in _ASKED_RE if pattern.search(question)), None)
    return (lambda text: True) if asked is None else (lambda text: bool(_TOLD_RE[asked].search(text)))
