"""What the sieve saves and what it costs: `python -m evals.benchmarks.sieve --data FOLDER`.

For each gold set below FOLDER and each golden set: the calls of the whole chain to a scripted model, over HTTP, and their
tokens in and out, beside those of a plain map-reduce (`llm_peer`) on the same clean text with the same model; and the
share of the gold's evidence lines that are among the spans sent. A place of the gold counts as sent where a sentence that
stands there is; places at which no customer speaks a sentence (a cell of a table, somebody whose side is unknown) can't be
sent and are counted apart. Tokens are those of the sentence model's tokenizer, the same for both.
"""

from __future__ import annotations

import argparse
import json
import operator
from dataclasses import asdict, dataclass
from functools import partial, reduce
from pathlib import Path

from tokenizers import Tokenizer

from evals.benchmarks import llm_peer
from evals.benchmarks.scripted_model import Body, asked_for, serving, well
from icp_synth import assets, wiring
from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.analysts.llm import sieve
from icp_synth.cli.evidence import read_manifest
from icp_synth.evaluation.cases import GoldSet, read_sets
from icp_synth.evaluation.reading import Prepared, drafted, prepared, sentences_at
from icp_synth.evaluation.suites import AS_OF
from icp_synth.pipeline import passages
from icp_synth.records import RawFile


@dataclass(frozen=True)
class Spent:
    """Calls, and tokens sent and answered."""

    calls: int = 0
    sent: int = 0
    answered: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.calls + other.calls, self.sent + other.sent, self.answered + other.answered)

    def of(self, other: Spent) -> float:
        """The share of tokens in and out together."""
        return (self.sent + self.answered) / (other.sent + other.answered)


@dataclass(frozen=True)
class Figures:
    """Of one set: what map-reduce, reading alone and the whole chain spend, and the places of the gold that were sent."""

    name: str
    peer: Spent
    reading: Spent
    chain: Spent
    sent: int
    places: int
    unspoken: int

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            "all",
            self.peer + other.peer,
            self.reading + other.reading,
            self.chain + other.chain,
            self.sent + other.sent,
            self.places + other.places,
            self.unspoken + other.unspoken,
        )


def measure(gold: GoldSet) -> Figures:
    """Run both on a set."""
    files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
    manifest = read_manifest(gold.folder, gold.product)
    embedder = wiring.embedder()
    ready = prepared(gold, files, manifest, wiring.detector(), embedder, partial(keyed_hash, b"eval"))
    tokens = partial(_tokens, _tokenizer())
    with serving() as server:
        drafted(ready, embedder, wiring.analyst(f"{server.url}#scripted"), AS_OF)
        chain = [(asked_for(body), Spent(1, tokens(_text(body)), tokens(answer))) for body, answer in server.answered]
    peer: list[Spent] = []

    def ask(output: str, system: str, user: str) -> list[object]:
        body: Body = {
            "messages": [{"content": system}, {"content": user}],
            "response_format": {"json_schema": {"name": output}},
        }
        answer = well(body)
        peer.append(Spent(1, tokens(_text(body)), tokens(json.dumps(answer))))
        claims: list[object] = answer["claims"]
        return claims

    llm_peer.run([ready.sources[name].text for name in sorted(ready.sources)], ask, tokens)
    sent = _sent(ready)
    places = [[s.id for s, _ in sentences_at(place, ready)] for item in gold.items for place in item.evidence]
    customers = {
        s.id
        for name, said in ready.sentences.items()
        for s in said
        if ready.sources[name].turns[s.turn].role == "customer"
    }
    spoken = [those for those in places if {*those} & customers]
    return Figures(
        name=gold.name,
        peer=sum(peer, Spent()),
        reading=sum((spent for name, spent in chain if name == "Extraction"), Spent()),
        chain=sum((spent for _, spent in chain), Spent()),
        sent=sum(bool({*those} & sent) for those in spoken),
        places=len(spoken),
        unspoken=len(places) - len(spoken),
    )


def _sent(ready: Prepared) -> set[str]:
    """Ids of the sentences that pass the sieve."""
    reader, embedder = ExtractiveAnalyst(), wiring.embedder()
    found: set[str] = set()
    for name, source in ready.sources.items():
        one = passages(source, ready.sentences[name], ready.vectors[name], embedder)
        found |= {span.sentence.id for span in sieve.spans(one.sentences, reader.chances(one))}
    return found


def _tokenizer() -> Tokenizer:
    from icp_synth.adapters.onnx import OnnxEmbedder

    whole: Tokenizer = OnnxEmbedder()._tokenizer
    whole.no_truncation()
    return whole


def _tokens(tokenizer: Tokenizer, text: str) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


def _text(body: Body) -> str:
    return "\n".join(message["content"] for message in body["messages"])


def main() -> None:
    """Print a line a set, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")
    given = parser.parse_args()
    found = [measure(gold) for gold in (*read_sets(given.data), *read_sets(assets.golden_dir()))]
    found.append(reduce(operator.add, found))
    if given.json:
        print(json.dumps([asdict(one) for one in found]))
        return
    print(f"{'set':16} {'lines sent':>18} {'':10} {'calls':>6} {'in':>9} {'out':>8} {'of map-reduce':>14}")
    for one in found:
        share = f"{one.sent}/{one.places} {one.sent / max(one.places, 1):.3f}"
        for name, spent in (("reading", one.reading), ("chain", one.chain), ("map-reduce", one.peer)):
            told = f"{name:10} {spent.calls:6,} {spent.sent:9,} {spent.answered:8,} {spent.of(one.peer):14.2f}"
            print(f"{one.name:16} {share:>18} {told}" if name == "reading" else f"{'':35} {told}")
    print(f"Not to be sent, since no customer speaks there: {found[-1].unspoken} places.")


if __name__ == "__main__":
    main()
