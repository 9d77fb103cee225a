"""One request to a language model, what came of it, and the line that the ledger keeps about it."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from icp_synth.records.words import Record

Reply = TypeVar("Reply", bound=BaseModel)


class Call(Record, Generic[Reply]):
    """Two messages, and the model that the answer must fit. `prompt` and `version` say which prompt wrote them.

    `sources` are the ids of the sources whose words the messages show: an answer is forgotten with any of them, and one
    to a call that names none with any source at all. `max_output_tokens` is more than a sensible answer takes, however
    it is laid out.
    """

    prompt: str
    version: int
    system: str
    user: str
    output: type[Reply]
    sources: tuple[str, ...] = ()
    max_output_tokens: int | None = None


class Tokens(Record):
    """Tokens of a call. Of its input, `cached` were taken from the server's cache of prefixes and `uncached` were not."""

    uncached: int = 0
    cached: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.uncached + self.cached + self.output


class Completion(Record, Generic[Reply]):
    """A whole and valid answer: as read and as the JSON that came; which model the server says it is; after how many tries."""

    reply: Reply
    text: str
    model: str
    tokens: Tokens
    latency_ms: int
    tries: int = 1


CallState = Literal["sent", "answered", "failed"]


class LedgerEntry(Record):
    """A call that was sent. `revision` is the workspace's when it was; `key` is the same for the same call.

    While it is `sent` its tokens and price are estimates: it is in flight, or was when the process ended, and may have
    been paid. `model` is as asked, `reported` as the server says. `price` is in millionths of a dollar, None where it
    isn't known. `replays` counts how often the answer was taken from here instead of being asked for again.
    """

    key: str
    revision: int
    prompt: str
    version: int
    model: str
    characters: int
    state: CallState = "sent"
    reported: str = ""
    tokens: Tokens = Tokens()
    price: int | None = None
    latency_ms: int = 0
    tries: int = 0
    why: str = ""
    replays: int = 0
    batch: str = ""
