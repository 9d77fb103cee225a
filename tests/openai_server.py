"""A real HTTP server that speaks the OpenAI chat-completions protocol, well or badly, as it is told.

`server.script` holds what it does with the next calls, one each; when it is used up, `server.otherwise` does the rest.
`server.requests` holds what it was sent. It streams where it is asked to, and takes batches. `tests/faults.py` holds
the ways of answering badly. As a process of its own, with answers that fit whatever schema is asked for:

    python -m tests.openai_server [--port 0] [--latency 0.2] [--faults 0.3] [--seed 7]

prints its address on a line, and at GET /v1/served how many calls it has answered.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What goes over the wire. `hang` never answers; `cut` promises more bytes than it sends, or ends a stream early."""

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


def fitting(schema: Body, definitions: Body | None = None) -> Any:
    """The least that fits a strict JSON schema."""
    definitions = definitions or schema.get("$defs", {})
    if "$ref" in schema:
        return fitting(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return fitting(schema["anyOf"][0], definitions)
    if schema["type"] == "object":
        return {name: fitting(each, definitions) for name, each in schema["properties"].items()}
    return {"array": [], "string": "so", "integer": 1, "number": 1.0, "boolean": False, "null": None}[schema["type"]]


def fits(body: Body) -> Answer:
    """Answer whatever schema is asked for."""
    return message(json.dumps(fitting(body["response_format"]["json_schema"]["schema"])))


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
    return [_line(line) for line in found[1].split("\n")[:-1]]


def _line(text: str) -> Body:
    if text.startswith("{"):  # the judge's prompts show JSON
        shown: Body = json.loads(text)
        return shown
    mark, _, rest = text.partition(" ")
    return {"n": int(mark), "text": rest} if mark.isdecimal() else {mark: rest}


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
    """Listens on a port of this machine, a free one if none is given. `latency` is in seconds.

    A batch is done when it has been looked at `batch_polls` times. `cuts_batches` has it expire with half of its calls.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script: list[Behaviour] = []
        self.otherwise: Behaviour = claims()
        self.latency = 0.0
        self.requests: list[Body] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Body] = {}
        self.batch_polls = 1
        self.cuts_batches = False
        self.closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def sent(self) -> str:
        """All that was received, as text."""
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in self.requests)

    def answer(self, body: Body) -> Answer:
        """What is done with a call."""
        with self._lock:
            self.requests.append(body)
            behaviour = self.script.pop(0) if self.script else self.otherwise
        return behaviour(body)

    def new_batch(self, told: Body) -> Body:
        """Take a batch in; its calls are answered at once, and given out later."""
        with self._lock:
            name = f"batch_{len(self.batches) + 1}"
        output, errors = [], []
        lines = [json.loads(line) for line in self.files[told["input_file_id"]].splitlines()]
        for line in lines[: len(lines) // 2] if self.cuts_batches else lines:
            answer = self.answer(line["body"])
            response = {"status_code": answer.status, "request_id": "r", "body": json.loads(answer.body)}
            (output if answer.status == 200 else errors).append(
                {"id": "b", "custom_id": line["custom_id"], "response": response, "error": None}
            )
        batch = {
            "id": name, "object": "batch", "endpoint": told["endpoint"], "completion_window": "24h", "created_at": 1,
            "input_file_id": told["input_file_id"], "status": "in_progress", "metadata": told.get("metadata"),
        }  # fmt: skip
        for kind, some in (("output_file_id", output), ("error_file_id", errors)):
            if some:
                self.files[f"{name}-{kind}"] = "".join(json.dumps(one) + "\n" for one in some).encode()
        with self._lock:
            self.batches[name] = {**batch, "polled": 0}
        return batch

    def look_at_batch(self, name: str) -> Body:
        """A batch as it stands."""
        batch = self.batches[name]
        batch["polled"] += 1
        if batch["polled"] >= self.batch_polls:
            batch["status"] = "expired" if self.cuts_batches else "completed"
            batch |= {k: f"{name}-{k}" for k in ("output_file_id", "error_file_id") if f"{name}-{k}" in self.files}
        return batch

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:  # noqa: N802
        self.server.paths.append(self.path)
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers.append(dict(self.headers))
        if self.path == "/v1/files":
            self._json({"id": self._keep(data), "object": "file", "bytes": len(data), "created_at": 1,
                        "filename": "calls.jsonl", "purpose": "batch", "status": "processed"})  # fmt: skip
            return
        if self.path == "/v1/batches":
            self._json(self.server.new_batch(json.loads(data)))
            return
        body = json.loads(data)
        answer = self.server.answer(body)
        time.sleep(self.server.latency)
        if answer.hang:
            self.server.closing.wait(60)
            self.close_connection = True
        elif body.get("stream") and answer.status == 200:
            self._stream(json.loads(answer.body), answer.cut)
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + 100 * answer.cut))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = self.close_connection or answer.cut

    def _json(self, body: Body) -> None:
        self._answer(Answer(body=json.dumps(body).encode()))

    def _keep(self, form: bytes) -> str:
        """The file within a form (RFC 7578)."""
        boundary = form.split(b"\r\n", 1)[0]
        part = next(one for one in form.split(boundary) if b'name="file"' in one)
        name = f"file_{len(self.server.files) + 1}"
        self.server.files[name] = part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        return name

    def _stream(self, whole: Body, cut: bool) -> None:
        """A completion in pieces, as server-sent events."""
        choice = whole["choices"][0]
        said, head = choice["message"], {k: whole[k] for k in ("id", "created", "model")}
        field = "content" if said.get("content") is not None else "refusal"
        text = said.get(field) or ""
        step = max(7, len(text) // 50)
        deltas: list[Body] = [{"role": "assistant"}, *({field: text[n : n + step]} for n in range(0, len(text), step))]
        pieces = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        if cut:
            pieces = pieces[: len(pieces) // 2]
        else:
            pieces.append({"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
            pieces.append({"choices": [], "usage": whole["usage"]})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self._chunk(f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', **piece})}\n\n".encode())
        if cut:
            self.close_connection = True
            return
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_GET(self) -> None:  # noqa: N802
        self.server.paths.append(self.path)
        path = self.path.partition("?")[0]
        name = path.split("/")[3] if path.count("/") > 2 else ""
        if path == "/v1/served":
            self._json(
                {"calls": len(self.server.requests), "different": len({json.dumps(r) for r in self.server.requests})}
            )
        elif path == "/v1/batches":
            self._json({"object": "list", "data": list(self.server.batches.values()), "has_more": False})
        elif name in self.server.batches:
            self._json(self.server.look_at_batch(name))
        elif name in self.server.files:
            self._answer(Answer(body=self.server.files[name], headers={"Content-Type": "application/octet-stream"}))
        else:
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


def main() -> None:
    """Serve until the process is ended."""
    from tests.faults import badly

    parser = argparse.ArgumentParser(description="A server that speaks chat completions, as well as it is told to.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--faults", type=float, default=0.0, help="the part of all calls that is answered badly")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with OpenAIServer(given.port) as server:
        server.otherwise = badly(given.faults, given.seed, fits)
        server.latency = given.latency
        print(server.url, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
