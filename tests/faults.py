"""Every way in which a model server answers badly, by name; to be scripted, or to happen at a part of all calls.

A fault is made out of a good answer, so that it fits whatever was asked.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from tests.openai_server import Answer, Behaviour, Body, fails, hangs, message, refuses, says_nothing

Fault = Callable[[Answer], Answer]

MANY = 5_000  # items in an answer that doesn't end
NOBODY_SAID = "This is the best product that anybody has ever bought."
NO_ID = "nothing-has-this-id"
NO_NUMBER = 987_654


def content_of(answer: Answer) -> str:
    """The text of a completion."""
    return str(json.loads(answer.body)["choices"][0]["message"]["content"])


def _instead(behaviour: Behaviour) -> Fault:
    return lambda _: behaviour({})


def _content(change: Callable[[str], str]) -> Fault:
    return lambda good: message(change(content_of(good)))


def _json(change: Callable[[Any], Any]) -> Fault:
    return _content(lambda text: json.dumps(change(json.loads(text))))


def _leaves(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Change every value that holds no others."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(one) for key, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list) else change(value)

    return walk


def _no_such_id(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return value
    return NO_NUMBER if isinstance(value, int) else NO_ID if "-" in value else value


def _endless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _endless(one) for key, one in value.items()}
    if isinstance(value, list):
        return value * MANY
    return value * MANY * 100 if isinstance(value, str) and " " in value else value


FAULTS: dict[str, Fault] = {
    "wrong key": _instead(fails(401, "Incorrect API key provided")),
    "too many": _instead(fails(429, "Rate limit reached")),
    "too many, wait": _instead(fails(429, "Rate limit reached", Retry_After="1")),
    "stumble": _instead(fails(500, "The server had an error")),
    "hang": _instead(hangs),
    "cut": lambda good: replace(good, cut=True),
    "refusal": _instead(refuses),
    "nothing": _instead(says_nothing),
    "half": _content(lambda text: text[: len(text) // 2]),
    "cut short": lambda good: message(content_of(good)[:-2], finish="length"),
    "other shape": _content(lambda _: json.dumps({"result": "fine"})),
    "invented ids": _json(_leaves(_no_such_id)),
    "invented quotes": _json(_leaves(lambda one: NOBODY_SAID if isinstance(one, str) and " " in one else one)),
    "endless": _json(_endless),
    "padded": _content(lambda text: text + " " * 2_000_000),
    "two answers": _content(lambda text: f"{text}\n{text}"),
}

PASSING = frozenset({"too many", "too many, wait", "stumble", "hang", "cut"})  # the next try may succeed
DEADLY = frozenset({"wrong key"})  # ends a run at once
CONTENT = frozenset(FAULTS) - PASSING - DEADLY


def with_fault(name: str, good: Behaviour) -> Behaviour:
    """Answer badly in this way."""
    return lambda body: FAULTS[name](good(body))


def badly(
    share: float, seed: int, good: Behaviour, names: Collection[str] = frozenset(FAULTS) - DEADLY - {"hang"}
) -> Behaviour:
    """Answer badly at this share of calls, in a way drawn from `names`.

    Which calls, and how, follows from the seed, the call and how often it was made: not from the order of arrival.
    """
    made: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(body: Body) -> Answer:
        asked = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with lock:
            made[asked] += 1
            drawn = random.Random(f"{seed} {asked} {made[asked]}")
        behaviour = with_fault(drawn.choice(sorted(names)), good) if drawn.random() < share else good
        return behaviour(body)

    return answer
