"""A chat model behind the OpenAI chat-completions protocol, through LangChain. Implements `ports.ChatModel`.

Answers are asked for as strict JSON schema (https://platform.openai.com/docs/guides/structured-outputs). Retries are
our own: LangChain's and the client's know nothing of what a run can afford to wait. Nothing is traced to LangSmith, and
no address or key is taken from the environment behind the caller's back.
"""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from icp_synth.errors import MissingExtraError, ModelError
from icp_synth.records import Call, Reply, Usage

TRIES = 5  # of a call that the server put off (429) or stumbled over (5xx)
_TRIES_UNHEARD = 2  # of a call that got no answer at all: long time-outs add up
_FIRST_WAIT = 1.0  # seconds, doubled with every try
_PATIENCE = 120.0  # seconds; a server that asks for more is not waited for
_SHOWN = 200  # characters of a server's own words in an error
_LATER = "What was read so far is kept; run the same command again to go on."


@dataclass(frozen=True)
class _Failure:
    """Why a call failed, what to do, how often it may be tried, and how many seconds the server wants to be left alone."""

    what: str
    advice: str
    tries: int = 1
    wait: float | None = None


class LangChainChat:
    """One model of one server. `timeout` is how many seconds an answer may take; `pause` waits (seconds)."""

    def __init__(
        self,
        name: str,
        *,
        model: str,
        base_url: str,
        api_key: str,
        timeout: float = 300.0,
        pause: Callable[[float], None] = time.sleep,
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
        self._timeout = timeout
        self._pause = pause
        self._chat = ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=SecretStr(api_key),
            timeout=(min(10.0, timeout), timeout),  # to connect, to answer
            max_retries=0,
            use_responses_api=False,
            streaming=False,
        )

    def ask_all(self, calls: Sequence[Call[Reply]]) -> list[Reply | ModelError]:
        """An answer that fits, or why there is none; calls that may yet succeed are tried again first."""
        answers: list[Reply | ModelError] = []
        for call in calls:
            try:
                answers.append(self._ask(call))
            except ModelError as error:
                answers.append(error)
        return answers

    def _ask(self, call: Call[Reply]) -> Reply:
        tried = 0
        while True:
            tried += 1
            try:
                return self._call(call)
            except ModelError:
                raise
            except Exception as error:
                failure = self._failure(error)
                wait = failure.wait or 0.0
                if tried >= failure.tries or wait > _PATIENCE:
                    told = f" (tried {tried} times)" if tried > 1 else ""
                    raise ModelError(f"{self.name} {failure.what}{told}.", failure.advice) from error
            self._pause(wait + random.uniform(0.5, 1.0) * _FIRST_WAIT * 2 ** (tried - 1))

    def _call(self, call: Call[Reply]) -> Reply:
        from langsmith import tracing_context

        chain = self._chat.with_structured_output(call.output, method="json_schema", include_raw=True, strict=True)
        with tracing_context(enabled=False):
            answer: dict[str, Any] = chain.invoke([("system", call.system), ("human", call.user)])
        counted = answer["raw"].usage_metadata or {}
        self.used = Usage(
            calls=self.used.calls + 1,
            tokens_in=self.used.tokens_in + counted.get("input_tokens", 0),
            tokens_out=self.used.tokens_out + counted.get("output_tokens", 0),
        )
        parsed = answer["parsed"]
        if isinstance(parsed, call.output):
            return parsed
        raise ModelError(f"{self.name} {self._missing(answer['raw'])}.", "Try again, or another model.")

    def _missing(self, raw: Any) -> str:
        refusal = raw.additional_kwargs.get("refusal")
        if refusal:
            return f"refused to answer: {_words(refusal)}"
        reason = raw.response_metadata.get("finish_reason")
        return f"gave no answer in the shape that was asked for (it ended with “{_words(reason)}”)"

    def _failure(self, error: Exception) -> _Failure:
        import openai

        if isinstance(error, openai.APIStatusError):
            return _refused(error)
        if isinstance(error, openai.APITimeoutError):
            return _Failure(f"didn't answer within {self._timeout:g} seconds", _LATER, _TRIES_UNHEARD)
        if isinstance(error, openai.APIConnectionError):
            return _Failure(
                f"can't be reached, or broke off ({_root(error)})",
                f"Is the server running at {self._chat.openai_api_base}? {_LATER}",
                _TRIES_UNHEARD,
            )
        if isinstance(error, openai.LengthFinishReasonError):
            return _Failure("was cut short: the answer reached the limit of tokens", "Give it a larger context.")
        if isinstance(error, openai.ContentFilterFinishReasonError):
            return _Failure("was stopped by the server's content filter", "Try another model.")
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            at = ".".join(map(str, first["loc"])) or "the whole answer"
            return _Failure(f"answered in another shape than asked for ({at}: {first['msg']})", "Try another model.")
        kind = type(error).__name__
        return _Failure(f"answered something that is no chat completion ({kind})", "Does its address end in /v1?")


def _refused(error: Any) -> _Failure:
    """A status of 400 or more. Retried: 408, 429 and 5xx, but not where the money has run out."""
    status: int = error.status_code
    said = f"said {status}: {_words(error.body.get('message') if isinstance(error.body, dict) else error.message)}"
    if status in (401, 403):
        return _Failure(f"refused the key; it {said}", "Check the key (docs/models.md says where it is set).")
    if status == 404:
        return _Failure(f"has no such model or address; it {said}", "Check the name of the analyst.")
    if error.code == "insufficient_quota":
        return _Failure(f"has no credit left; it {said}", _LATER)
    if status in (408, 429) or status >= 500:
        wait = _retry_after(error.response.headers.get("retry-after"))
        told = f", and wants {wait:.0f} seconds of peace" if wait else ""
        return _Failure(f"{said}{told}", _LATER, TRIES, wait)
    return _Failure(f"didn't take the request; it {said}", "Does the server know JSON schema (response_format)?")


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _root(error: BaseException) -> str:
    """What went wrong on the wire, which the clients wrap twice."""
    while error.__cause__:
        error = error.__cause__
    return _words(error) or type(error).__name__


def _words(said: object) -> str:
    """A server's own words, on one line, printable and short."""
    line = " ".join(str(said).split())
    return "".join(character for character in line if character.isprintable())[:_SHOWN].rstrip(".")
