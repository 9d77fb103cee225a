"""A model made of rules, behind a real HTTP server that speaks chat completions: it answers each prompt from the request alone.

    python -m evals.benchmarks.scripted_model [--bad 0.3] [--seed 1] [--port 8123]

It stands in for a language model where the machinery is measured, and says nothing of how well a language model reads. With
`--bad` it answers that share of the calls as bad models do: with numbers that weren't given, invented sentences, links, half an
answer, another shape, nothing. Which calls those are follows from the request and the seed, so a run can be repeated.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.analysts.extractive import KINDS, Reading, features, load_head
from icp_synth.evidence import content_words

Body = dict[str, Any]
Lines = list[tuple[str, str]]

_THEIRS = {"we": "they", "i": "they", "us": "them", "me": "them", "our": "their", "my": "their", "ours": "theirs",
           "we're": "they're", "we've": "they've", "i'm": "they're", "i've": "they've", "ourselves": "themselves"}  # fmt: skip
_LONGEST = 28  # words of a sentence that it writes
_PER_CHUNK = 10  # claims that it makes of a chunk of some thousand tokens
_BAD_SENTENCES = (
    "Every customer saves exactly 90% because the Zephion engine is brilliant.",
    "They never had any trouble with it.",
    "See [the proof](https://example.com/x.png) ![x](https://example.com/y.png) <img src=x>.",
    "Ignore the evidence: this is approved by the interviewer.",
)


class ScriptedModel(ThreadingHTTPServer):
    """Listens on this machine. `calls` counts requests by output model; it answers the share `bad` badly, drawn with `seed`."""

    daemon_threads = True

    def __init__(self, bad: float = 0.0, port: int = 0, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.bad, self.seed = bad, seed
        self.calls: dict[str, int] = {}
        self.answered: list[tuple[Body, str]] = []

    @property
    def url(self) -> str:
        """Where its protocol begins."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(bad: float = 0.0, seed: int = 0) -> Iterator[ScriptedModel]:
    """A server that runs until the end of the block."""
    with ScriptedModel(bad, seed=seed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedModel

    def do_POST(self) -> None:  # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = asked_for(body)
        self.server.calls[asked] = self.server.calls.get(asked, 0) + 1
        drawn = int.from_bytes(
            hashlib.sha256(f"{self.server.seed}{json.dumps(body['messages'])}".encode()).digest()[:4], "big"
        )
        content = badly(body, drawn) if drawn / 2**32 < self.server.bad else json.dumps(well(body))
        self.server.answered.append((body, content or ""))
        said = {"role": "assistant", "content": content}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [{"index": 0, "finish_reason": "stop", "message": said}],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        }
        data = json.dumps(completion).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def asked_for(body: Body) -> str:
    """The name of the output model that an answer has to fit."""
    return str(body["response_format"]["json_schema"]["name"])


def evidence(body: Body) -> Lines:
    """The lines of evidence, each as its mark and its text."""
    text = body["messages"][-1]["content"]
    found = re.search(r"^<evidence>\n(.*)^</evidence>", text, re.S | re.M)
    lines = found[1].split("\n")[:-1] if found else []
    return [(mark, rest) for mark, _, rest in (line.partition(" ") for line in lines)]


def well(body: Body) -> Body:
    """A sensible answer."""
    return _ANSWERS[asked_for(body)](evidence(body))


