"""A real HTTP server that speaks the OpenAI chat-completions protocol, well or badly, as it is told.

`server.script` holds what it does with the next calls, one each; when it is used up, `server.otherwise` does the rest.
`server.requests` holds what it was sent.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What goes over the wire. `hang` never answers; `cut` promises more bytes than it sends."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    cut: bool = False


Behaviour = Callable[[Body], Answer]


def message(content: str | None, *, finish: str = "stop", **more: object) -> Answer:
    """A chat completion with this content."""
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **more}}
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }
    return Answer(body=json.dumps(completion).encode())


def always(answer: Answer) -> Behaviour:
    """Give one answer whatever is asked."""
    return lambda _: answer


def claims(*proposals: Mapping[str, object]) -> Behaviour:
    """An answer in the shape that the extract prompt asks for; to any other prompt, nothing found."""

    def answer(body: Body) -> Answer:
        return message(json.dumps({"claims": proposals} if asked_for(body) in ("", "Extraction") else nothing(body)))

    return answer


def asked_for(body: Body) -> str:
    """The name of the output model that the answer has to fit."""
    return str(body.get("response_format", {}).get("json_schema", {}).get("name", ""))


def nothing(body: Body) -> Body:
    """The empty answer of the model that is asked for: each of its lists without anything."""
    return {name: [] for name in body["response_format"]["json_schema"]["schema"]["properties"]}


def claim(*sentences: int, kinds: Sequence[str] = ("pain",), tone: str = "trouble", strength: str = "core") -> Body:
    return {"sentences": sentences, "kinds": kinds, "tone": tone, "strength": strength}


def fails(status: int, said: str = "no", code: str | None = None, **headers: str) -> Behaviour:
    """An error as the real service words it; `Retry_After` becomes a header."""
    body = json.dumps({"error": {"message": said, "type": "error", "param": None, "code": code}}).encode()
    return always(Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()}))


hangs = always(Answer(hang=True))
breaks_off = always(Answer(body=message('{"claims": []}').body, cut=True))
refuses = always(message(None, refusal="I can't help with that."))
says_nothing = always(message(None))
half_json = always(message('{"claims": [{"sentences": [1'))
half_at_the_limit = always(message('{"claims": [{"sentences": [1', finish="length"))
filtered = always(message(None, finish="content_filter"))
other_schema = always(message('{"claims": [{"sentences": "all", "kinds": ["pain"], "tone": "sad"}]}'))
calls_a_tool = always(
    message(
        None,
        finish="tool_calls",
        tool_calls=[{"id": "1", "type": "function", "function": {"name": "Extraction", "arguments": "{}"}}],
    )
)
a_web_page = always(Answer(body=b"<html>Welcome</html>", headers={"Content-Type": "text/html"}))
no_choices = always(Answer(body=b'{"id": "1", "object": "chat.completion", "choices": null}'))


def evidence(body: Body) -> list[Body]:
    """The lines of evidence in a request, in order: what stands in front of each, "n" if that is a number, and its text."""
    text = body["messages"][-1]["content"]
    found = re.search(r"^<evidence>\n(.*)^</evidence>", text, re.S | re.M)
    assert found, f"no evidence in {text!r}"
    lines = [line.partition(" ") for line in found[1].split("\n")[:-1]]
    return [{"n": int(mark), "text": rest} if mark.isdecimal() else {mark: rest} for mark, _, rest in lines]


def finds(cues: Mapping[str, str], *also: Body) -> Behaviour:
    """A model that reads: sentences that hold a cue are claims of its kind. `also` is claimed each time."""

    def read(body: Body) -> Answer:
        if asked_for(body) not in ("", "Extraction"):
            return message(json.dumps(nothing(body)))
        found = [
            claim(line["n"], kinds=[kind], tone="neutral")
            for line in evidence(body)
            for cue, kind in cues.items()
            if cue in line.get("text", "")
        ]
        return claims(*found, *also)(body)

    return read


class OpenAIServer(ThreadingHTTPServer):
    """Listens on a free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Behaviour] = []
        self.otherwise: Behaviour = claims()
        self.requests: list[Body] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def sent(self) -> str:
        """All that was received, as text."""
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in self.requests)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer

    def do_POST(self) -> None:  # noqa: N802
        self.server.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        self.server.requests.append(body)
        behaviour = self.server.script.pop(0) if self.server.script else self.server.otherwise
        answer = behaviour(body)
        if answer.hang:
            self.server.closing.wait(60)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + 100 * answer.cut))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self) -> None:  # noqa: N802
        self.server.paths.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[OpenAIServer]:
    """A server that runs until the end of the block."""
    with OpenAIServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
