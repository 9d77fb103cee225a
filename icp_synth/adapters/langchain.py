"""A chat model behind the OpenAI chat-completions protocol, through LangChain. Implements `ports.Endpoint`.

Retries are our own: LangChain's and the client's know nothing of what a run can afford to wait. Nothing is traced to
LangSmith, and no address or key is taken from the environment behind the caller's back.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from icp_synth.adapters.completions import LATER, TRIES, Message, failed, failure_of, read, response_format, tokens_of
from icp_synth.adapters.limits import Limits
from icp_synth.concurrency import each
from icp_synth.costs import Rates
from icp_synth.errors import MissingExtraError, ModelError
from icp_synth.ledger import WORKERS, characters
from icp_synth.records import Call, Completion, Reply, Tokens, Usage

__all__ = ["TRIES", "LangChainChat"]

TIMEOUT = 300.0
_FIRST_WAIT = 1.0  # seconds, doubled with every try
_PATIENCE = 120.0  # seconds; a server that asks for more is not waited for


def never() -> bool:
    """Nobody stops this."""
    return False


class LangChainChat:
    """One model of one server. `timeout` is how many seconds an answer may take; `pause` waits (seconds).

    `local` is a model on this machine that may be small: one call at a time, since it has no more hands, and each answer
    held to the most tokens that its call needs, since it may not stop by itself. Others aren't held to it: what a model
    thinks before it answers counts, too.
    """

    def __init__(
        self,
        name: str,
        *,
        model: str,
        base_url: str,
        api_key: str,
        timeout: float = TIMEOUT,
        pause: Callable[[float], None] = time.sleep,
        workers: int = WORKERS,
        limits: Limits | None = None,
        local: bool = False,
    ) -> None:
        try:
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr
        except ImportError as error:
            raise MissingExtraError(
                "A model as the analyst needs packages that aren't installed.", "pip install 'icp-synth[llm]'"
            ) from error
        self.name = name
        self.used = Usage()
        self._model = model
        self._timeout = timeout
        self._pause = pause
        self._workers = workers
        self._limits = limits or Limits()
        self._local = local
        self._turn = threading.Lock() if local else nullcontext()
        self._lock = threading.Lock()
        self._chat = ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=SecretStr(api_key),
            timeout=(min(10.0, timeout), timeout),  # to connect, to answer
            max_retries=0,
            use_responses_api=False,
            streaming=False,
            stream_usage=True,
        )

    def ask_all(self, calls: Sequence[Call[Reply]]) -> list[Reply | ModelError]:
        """Implements `ports.ChatModel` for those who keep no ledger: an answer a call, or why there is none.

        After an error that every further call would meet too, nothing more is sent.
        """
        final: list[ModelError] = []

        def one(call: Call[Reply], stopped: Callable[[], bool]) -> Reply | ModelError:
            if final:
                return final[0]
            try:
                return self.ask(call, stopped=stopped).reply
            except ModelError as error:
                if error.final:
                    final.append(error)
                return error

        return each(one, calls, self._workers)

    def ask(
        self,
        call: Call[Reply],
        *,
        stopped: Callable[[], bool] = never,
        on_text: Callable[[str], None] | None = None,
    ) -> Completion[Reply]:
        """An answer that fits; a call that may yet succeed is tried again first. Raises ModelError."""
        tried = 0
        while True:
            estimated = Rates().estimate(call.prompt, characters(call)).total
            self._wait(estimated, tried, stopped)
            tried += 1
            try:
                with self._turn:
                    began = time.monotonic()
                    said = self._stream(call, on_text) if on_text else self._call(call)
            except Exception as error:
                raised = _in_error(error)
                if raised is None:
                    self._think_again(error, tried, stopped)
                    continue
                said = raised
            self._count(said.tokens, estimated)
            return read(self.name, call, said, latency_ms=round((time.monotonic() - began) * 1000), tries=tried)

    def _wait(self, tokens: int, tried: int, stopped: Callable[[], bool]) -> None:
        """Until the limits let a call go, and the server wants no peace (after a try of its own it has waited for that)."""
        wait = max(self._limits.take(tokens), 0.0 if tried else self._limits.quiet())
        if wait:
            self._pause(wait)
        if stopped():
            raise ModelError(f"{self.name} was not asked: the run was stopped.", LATER, tries=tried)

    def _think_again(self, error: Exception, tried: int, stopped: Callable[[], bool]) -> None:
        """Wait before the next try, with full jitter on what the server asked for. Raises ModelError where there is none.

        https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        """
        failure = failure_of(error, self._timeout, str(self._chat.openai_api_base))
        wait = failure.wait or 0.0
        if tried >= failure.tries or wait > _PATIENCE or stopped():
            raise failed(self.name, failure, tries=tried) from error
        if wait:
            self._limits.leave_alone(wait)
        self._pause(wait + random.uniform(0.0, 1.0) * _FIRST_WAIT * 2 ** (tried - 1))

    def _call(self, call: Call[Any]) -> Message:
        from langsmith import tracing_context

        with tracing_context(enabled=False):
            # The shape as it goes over the wire: given by its name the client would walk through it twice for every call.
            raw = self._chat.invoke(
                [("system", call.system), ("human", call.user)],
                extra_body={"response_format": response_format(call)},
                **self._limit(call),
            )
        return _message(raw, str(raw.content))

    def _stream(self, call: Call[Any], on_text: Callable[[str], None]) -> Message:
        from langsmith import tracing_context

        text, whole = "", None
        streaming = self._chat.model_copy(update={"streaming": True})
        asked = streaming.stream(
            [("system", call.system), ("human", call.user)],
            response_format=response_format(call),  # by its name: else a refusal gets lost among the chunks
            **self._limit(call),
        )
        with tracing_context(enabled=False):
            for chunk in asked:
                whole = chunk if whole is None else whole + chunk
                text += str(chunk.content)
                if chunk.content:
                    on_text(text)
        return _message(whole, text)

    def _limit(self, call: Call[Any]) -> dict[str, Any]:
        return {"max_tokens": call.max_output_tokens} if self._local and call.max_output_tokens else {}

    def _count(self, tokens: Tokens, estimated: int) -> None:
        self._limits.correct(tokens.total - estimated)
        with self._lock:
            self.used = Usage(
                calls=self.used.calls + 1,
                tokens_in=self.used.tokens_in + tokens.uncached + tokens.cached,
                tokens_out=self.used.tokens_out + tokens.output,
            )


def _message(raw: Any, text: str) -> Message:
    """What LangChain made of an answer."""
    counted = raw.usage_metadata or {}
    sent = counted.get("input_tokens", 0)
    cached = (counted.get("input_token_details") or {}).get("cache_read") or 0
    told = raw.response_metadata
    return Message(
        content=text,
        refusal=raw.additional_kwargs.get("refusal"),
        finish=told.get("finish_reason") or "",
        model=told.get("model_name") or "",
        tokens=Tokens(uncached=max(0, sent - cached), cached=cached, output=counted.get("output_tokens", 0)),
    )


def _in_error(error: Exception) -> Message | None:
    """An answer that the client raises instead of returning it: it was cut off, and is paid for."""
    import openai

    if isinstance(error, openai.LengthFinishReasonError):
        body = error.completion.model_dump()
        return Message("", None, "length", body.get("model") or "", tokens_of(body.get("usage")))
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Message("", None, "content_filter", "", Tokens())
    return None
