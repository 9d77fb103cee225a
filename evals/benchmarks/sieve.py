"""What the sieve saves and what it costs: `python -m evals.benchmarks.sieve --data FOLDER`.

For each gold set below FOLDER and each golden set: the tokens that the whole chain sends to a scripted model, over
HTTP, beside those of a plain map-reduce (`llm_peer`) on the same clean text with the same model; and the share of the
gold's evidence lines that are among the spans sent. A place of the gold counts as sent where a sentence that stands
there is; places at which no customer speaks a sentence (a cell of a table, somebody whose side is unknown) can't be
sent and are counted apart. Tokens are those of the sentence model's tokenizer, the same for both.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tokenizers import Tokenizer

from evals.benchmarks import llm_peer
from evals.benchmarks.scripted_model import Body, serving, well
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
class Figures:
    """Of one set: tokens sent by both, those of reading alone, and the places of the gold that were sent."""

    name: str
    peer: int
    reading: int
    chain: int
    sent: int
    places: int
    unspoken: int


def measure(gold: GoldSet) -> Figures:
    """Run both on a set."""
    files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
    manifest = read_manifest(gold.folder, gold.product)
    embedder = wiring.embedder()
    ready = prepared(gold, files, manifest, wiring.detector(), embedder, partial(keyed_hash, b"eval"))
    tokens = partial(_tokens, _tokenizer())
    with serving() as server:
        drafted(ready, embedder, wiring.analyst(f"{server.url}#scripted"), AS_OF)
        chain = [(_name(body), tokens(_text(body))) for body in server.sent]
    peer: list[int] = []

    def ask(output: str, system: str, user: str) -> list[object]:
        peer.append(tokens(system) + tokens(user))
        body: Body = {
            "messages": [{"content": system}, {"content": user}],
            "response_format": {"json_schema": {"name": output}},
        }
        claims: list[object] = well(body)["claims"]
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
        peer=sum(peer),
        reading=sum(count for name, count in chain if name == "Extraction"),
        chain=sum(count for _, count in chain),
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


def _name(body: Body) -> str:
    return str(body["response_format"]["json_schema"]["name"])


def main() -> None:
    """Print a line a set, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")
    given = parser.parse_args()
    found = [measure(gold) for gold in (*read_sets(given.data), *read_sets(assets.golden_dir()))]
    whole = Figures("all", *(sum(getattr(one, name) for one in found) for name in list(Figures.__annotations__)[1:]))
    if given.json:
        print(json.dumps([vars(one) for one in (*found, whole)]))
        return
    print(
        f"{'set':16} {'lines sent':>18} {'reading':>9} {'chain':>9} {'map-reduce':>11} {'reading/':>9} {'chain/':>7}  unspoken"
    )
    for one in (*found, whole):
        share = f"{one.sent}/{one.places} {one.sent / max(one.places, 1):.3f}"
        print(
            f"{one.name:16} {share:>18} {one.reading:9,} {one.chain:9,} {one.peer:11,} {one.reading / one.peer:9.2f} "
            f"{one.chain / one.peer:7.2f}  {one.unspoken}"
        )


if __name__ == "__main__":
    main()
