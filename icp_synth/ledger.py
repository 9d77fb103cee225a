"""Every call to a model accounted for, and none paid for twice: a chat model over an endpoint and a ledger.

A call is written down before it is sent and once more when it has ended, one by one. So a process that is killed at
any moment pays again at most for what was in flight; everything else is answered from the ledger when it is asked again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from icp_synth.concurrency import Stopped, each
from icp_synth.costs import Budget, Price, Rates, price_of, rates
from icp_synth.errors import ModelError, PlannedError
from icp_synth.ports import BatchEndpoint, Endpoint, Ledger
from icp_synth.records import Call, Completion, LedgerEntry, Reply, Tokens, Usage

WORKERS = 8
_IN_A_BATCH = 10_000  # calls; OpenAI takes 50,000 and 200 MB

Keyed = Callable[..., str]
_Outcome = Any  # a reply or a ModelError: the calls of a batch may have different kinds of reply


def call_key(keyed: Keyed, workspace: str, model: str, call: Call[Any]) -> str:
    """The same for the same call: to this model, in this workspace, of this version of the prompt, in this shape."""
    what = (call.prompt, str(call.version), _shape(call), call.system, call.user)
    return keyed("call", workspace, model, *what, length=32)


def characters(call: Call[Any]) -> int:
    """How much a call sends: its messages and the schema of its answer."""
    return len(call.system) + len(call.user) + len(_shape(call))


def _shape(call: Call[Any]) -> str:
    return _schema(call.output)  # type: ignore[arg-type]  # mypy doubts that classes can be hashed


@cache
def _schema(output: type[BaseModel]) -> str:
    return json.dumps(output.model_json_schema(), sort_keys=True)


class LedgeredChat:
    """Implements `ports.ChatModel`. Asks the endpoint only for what the ledger doesn't hold, and within the budget.

    With `batches` new calls are handed in together and waited for instead of being made one by one. After an error that
    every further call would meet too (a wrong key, no credit, the budget) nothing more is sent.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        ledger: Ledger,
        keyed: Keyed,
        *,
        price: Price | None = None,
        budget: Budget | None = None,
        workers: int = WORKERS,
        batches: BatchEndpoint | None = None,
    ) -> None:
        self.name = endpoint.name
        self.used = Usage()
        self._endpoint = endpoint
        self._ledger = ledger
        self._keyed = keyed
        self._price = price
        self._budget = budget or Budget()
        self._workers = workers
        self._batches = batches
        self._rates: Rates | None = None
        self._final: ModelError | None = None
        self._lock = threading.Lock()

    def ask_all(self, calls: Sequence[Call[Reply]]) -> list[Reply | ModelError]:
        """An answer a call, or why there is none. The same call twice is one call."""
        keys = [self.key(call) for call in calls]
        wanted = dict(zip(keys, calls, strict=True))
        found = self._replay(wanted)
        new = {key: call for key, call in wanted.items() if key not in found}
        if new and self._batches:
            found |= self._ask_in_batches(new, self._batches)
        elif new:
            answers = each(lambda item, stopped: self._ask(*item, stopped), list(new.items()), self._workers)
            found |= dict(zip(new, answers, strict=True))
        return [found[key] for key in keys]

    def ask_one(self, call: Call[Reply], on_text: Callable[[str], None]) -> Reply:
        """One answer, of which `on_text` is told all that there is so far while it comes. Raises ModelError."""
        key = self.key(call)
        kept = self._replay({key: call})
        if key in kept:
            on_text(kept[key].model_dump_json())
        outcome = kept.get(key) or self._ask(key, call, lambda: False, on_text)
        if isinstance(outcome, ModelError):
            raise outcome
        reply: Reply = outcome
        return reply

    def key(self, call: Call[Any]) -> str:
        """What the ledger calls it."""
        return call_key(self._keyed, self._ledger.workspace, self.name, call)

    # ------------------------------------------------------------ from the ledger

    def _replay(self, calls: Mapping[str, Call[Any]]) -> dict[str, _Outcome]:
        """What the ledger holds, checked again: a validator may have become stricter since."""
        found = {}
        for key, text in self._ledger.answers(calls).items():
            try:
                found[key] = calls[key].output.model_validate_json(text)
            except ValidationError:
                continue
        if found:
            self._ledger.replayed({key: calls[key] for key in found})
        return found

    # ------------------------------------------------------------ from the server

    def _ask(
        self, key: str, call: Call[Any], stopped: Stopped, on_text: Callable[[str], None] | None = None
    ) -> _Outcome:
        try:
            intent = self._intent(key, call)
        except ModelError as refused:
            return refused
        (entry,) = self._ledger.sent([intent], [call])
        try:
            return self._end(entry, self._endpoint.ask(call, stopped=stopped, on_text=on_text))
        except ModelError as error:
            return self._end(entry, error)

    def _intent(self, key: str, call: Call[Any], batch: str = "") -> LedgerEntry:
        """What is written down about a call before it is sent. Raises ModelError where it may not be."""
        if self._final:
            raise self._final
        size = characters(call)
        tokens = self._estimates().estimate(call.prompt, size)
        price = price_of(tokens, self._price, batch=bool(batch))
        try:
            self._budget.reserve(self.name, tokens, price)
        except ModelError as refused:
            self._final = refused
            raise
        return LedgerEntry(
            key=key,
            revision=0,
            prompt=call.prompt,
            version=call.version,
            model=self.name,
            characters=size,
            tokens=tokens,
            price=price,
            batch=batch,
        )

    def _end(self, entry: LedgerEntry, outcome: Completion[Any] | ModelError) -> _Outcome:
        """Write down what came of a call, and give it."""
        price = price_of(outcome.tokens, self._price, batch=bool(entry.batch))
        took = {"tokens": outcome.tokens, "price": price, "tries": entry.tries + outcome.tries}
        if isinstance(outcome, ModelError):
            answer = None
            ended = entry.model_copy(update={**took, "state": "failed", "why": str(outcome)})
            if outcome.final:
                self._final = outcome
        else:
            answer = outcome.text
            told = {"state": "answered", "reported": outcome.model, "latency_ms": outcome.latency_ms}
            ended = entry.model_copy(update={**took, **told})
        self._ledger.ended(ended, answer)
        self._budget.settle((entry.tokens, entry.price), (ended.tokens, ended.price))
        self._count(ended.tokens)
        return outcome if isinstance(outcome, ModelError) else outcome.reply

    def _estimates(self) -> Rates:
        if self._rates is None:
            self._rates = rates(self._ledger.entries(), self.name)
        return self._rates

    def _count(self, tokens: Tokens) -> None:
        with self._lock:
            self.used = Usage(
                calls=self.used.calls + 1,
                tokens_in=self.used.tokens_in + tokens.uncached + tokens.cached,
                tokens_out=self.used.tokens_out + tokens.output,
            )

    # ------------------------------------------------------------ in batches

    def _ask_in_batches(self, new: Mapping[str, Call[Any]], server: BatchEndpoint) -> dict[str, _Outcome]:
        """Take up the batches that an earlier run has handed in, then hand in what is left."""
        found: dict[str, _Outcome] = {}
        for name, entries in self._handed_in(new).items():
            found |= self._take_up(name, entries, new, server)
        rest = [(key, call) for key, call in new.items() if key not in found]
        for first in range(0, len(rest), _IN_A_BATCH):
            found |= self._hand_in(dict(rest[first : first + _IN_A_BATCH]), server)
        return found

    def _take_up(
        self, name: str, entries: Sequence[LedgerEntry], calls: Mapping[str, Call[Any]], server: BatchEndpoint
    ) -> dict[str, _Outcome]:
        for entry in entries:
            self._budget.adopt(entry.tokens, entry.price)
        try:
            if server.has(name):
                return self._collect(name, entries, calls, server)
        except ModelError as error:
            return {entry.key: error for entry in entries}
        for entry in entries:  # the process ended between writing the batch down and handing it in
            self._end(entry, ModelError(f"The batch {name} was never handed in.", tries=0))
        return {}

    def _hand_in(self, calls: Mapping[str, Call[Any]], server: BatchEndpoint) -> dict[str, _Outcome]:
        name = f"icp-synth-{self._keyed('batch', *calls, str(len(self._ledger.entries())))}"
        found: dict[str, _Outcome] = {}
        intents = []
        for key, call in calls.items():
            try:
                intents.append(self._intent(key, call, name))
            except ModelError as refused:
                found[key] = refused
        mine = {key: call for key, call in calls.items() if key not in found}
        if mine:
            entries = self._ledger.sent(intents, list(mine.values()))
            try:
                server.submit(name, mine)
                found |= self._collect(name, entries, mine, server)
            except ModelError as error:
                found |= dict.fromkeys(mine, error)
        return found

    def _handed_in(self, calls: Mapping[str, Call[Any]]) -> dict[str, list[LedgerEntry]]:
        waiting: dict[str, list[LedgerEntry]] = {}
        for entry in self._ledger.entries():
            if entry.state == "sent" and entry.batch and entry.key in calls:
                waiting.setdefault(entry.batch, []).append(entry)
        return waiting

    def _collect(
        self, name: str, entries: Sequence[LedgerEntry], calls: Mapping[str, Call[Any]], server: BatchEndpoint
    ) -> dict[str, _Outcome]:
        by_key = {entry.key: entry for entry in entries}
        mine = {key: calls[key] for key in by_key}
        found: dict[str, _Outcome] = {}
        try:
            for key, outcome in server.collect(name, mine):
                found[key] = self._end(by_key[key], outcome)
        except ModelError as error:  # the batch is where it was, and is taken up by the next run
            found |= {key: error for key in mine if key not in found}
        return found


class PlanningChat:
    """Implements `ports.ChatModel`: writes calls down and answers nothing, to see what they would cost."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[Call[Any]] = []

    def ask_all(self, calls: Sequence[Call[Reply]]) -> list[Reply | ModelError]:
        """PlannedError for each."""
        self.calls.extend(calls)
        return [PlannedError(f"{self.name} was not asked: this is only a plan.") for _ in calls]
