"""The Batch API of OpenAI (https://platform.openai.com/docs/guides/batch). Implements `ports.BatchEndpoint`.

A batch carries our name in its metadata, so that one which was handed in by a process that ended before it could write
down the server's name for it is found again, and not paid for twice.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from icp_synth.adapters.completions import (
    LATER,
    Failure,
    failed,
    failure_of,
    line_of,
    message_of,
    messages,
    read,
    refused,
    response_format,
)
from icp_synth.errors import MissingExtraError, ModelError
from icp_synth.records import Call, Completion

_NAME = "icp_synth"
_EVERY = 30.0  # seconds between two looks at a batch
_ENDED = ("completed", "failed", "expired", "cancelled")


class OpenAIBatches:
    """Batches of calls to one model. `pause` waits (seconds) between two looks at a batch."""

    def __init__(
        self,
        name: str,
        *,
        model: str,
        base_url: str,
        api_key: str,
        timeout: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import openai
        except ImportError as error:
            raise MissingExtraError(
                "Batches need a package that isn't installed.", "pip install 'icp-synth[llm]'"
            ) from error
        self._name = name
        self._model = model
        self._base_url = base_url
        self._timeout = timeout
        self._pause = pause
        # The client's own retries are right here: nothing is paid by asking how a batch is getting on.
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key, timeout=timeout, max_retries=5)

    def submit(self, name: str, calls: Mapping[str, Call[Any]]) -> None:
        """Upload the calls as JSONL and make a batch of them. Raises ModelError."""
        lines = "".join(line_of(self._request(key, call)) for key, call in calls.items())

        def hand_in() -> None:
            file = self._client.files.create(file=(f"{name}.jsonl", io.BytesIO(lines.encode())), purpose="batch")
            self._client.batches.create(
                input_file_id=file.id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_NAME: name},
            )

        self._do(hand_in)

    def has(self, name: str) -> bool:
        """Whether a batch of that name was made. Raises ModelError."""
        return self._do(lambda: self._find(name)) is not None

    def collect(self, name: str, calls: Mapping[str, Call[Any]]) -> Iterator[tuple[str, Completion[Any] | ModelError]]:
        """Wait until the batch has ended, then give what came of each call. Raises ModelError."""
        batch = self._ended(name)
        told = {}
        for file in filter(None, (batch.output_file_id, batch.error_file_id)):
            for line in self._text(file).splitlines():
                one = json.loads(line)
                told[one["custom_id"]] = one
        for key, call in calls.items():
            yield key, self._outcome(call, told.get(key), batch.status)

    def _ended(self, name: str) -> Any:
        """The batch, once the server is done with it."""
        batch: Any = self._do(lambda: self._find(name))
        if batch is None:
            raise failed(self._name, Failure(f"knows no batch called {name}", LATER))
        server_name = batch.id
        while batch.status not in _ENDED:
            self._pause(_EVERY)
            batch = self._do(lambda: self._client.batches.retrieve(server_name))
        return batch

    def _text(self, file: str) -> str:
        return str(self._do(lambda: self._client.files.content(file).text))

    def _find(self, name: str) -> Any:
        return next(
            (one for one in self._client.batches.list(limit=100) if (one.metadata or {}).get(_NAME) == name), None
        )

    def _request(self, key: str, call: Call[Any]) -> dict[str, Any]:
        body = {"model": self._model, "messages": messages(call), "response_format": response_format(call)}
        return {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}

    def _outcome(self, call: Call[Any], line: Any, status: str) -> Completion[Any] | ModelError:
        if line is None or not line.get("response"):
            said = (line or {}).get("error") or {}
            why = Failure(f"gave no answer in its batch, which is {said.get('message') or status}", LATER)
            return failed(self._name, why)
        response = line["response"]
        if response["status_code"] != 200:
            error = (response["body"] or {}).get("error") or {}
            return failed(self._name, refused(response["status_code"], error.get("message"), error.get("code")))
        try:
            return read(self._name, call, message_of(response["body"]), latency_ms=0, tries=1)
        except ModelError as error:
            return error
        except (KeyError, IndexError, TypeError):
            return failed(self._name, Failure("answered something that is no chat completion", LATER))

    def _do(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except Exception as error:
            raise failed(self._name, failure_of(error, self._timeout, self._base_url)) from error
