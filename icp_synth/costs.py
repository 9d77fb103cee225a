"""What calls cost: prices, estimates before, and budgets that stop new calls. Money is in millionths of a dollar.

A token is guessed to be four characters, and an answer a quarter of what is sent, until the ledger has seen calls of
the same model (and prompt): then its own ratio is taken.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from icp_synth.errors import BudgetError, PriceError
from icp_synth.records import LedgerEntry, Record, Tokens

CHARACTERS_PER_TOKEN = 4.0
OUTPUT_PER_INPUT = 0.25
_MILLION = 1_000_000


class Price(Record):
    """Dollars per million tokens. `batch` is what part of that is asked for calls in a batch."""

    input: float = Field(ge=0)
    cached: float = Field(ge=0)
    output: float = Field(ge=0)
    batch: float = Field(default=1.0, ge=0, le=1)


class Prices(Record):
    """Prices by the name of the analyst, in which `*` stands for anything. `read` is the day they were looked up."""

    read: date
    models: Mapping[str, Price]

    def of(self, model: str) -> Price | None:
        """The price of a model by its own name, else by the first pattern that fits; None where it isn't known."""
        fitting = (price for pattern, price in self.models.items() if fnmatchcase(model, pattern))
        return self.models.get(model) or next(fitting, None)


def read_prices(path: Path) -> Prices:
    """The table in a YAML file. Raises PriceError."""
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Prices.model_validate(found)
    except (OSError, UnicodeDecodeError) as error:
        raise PriceError(f"{path} can't be read ({type(error).__name__}).", "Check ICP_SYNTH_PRICES.") from error
    except yaml.YAMLError as error:
        raise PriceError(f"{path} is no YAML ({error}).".replace("\n", " "), "Mend it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(map(str, first["loc"])) or "the whole table"
        raise PriceError(f"{path}: {where}: {first['msg']}.", "Write it as prices.yaml in the package does.") from error


def price_of(tokens: Tokens, price: Price | None, *, batch: bool = False) -> int | None:
    """What tokens cost, rounded up; None where the price isn't known."""
    if price is None:
        return None
    # Dollars per million tokens are millionths of a dollar per token.
    cost = tokens.uncached * price.input + tokens.cached * price.cached + tokens.output * price.output
    return math.ceil(round(cost * (price.batch if batch else 1.0), 6))


def dollars(price: int | None) -> str:
    """A price to be read by people."""
    return "not known" if price is None else f"${price / _MILLION:,.4f}"


class Rates(Record):
    """Tokens per character that is sent, and tokens of an answer per token that is sent, by prompt."""

    per_character: float = 1 / CHARACTERS_PER_TOKEN
    output: Mapping[str, float] = Field(default_factory=dict)

    def estimate(self, prompt: str, characters: int) -> Tokens:
        """What a call of so many characters will take, if nothing of it is cached."""
        sent = math.ceil(characters * self.per_character)
        return Tokens(uncached=sent, output=math.ceil(sent * self.output.get(prompt, OUTPUT_PER_INPUT)))


def rates(entries: Iterable[LedgerEntry], model: str) -> Rates:
    """The rates that a ledger shows for a model; the usual ones where it shows none."""
    seen = [e for e in entries if e.model == model and e.state == "answered" and e.tokens.total]
    if not seen:
        return Rates()
    by_prompt: dict[str, list[LedgerEntry]] = {}
    for entry in seen:
        by_prompt.setdefault(entry.prompt, []).append(entry)
    return Rates(
        per_character=_sent(seen) / sum(entry.characters for entry in seen),
        output={prompt: sum(e.tokens.output for e in some) / _sent(some) for prompt, some in by_prompt.items()},
    )


def _sent(entries: Collection[LedgerEntry]) -> int:
    return sum(entry.tokens.uncached + entry.tokens.cached for entry in entries)


class Spent(Record):
    """What the calls of one prompt to one model took. `unpriced` counts calls whose price isn't known.

    `in_flight` calls have not ended, or were cut off with the process: their tokens and price are estimates.
    """

    prompt: str
    version: int
    model: str
    calls: int = 0
    answered: int = 0
    failed: int = 0
    in_flight: int = 0
    replays: int = 0
    tokens: Tokens = Tokens()
    price: int = 0
    unpriced: int = 0


def summary(entries: Iterable[LedgerEntry]) -> tuple[Spent, ...]:
    """What was spent per prompt, version and model, in that order."""
    groups: dict[tuple[str, int, str], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.prompt, entry.version, entry.model), []).append(entry)
    return tuple(_spent(prompt, version, model, some) for (prompt, version, model), some in sorted(groups.items()))


