"""Where the time goes, per stage, in KB of evidence text per second: `make bench`.

    python -m evals.benchmarks.stages [PATH] [--product P]
    python -m evals.benchmarks.stages --snippets 20000 --data ../shared/data/intents

Runs the flow on PATH (the built-in evidence if not given) in this process, or on so many customer messages of a public
set as a table of survey answers, and beside it two named peers on the same text: Presidio's own `AnalyzerEngine.analyze()`
with the same spaCy model for scrubbing, and the sentence model alone, one sentence at a time on all cores, for everything
behind scrubbing. Wall seconds; the machine's noise is in them, so read the ratios.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from icp_synth import assets, pipeline
from icp_synth.adapters.files import collect, find_manifest
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.adapters.presidio import PresidioDetector
from icp_synth.adapters.stock_presidio import StockPresidio
from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.records import CleanSource, Manifest, PrivacyRules, RawFile, Source
from icp_synth.stages.ingest import ingest
from icp_synth.stages.ingest import manifest as manifests
from icp_synth.stages.render import render
from icp_synth.stages.segment import segment

STOCK = "peer: stock Presidio analyze()"
ALONE = "peer: sentence model alone, all cores"
KEYED = partial(keyed_hash, b"benchmark")


class Clock:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def run(path: Path, product: str | None, rendered: bool) -> tuple[Clock, float, str]:
    """Time every stage on the evidence of `path`. Returns the clock, KB of clean text, and the peers' text."""
    clock = Clock()
    with clock.stage("load models"):
        detector, embedder, analyst = PresidioDetector(), OnnxEmbedder(), ExtractiveAnalyst()
        detector.find("Warm up, Jane."), embedder.embed(["warm up"])
    found = find_manifest(path)
    manifest = manifests.parse(*found) if found else Manifest()
    raws: list[Source] = []
    with clock.stage("ingest"):
        for item in collect(path, None):
            if isinstance(item, RawFile):
                raws.extend(ingest(item, manifest).sources)
    with clock.stage("roles and scrub"):
        scrubbed = pipeline.clean_all(raws, manifest, detector, KEYED, PrivacyRules())
    cleaned = [*{source.id: source for source in scrubbed if isinstance(source, CleanSource)}.values()]
    with clock.stage("segment"):
        segmented = [tuple(segment(source)) for source in cleaned]
    with clock.stage("embed"):
        embedded = [pipeline.embed(sentences, embedder) for sentences in segmented]
    with clock.stage("read"):
        found = pipeline.read_all(list(zip(cleaned, segmented, embedded, strict=True)), analyst, embedder)
    statements, vectors = [], {}
    for sentences, rows, read in zip(segmented, embedded, found, strict=True):
        statements.extend(read.what)
        row = {sentence.id: n for n, sentence in enumerate(sentences)}
        vectors |= {s.id: rows[row[s.sentence_ids[0]]] for s in read.what}
    state = pipeline.State(
        workspace="bench", sources=tuple(cleaned), statements=tuple(statements), rows=(), overlays=(), earlier=()
    )
    with clock.stage("cluster, word, synthesize"):
        draft = pipeline.draft(
            state, vectors, product=product or manifest.product or "the product", analyst=analyst,
            embedder=embedder, as_of=dt.date(2026, 1, 1),
        )  # fmt: skip
    if rendered:
        with clock.stage("render"):
            render(draft.profile, assets.template_dir())
    text = "\n".join(source.text for source in cleaned)
    with clock.stage(ALONE):
        OnnxEmbedder().embed([sentence.text for source in cleaned for sentence in segment(source)])
    return clock, len(text.encode()) / 1000, text


def snippets(folder: Path, number: int, table: Path) -> None:
    """Write so many customer messages of banking77 and clinc150 as a table, drawn with a fixed seed."""
    with (folder / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    clinc = json.loads((folder / "clinc150" / "data_small.train_val.json").read_text(encoding="utf-8"))
    texts += [text for part in sorted(clinc) for text, _ in clinc[part]]
    several = sorted({" ".join(text.split()) for text in texts})
    if number > len(several):
        raise SystemExit(f"{folder} holds {len(several)} messages, not {number}.")
    drawn = random.Random(0).sample(several, number)
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Response ID", "Company", "What is on your mind?"])
        rows.writerows([n, f"Company {n % 997}", text] for n, text in enumerate(drawn))


def peers(clock: Clock, text: str) -> None:
    """Time the two peers on the same text."""
    analyze = StockPresidio().analyze
    chunks = [text[n : n + 8000] for n in range(0, len(text), 8000)]
    with clock.stage(STOCK):
        for chunk in chunks:
            analyze(chunk)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("path", type=Path, nargs="?", default=assets.golden_dir() / "titancrm" / "evidence")
    parser.add_argument("--product")
    parser.add_argument("--snippets", type=int, help="So many customer messages of --data instead of PATH.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/intents"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if given.snippets:
            given.path = Path(scratch) / "survey.csv"
            snippets(given.data, given.snippets, given.path)
        clock, size, text = run(given.path, given.product, not given.snippets)
    if not given.snippets:
        peers(clock, text)
    print(f"{size:.0f} KB of clean text")
    for stage, seconds in clock.seconds.items():
        rate = "" if stage in ("load models", "render") else f"{size / max(seconds, 1e-9):10.0f} KB/s"
        print(f"{stage:38} {seconds:7.2f} s {rate}")
    reading = sum(clock.seconds[s] for s in ("segment", "read", "cluster, word, synthesize"))
    if not given.snippets:
        scrubbing = clock.seconds["roles and scrub"] / clock.seconds[STOCK]
        print(f"scrubbing takes {scrubbing:.2f} of stock Presidio's time")
    print(f"reading adds {reading / clock.seconds[ALONE]:.2f} of the time that the sentence model alone takes")


if __name__ == "__main__":
    main()