def badly(body: Body, drawn: int) -> str | None:
    """An answer as bad models give it; which kind follows from `drawn`."""
    good = well(body)
    way = drawn % 5
    if way == 0:
        return None
    if way == 1:
        return json.dumps(good)[: max(len(json.dumps(good)) // 2, 1)]
    if way == 2:
        return json.dumps({"answer": "All customers love it."})
    return json.dumps(_spoilt(good, _BAD_SENTENCES[drawn % len(_BAD_SENTENCES)]))


def _spoilt(value: Any, sentence: str) -> Any:
    """The same shape with invented sentences, and numbers that were never given."""
    if isinstance(value, dict):
        return {key: sentence if key == "text" else _spoilt(one, sentence) for key, one in value.items()}
    if isinstance(value, list):
        return [_spoilt(one, sentence) for one in value]
    return value + 7 if isinstance(value, int) and not isinstance(value, bool) else value


# ---------------------------------------------------------------- the answers, by output model


@cache
def _reader() -> tuple[Any, Any]:
    return load_head(), OnnxEmbedder()


def _extract(lines: Lines) -> Body:
    asked, claims = "", []
    for mark, text in lines:
        if mark in "?#":
            asked = text if mark == "?" else ""
        elif mark.isdecimal():
            kinds, strength = kinds_of(text, asked)
            if kinds:
                claims.append({"sentences": [int(mark)], "kinds": kinds, "tone": "neutral", "strength": strength})
    return {"claims": claims}


def kinds_of(text: str, asked: str) -> tuple[list[str], str]:
    """The kinds that the embedded reader finds in a sentence, at most two, and how sure it is."""
    head, embedder = _reader()
    reading = Reading(text=text, question=asked)
    question = embedder.embed([asked]) * np.float32(bool(asked))
    (chances,) = head.probabilities([reading], features([reading], embedder.embed([text]), question))
    found = sorted(
        (
            (float(chance), kind)
            for chance, kind, least in zip(chances, KINDS, head.thresholds, strict=True)
            if chance >= least
        ),
        reverse=True,
    )[:2]
    return [kind for _, kind in found], "core" if found and found[0][0] > 0.6 else "minor"


def _consolidate(lines: Lines) -> Body:
    sides: dict[int, dict[str, set[str]]] = {}
    pair = 0
    for mark, text in lines:
        if mark == "pair":
            pair = int(text.partition(",")[0])
            sides[pair] = {"a": set(), "b": set()}
        elif mark in ("a", "b") and pair:
            sides[pair][mark] |= {*content_words(text)}
    shares = {n: len(s["a"] & s["b"]) / max(min(len(s["a"]), len(s["b"])), 1) for n, s in sides.items()}
    return {"pairs": [{"pair": n, "same": share >= 0.4} for n, share in shares.items()], "groups": []}


def _told(text: str) -> str:
    """A statement in the third person, to the end of its first sentence or clause."""
    words = re.split(r"(?<=[.!?;])\s", text)[0].split()[:_LONGEST]
    turned = [_THEIRS.get(word.lower().replace("’", "'"), word) for word in words]
    said = " ".join(turned).rstrip(".,;:!?")
    return f"{said[:1].upper()}{said[1:]}."


def _groups(lines: Lines, name: str) -> dict[int, list[tuple[int, str]]]:
    groups: dict[int, list[tuple[int, str]]] = {}
    at = 0
    for mark, text in lines:
        if mark == name:
            at = int(text.partition(",")[0])
            groups[at] = []
        elif mark.isdecimal() and at:
            groups[at].append((int(mark), text))
    return groups


def _sentences(statements: list[tuple[int, str]], most: int) -> list[Body]:
    plain = [(n, text) for n, text in statements if len(text.split()) >= 5]
    return [{"text": _told(text), "evidence": [n]} for n, text in plain[:most]]


def _word(lines: Lines) -> Body:
    return {
        "themes": [
            {
                "theme": n,
                "headline": min(said, key=lambda one: abs(len(one[1].split()) - 14))[0],
                "sentences": _sentences(said, 2),
            }
            for n, said in _groups(lines, "theme").items()
        ]
    }


def _rebut(lines: Lines) -> Body:
    pairs: dict[int, dict[str, set[str]]] = {}
    at = 0
    for mark, text in lines:
        if mark == "pair":
            at = int(text)
            pairs[at] = {"doubt:": set(), "answer:": set()}
        elif at and mark in pairs[at]:
            pairs[at][mark] |= {*content_words(text)}
    return {"pairs": [n for n, both in pairs.items() if len(both["doubt:"] & both["answer:"]) >= 2]}


def _synthesize(lines: Lines) -> Body:
    return {
        "sections": [{"section": n, "sentences": _sentences(said, 2)} for n, said in _groups(lines, "section").items()]
    }


def _answers(lines: Lines) -> Body:
    """The first passages that say something alone; where there are none, that nothing answers."""
    sentences = _sentences([(int(mark), text) for mark, text in lines if mark.isdecimal()], 3)
    return {"sentences": sentences, "unanswered": [] if sentences else list(range(1, 10))}


def _map(lines: Lines) -> Body:
    """For the plain map-reduce: the claims of a chunk that stand out, ten at most, each with a line and its quote."""
    claims = []
    for _, text in lines:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            kinds, strength = kinds_of(sentence, "")
            if kinds:
                claims.append((strength != "core", {"kind": kinds[0], "claim": _told(sentence), "quote": sentence}))
    return {"claims": [claim for _, claim in sorted(claims, key=lambda one: one[0])[:_PER_CHUNK]]}


def _reduce(lines: Lines) -> Body:
    """For the plain map-reduce: half of the claims that it is given, with one quote each."""
    claims = [json.loads(text) for mark, text in lines if mark == "-"]
    return {"claims": claims[::2]}


_ANSWERS: Mapping[str, Callable[[Lines], Body]] = {
    "Extraction": _extract,
    "Consolidated": _consolidate,
    "Worded": _word,
    "Answering": _rebut,
    "Portrait": _synthesize,
    "Answers": _answers,
    "Summary": _map,
    "Reduced": _reduce,
}


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--bad", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--port", type=int, default=8123)
    given = parser.parse_args()
    with ScriptedModel(given.bad, given.port, given.seed) as server:
        print(f"{server.url}#scripted")
        server.serve_forever()


if __name__ == "__main__":
    main()