def _spent(prompt: str, version: int, model: str, some: Collection[LedgerEntry]) -> Spent:
    states = [entry.state for entry in some]
    return Spent(
        prompt=prompt,
        version=version,
        model=model,
        calls=len(some),
        answered=states.count("answered"),
        failed=states.count("failed"),
        in_flight=states.count("sent"),
        replays=sum(entry.replays for entry in some),
        tokens=Tokens(
            uncached=sum(entry.tokens.uncached for entry in some),
            cached=sum(entry.tokens.cached for entry in some),
            output=sum(entry.tokens.output for entry in some),
        ),
        price=sum(entry.price or 0 for entry in some),
        unpriced=sum(entry.price is None for entry in some),
    )


class Limit(Record):
    """How much may be spent: millionths of a dollar, and tokens. None is no limit."""

    money: int | None = None
    tokens: int | None = None


NO_LIMIT = Limit()


class Budget:
    """What a run, and a workspace over all its runs, may still spend. Used by many threads.

    A call is counted by its estimate when it is made and by what it took when it has ended. What was in flight when
    an earlier process ended counts by its estimate. The first call that would exceed a limit closes the budget.
    """

    def __init__(self, run: Limit = NO_LIMIT, workspace: Limit = NO_LIMIT, before: Iterable[LedgerEntry] = ()) -> None:
        spent = list(before)
        self._lock = threading.Lock()
        self._closed: BudgetError | None = None
        self._limits = {"run": run, "workspace": workspace}
        self._tokens = {"run": 0, "workspace": sum(entry.tokens.total for entry in spent)}
        self._money = {"run": 0, "workspace": sum(entry.price or 0 for entry in spent)}

    def reserve(self, model: str, tokens: Tokens, price: int | None) -> None:
        """Count a call that is about to be made. Raises BudgetError where it may not be."""
        with self._lock:
            self._closed = self._closed or self._refusal(model, tokens, price)
            if self._closed:
                raise self._closed
            self._add(tokens, price, 1)

    def adopt(self, tokens: Tokens, price: int | None) -> None:
        """Take over a call that an earlier run has made, and that this one will settle."""
        with self._lock:
            self._tokens["run"] += tokens.total
            self._money["run"] += price or 0

    def settle(self, estimated: tuple[Tokens, int | None], took: tuple[Tokens, int | None]) -> None:
        """Count what a call took in place of its estimate."""
        with self._lock:
            self._add(*estimated, -1)
            self._add(*took, 1)

    def _add(self, tokens: Tokens, price: int | None, sign: int) -> None:
        for scope in self._limits:
            self._tokens[scope] += sign * tokens.total
            self._money[scope] += sign * (price or 0)

    def _refusal(self, model: str, tokens: Tokens, price: int | None) -> BudgetError | None:
        for scope, limit in self._limits.items():
            if limit.money is not None and price is None:
                return BudgetError(
                    f"What {model} costs isn't known, so a budget in dollars can't be kept.",
                    "Add it to a table of prices (ICP_SYNTH_PRICES), or set a budget in tokens.",
                    final=True,
                )
            if limit.money is not None and self._money[scope] + (price or 0) > limit.money:
                spent = f"{dollars(self._money[scope])} of {dollars(limit.money)}"
            elif limit.tokens is not None and self._tokens[scope] + tokens.total > limit.tokens:
                spent = f"{self._tokens[scope]:,} of {limit.tokens:,} tokens"
            else:
                continue
            return BudgetError(
                f"The budget of this {scope} is reached: {spent} are spent, and the next call may exceed it.",
                "Raise it and run the same command again: what was answered is kept.",
                final=True,
            )
        return None
