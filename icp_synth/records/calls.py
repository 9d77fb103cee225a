"""One request to a language model."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel

from icp_synth.records.words import Record

Reply = TypeVar("Reply", bound=BaseModel)


class Call(Record, Generic[Reply]):
    """Two messages, and the model that the answer must fit. `prompt` and `version` say which prompt wrote them."""

    prompt: str
    version: int
    system: str
    user: str
    output: type[Reply]
