"""Chat completions as they go over the wire: what is asked for, what may come back, and what is wrong with it."""

from __future__ import annotations

import email.utils
import json
import socket
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from icp_synth.errors import CutShortError, ModelError
from icp_synth.records import Call, Completion, Reply, Tokens

TRIES = 5  # of a call that the server put off (429) or stumbled over (5xx)
LATER = "What was read so far is kept; run the same command again to go on."
_TRIES_UNHEARD = 2  # of a call that got no answer at all: long time-outs add up
_LONGEST = 1_000_000  # characters of an answer; no prompt asks for a tenth of that
_SHOWN = 200  # characters of a server's own words in an error


@dataclass(frozen=True)
class Failure:
    """Why a call failed, what to do, how often it may be tried, and how many seconds the server wants to be left alone.

    `final` where every further call would fail the same way; `cut` where the answer wasn't let come to its end.
    """

    what: str
    advice: str
    tries: int = 1
    wait: float | None = None
    final: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Message:
    """What a server answered: the text, or why there is none, and what it counted."""

    content: str
    refusal: str | None
    finish: str
    model: str
    tokens: Tokens


def response_format(call: Call[Any]) -> dict[str, Any]:
    """The answer's shape as strict JSON schema (https://platform.openai.com/docs/guides/structured-outputs)."""
    return _response_format(call.output)  # type: ignore[arg-type]  # mypy doubts that classes can be hashed


@cache
def _response_format(output: type[BaseModel]) -> dict[str, Any]:
    import openai

    function: Any = openai.pydantic_function_tool(output)["function"]
    schema = {"name": output.__name__, "schema": function["parameters"], "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def messages(call: Call[Any]) -> list[dict[str, str]]:
    """The fixed text first, so that servers can keep what they made of it for the next call."""
    return [{"role": "system", "content": call.system}, {"role": "user", "content": call.user}]


def tokens_of(usage: Any) -> Tokens:
    """What a server counted, from the `usage` of a completion; nothing where it doesn't say."""
    counted = usage if isinstance(usage, dict) else {}
    cached = (counted.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    sent = counted.get("prompt_tokens") or 0
    return Tokens(uncached=max(0, sent - cached), cached=cached, output=counted.get("completion_tokens") or 0)


def message_of(body: Any) -> Message:
    """A completion as JSON. Raises KeyError, IndexError or TypeError for what is none."""
    choice = body["choices"][0]
    return Message(
        content=choice["message"].get("content") or "",
        refusal=choice["message"].get("refusal"),
        finish=choice.get("finish_reason") or "",
        model=body.get("model") or "",
        tokens=tokens_of(body.get("usage")),
    )


def read(name: str, call: Call[Reply], said: Message, *, latency_ms: int, tries: int) -> Completion[Reply]:
    """The answer, checked to be whole and in shape. Raises ModelError, with what it cost."""
    try:
        return Completion(
            reply=call.output.model_validate_json(_whole(said)),
            text=said.content,
            model=said.model,
            tokens=said.tokens,
            latency_ms=latency_ms,
            tries=tries,
        )
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"])) or "the whole answer"
        wrong = Failure(f"answered in another shape than asked for ({at}: {first['msg']})", "Try another model.")
    except _Unusable as unusable:
        wrong = unusable.failure
    raise failed(name, wrong, tokens=said.tokens, tries=tries)


class _Unusable(Exception):  # noqa: N818 (never leaves this file)
    def __init__(self, what: str, advice: str, *, cut: bool = False) -> None:
        self.failure = Failure(what, advice, cut=cut)


def _whole(said: Message) -> str:
    if said.refusal:
        raise _Unusable(f"refused to answer: {words(said.refusal)}", "Try again, or another model.")
    if said.finish == "length":
        what = "was cut short: the answer reached the limit of tokens"
        raise _Unusable(what, "Give it a larger context, or take a larger model.", cut=True)
    if said.finish == "content_filter":
        raise _Unusable("was stopped by the server's content filter", "Try another model.")
    if len(said.content) > _LONGEST:
        raise _Unusable(f"answered with {len(said.content):,} characters", "Try again, or another model.")
    if not said.content:
        raise _Unusable(
            f"gave no answer in the shape that was asked for (it ended with “{words(said.finish)}”)",
            "Try again, or another model.",
        )
    return said.content


def failed(name: str, failure: Failure, *, tokens: Tokens | None = None, tries: int = 1) -> ModelError:
    """The error that a user meets."""
    told = f" (tried {tries} times)" if tries > 1 else ""
    kind = CutShortError if failure.cut else ModelError
    return kind(f"{name} {failure.what}{told}.", failure.advice, final=failure.final, tokens=tokens, tries=tries)


def failure_of(error: Exception, timeout: float, address: str) -> Failure:
    """What a client's exception says; `timeout` is in seconds."""
    import openai

    if isinstance(error, openai.APIStatusError):
        said = error.body.get("message") if isinstance(error.body, dict) else error.message
        wait = retry_after(error.response.headers.get("retry-after"))
        return refused(error.status_code, said, error.code, wait)
    if isinstance(error, openai.APITimeoutError):
        return Failure(f"didn't answer within {timeout:g} seconds", LATER, _TRIES_UNHEARD)
    if isinstance(error, openai.APIConnectionError):
        root = _root(error)
        return Failure(
            f"can't be reached, or broke off ({words(root) or type(root).__name__})",
            f"Is the server running at {address}? {LATER}",
            _TRIES_UNHEARD,
            final=isinstance(root, (ConnectionRefusedError, socket.gaierror)),
        )
    if isinstance(error, openai.APIError) and "json" not in str(error).lower():
        return Failure(f"broke off: {words(error.message)}", LATER, _TRIES_UNHEARD)
    kind = type(error).__name__
    return Failure(f"answered something that is no chat completion ({kind})", "Does its address end in /v1?")


def refused(status: int, message: object, code: str | None, wait: float | None = None) -> Failure:
    """A status of 400 or more. Retried: 408, 429 and 5xx, but not where the money has run out."""
    said = f"said {status}: {words(message)}"
    if status in (401, 403):
        return Failure(
            f"refused the key; it {said}", "Check the key (docs/models.md says where it is set).", final=True
        )
    if status == 404:
        return Failure(f"has no such model or address; it {said}", "Check the name of the analyst.", final=True)
    if code == "insufficient_quota":
        return Failure(f"has no credit left; it {said}", LATER, final=True)
    if status in (408, 429) or status >= 500:
        told = f", and wants {wait:.0f} seconds of peace" if wait else ""
        return Failure(f"{said}{told}", LATER, TRIES, wait)
    return Failure(f"didn't take the request; it {said}", "Does the server know JSON schema (response_format)?")


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _root(error: BaseException) -> BaseException:
    """What went wrong on the wire, which the clients wrap twice."""
    while error.__cause__:
        error = error.__cause__
    return error


def words(said: object) -> str:
    """A server's own words, on one line, printable and short."""
    line = " ".join(str(said).split())
    return "".join(character for character in line if character.isprintable())[:_SHOWN].rstrip(".")


def line_of(body: object) -> str:
    """A request as a line of a JSONL file."""
    return json.dumps(body, ensure_ascii=False) + "\n"
