"""Asking, measured on data that others made: retrieval, when to say nothing, questions without an answer, and speed.

    python -m evals.benchmarks.ask --data ../shared/data [--only retrieval|silence|questions|speed] [--many 100000]

retrieval: QMSum's product meetings (`meetings/qmsum`), half of them by the hash of their names to tune on, the other half to
report. A meeting is a source of kind call, its sentences the corpus; turns are ranked by their best sentence and held
against the gold spans. The plain retriever is LangChain's vector store over the same vectors.
silence: MTRAG (`grounded_qa/mtrag`), rows that are answerable or unanswerable. As given, the unanswerable ones have no passage
at all; `borrowed` gives each the nearest passages of other conversations of its collection instead. The least confidence is
chosen on half of the conversations, F1 of "unanswerable" is that of the other half.
questions: the gold questions of `interviews`, and plausible ones of `unanswered.yaml` that nothing answers: figures only.
speed: `--many` sentences in a store of SQLite and Chroma, four askers at once, warm. The machine's noise is in it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from evals.benchmarks.clusters import vectors_of
from icp_synth import asking
from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.answerability import confidence, weights
from icp_synth.errors import IcpSynthError
from icp_synth.evaluation.asking import Asked, Exact, measure
from icp_synth.evaluation.cases import read_sets
from icp_synth.evaluation.metrics import tunes
from icp_synth.evaluation.reading import drafted, prepared
from icp_synth.pipeline import State
from icp_synth.ports import Vectors
from icp_synth.records import (
    AccountRef,
    CleanBlock,
    CleanSource,
    CleanTurn,
    Filters,
    Locator,
    Manifest,
    RawFile,
    Sentence,
    SourceKind,
)
from icp_synth.retrieval import LEVEL
from icp_synth.sentence_boundaries import sentence_spans

Row = dict[str, Any]
HERE = Path(__file__).parent
_NOISE = re.compile(r"\{[^}]*\}")
_TOP = 10
_BORROWED = 5  # passages
_SEED = 17
AS_OF = dt.date(2026, 1, 1)


def source_of(name: str, said: Sequence[str], kind: SourceKind) -> tuple[CleanSource, list[Sentence]]:
    """A source whose turns these are, all of them a customer's, and its sentences."""
    text, turns, blocks, sentences = "", [], [], []
    for n, words in enumerate(said):
        start = len(text)
        text += f"{words}\n"
        turns.append(CleanTurn(start=start, end=start + len(words), role="customer", voice="verbatim"))
        where = Locator(unit="line", first=n + 1, last=n + 1)
        blocks.append(CleanBlock(start=start, end=start + len(words), locator=where, lines=(n + 1, n + 1)))
        for ordinal, (first, last) in enumerate(sentence_spans(words)):
            sentences.append(
                Sentence(
                    id=f"{name}.{n}.{ordinal}", source_id=name, turn=n, block=n, ordinal=ordinal, start=start + first,
                    end=start + last, text=words[first:last],
                )
            )  # fmt: skip
    source = CleanSource(
        id=name, path=f"{name}.txt", format="txt", kind=kind, text=text, blocks=tuple(blocks), turns=tuple(turns),
        account=AccountRef(id="unknown", name="unknown account", known=False, why="benchmark"),
    )  # fmt: skip
    return source, sentences


def laid_out(source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors) -> tuple[asking.Base, Exact]:
    """One source as an evidence base."""
    library = Exact(sentences, vectors)
    state = State(workspace="benchmark", sources=(source,), statements=(), rows=(), overlays=(), earlier=())
    return asking.base(state, sentences, library), library


# ---------------------------------------------------------------- retrieval


class Meeting(NamedTuple):
    """A meeting: what is said turn by turn, and questions with the turns that answer them."""

    name: str
    turns: list[str]
    questions: list[tuple[str, set[int]]]


def meetings(data: Path) -> list[Meeting]:
    """QMSum's product meetings, without the marks of noises."""
    read = []
    for file in sorted((data / "meetings" / "qmsum" / "product_train").glob("*.json")):
        given = json.loads(file.read_text(encoding="utf-8"))
        turns = [" ".join(_NOISE.sub(" ", turn["content"]).split()) for turn in given["meeting_transcripts"]]
        questions = [
            (
                one["query"],
                {n for a, b in one["relevant_text_span"] for n in range(int(a), int(b) + 1) if n < len(turns)},
            )
            for one in given["specific_query_list"]
        ]
        read.append(Meeting(file.stem, turns, [(question, gold) for question, gold in questions if gold]))
    return read


def ranked(rows: np.ndarray, sentences: Sequence[Sentence]) -> list[int]:
    """Turns in the order of their best sentences."""
    return list(dict.fromkeys(sentences[int(row)].turn for row in rows))


def at_ten(turns: Sequence[int], gold: set[int]) -> tuple[float, float, float]:
    """recall@5, recall@10 and nDCG@10."""
    hits = [turn in gold for turn in turns[:_TOP]]
    ideal = sum(1 / np.log2(n + 2) for n in range(min(_TOP, len(gold))))
    return sum(hits[:5]) / len(gold), sum(hits) / len(gold), sum(h / np.log2(n + 2) for n, h in enumerate(hits)) / ideal


def retrieval(data: Path, embedder: OnnxEmbedder) -> Iterator[Row]:
    """Recall and nDCG of each way to find, on both halves."""
    given = meetings(data)
    parts = {one.name: source_of(one.name, one.turns, "call") for one in given}
    texts = [*(s.text for _, some in parts.values() for s in some), *(q for one in given for q, _ in one.questions)]
    distinct = list(dict.fromkeys(texts))
    vectors = dict(zip(distinct, vectors_of(distinct, embedder), strict=True))
    told: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for one in given:
        source, sentences = parts[one.name]
        matrix = np.stack([vectors[s.text] for s in sentences])
        base, library = laid_out(source, sentences, matrix)
        store = _langchain(sentences, matrix)
        for question, gold in one.questions:
            for way, rows in _ways(question, vectors[question], base, library, matrix, store).items():
                half = "tuning" if tunes(one.name) else "reported"
                told.setdefault((half, way), []).append(at_ten(ranked(rows, base.corpus.sentences), gold))
    for half in ("tuning", "reported"):
        plain = np.mean(told[half, "dense"], axis=0)
        for way in dict.fromkeys(way for _, way in told):
            means = np.mean(told[half, way], axis=0)
            yield {
                "half": half, "way": way, "questions": len(told[half, way]),
                **{name: round(float(mean), 4) for name, mean in zip(("r5", "r10", "ndcg10"), means, strict=True)},
                "r10_gain": f"{float(means[1] / plain[1] - 1):+.1%}",
                "ndcg10_gain": f"{float(means[2] / plain[2] - 1):+.1%}",
            }  # fmt: skip


def _ways(
    question: str, vector: Vectors, base: asking.Base, library: Exact, matrix: Vectors, store: Any
) -> dict[str, np.ndarray]:
    """Rows of sentences, best first, for each way to find."""
    dense = (matrix @ vector).astype(np.float64)
    lexical = base.corpus.lexical(question)

    def scored(values: np.ndarray) -> np.ndarray:
        return (values - values.mean()) / (values.std() or 1.0)

    plain = store.similarity_search_by_vector(vector.tolist(), k=len(matrix))
    return {
        "dense": np.argsort(-dense, kind="stable"),
        "bm25": np.argsort(-lexical, kind="stable"),
        "fused": np.argsort(-(scored(dense) + 0.7 * scored(lexical)), kind="stable"),
        "fused + neighbours": asking.find(question, base, library, _Known(vector), Filters()).rows,
        "langchain": np.array([one.metadata["row"] for one in plain]),
    }


class _Known:
    """Implements `ports.Embedder` for a question whose vector is known."""

    name, dimensions = "known", 384

    def __init__(self, vector: Vectors) -> None:
        self._vector = vector

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector for _ in texts])


def _langchain(sentences: Sequence[Sentence], matrix: Vectors) -> Any:
    """LangChain's store in memory with the same vectors. Raises IcpSynthError where it isn't installed."""
    if not find_spec("langchain_core"):
        raise IcpSynthError(
            "The plain retriever is LangChain's, and it isn't installed.", "`make bench-ask` installs it."
        )
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore

    class Given(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [row.tolist() for row in matrix]

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = OnnxEmbedder().embed([text])[0].tolist()
            return vector

    store = InMemoryVectorStore(Given())
    store.add_texts([s.text for s in sentences], metadatas=[{"row": n} for n in range(len(sentences))])
    return store


# ---------------------------------------------------------------- silence


def silence(data: Path, embedder: OnnxEmbedder) -> Iterator[Row]:
    """F1 of "unanswerable", and the share of the answerable that is refused, on the half that wasn't chosen on."""
    lines = (data / "grounded_qa" / "mtrag" / "reference.without_govt.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for line in lines if (row := json.loads(line))["answerability"] in (["ANSWERABLE"], ["UNANSWERABLE"])]
    passages = [(row["Collection"], row["conversation_id"], one["text"]) for row in rows for one in row["contexts"]]
    distinct = list(dict.fromkeys(passages))
    nearest = vectors_of([text for _, _, text in distinct], embedder)
    for how in ("as given", "borrowed"):
        cases = []
        for row in rows:
            silent, question = row["answerability"] == ["UNANSWERABLE"], _question(row)
            said = [one["text"] for one in row["contexts"]]
            if silent and how == "borrowed":
                likeness = nearest @ embedder.embed([question])[0]
                order = [n for n in np.argsort(-likeness, kind="stable") if _elsewhere(distinct[n], row)]
                said = [distinct[n][2] for n in order[:_BORROWED]]
            cases.append((row["conversation_id"], silent, _sure(question, said, embedder)))
        tuned = [(silent, sure) for name, silent, sure in cases if tunes(name)]
        least = max((round(limit, 2) for limit in np.arange(0.02, 0.98, 0.01)), key=partial(_worth, tuned))
        for half, some in (("tuning", tuned), ("reported", [(s, c) for name, s, c in cases if not tunes(name)])):
            f1, refused = _f1(some, least)
            yield {
                "passages": how, "half": half, "least": least, "rows": len(some), "silent": sum(s for s, _ in some),
                "f1_unanswerable": round(f1, 3), "answerable_refused": round(refused, 3),
            }  # fmt: skip


def _question(row: Row) -> str:
    """The last question; where there were others before it, after the one before."""
    asked = [one["text"] for one in row["input"] if one["speaker"] == "user"]
    return " ".join(asked[-1:])


def _elsewhere(passage: tuple[str, str, str], row: Row) -> bool:
    return passage[0] == row["Collection"] and passage[1] != row["conversation_id"]


def _sure(question: str, passages: Sequence[str], embedder: OnnxEmbedder) -> float:
    lines = [line for text in passages for line in text.split("\n") if line.strip()]
    if not lines:
        return 0.0
    source, sentences = source_of("passages", lines, "note")
    base, library = laid_out(source, sentences, embedder.embed([s.text for s in sentences]))
    return confidence(asking.find(question, base, library, embedder, Filters()))


def _worth(cases: Sequence[tuple[bool, float]], least: float) -> tuple[float, float]:
    """F1 where no more than a tenth of the answerable is refused; of equals the lower."""
    f1, refused = _f1(cases, least)
    return (f1 if refused <= 0.1 else 0.0), -least


def _f1(cases: Sequence[tuple[bool, float]], least: float) -> tuple[float, float]:
    refused = [sure < least for _, sure in cases]
    right = sum(r and silent for r, (silent, _) in zip(refused, cases, strict=True))
    wrong = [r for r, (silent, _) in zip(refused, cases, strict=True) if not silent]
    return 2 * right / max(1, sum(refused) + sum(silent for silent, _ in cases)), sum(wrong) / max(1, len(wrong))


# ---------------------------------------------------------------- questions


def questions(data: Path, embedder: OnnxEmbedder) -> Iterator[Row]:
    """Per set of interviews: the figures of `eval ask`, and how many plausible questions without an answer are answered."""
    from icp_synth.adapters.scrub_workers import ScrubWorkers

    plausible = yaml.safe_load((HERE / "unanswered.yaml").read_text(encoding="utf-8"))
    detector = ScrubWorkers()
    for gold in read_sets(data / "interviews"):
        files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
        keyed = partial(keyed_hash, b"benchmark")
        ready = prepared(gold, files, Manifest(product=gold.product), detector, embedder, keyed)
        read = drafted(ready, embedder, ExtractiveAnalyst(), AS_OF)
        asks = Asked(read, embedder)
        answered = [not asks.respond(one).abstained for one in plausible[gold.folder.name]]
        yield {
            "set": gold.name,
            **{name: figure.value for name, figure in measure(read, embedder).figures.items()},
            "plausible": len(answered),
            "plausible_answered": sum(answered),
        }


# ---------------------------------------------------------------- speed


def speed(data: Path, embedder: OnnxEmbedder, many: int) -> Iterator[Row]:
    """Milliseconds of an answer and memory, with four askers at once, over sentences of the meetings again and again."""
    from icp_synth.adapters.chroma import ChromaIndex
    from icp_synth.adapters.sqlalchemy import SqlStore, migrate, open_engine
    from icp_synth.questions import EvidenceBase

    given = meetings(data)
    draw = np.random.default_rng(_SEED)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/store.db")
        migrate(engine)
        store = SqlStore(engine, "benchmark")
        with ChromaIndex(Path(folder) / "index") as index:
            written = copy = 0
            while written < many:
                one = given[copy % len(given)]
                source, sentences = source_of(f"{one.name}-{copy}", one.turns, "call")
                texts = [s.text for s in sentences]
                distinct = list(dict.fromkeys(texts))
                known = dict(zip(distinct, vectors_of(distinct, embedder), strict=True))
                vectors = np.stack([known[text] for text in texts])
                vectors = vectors + draw.normal(scale=0.2 / 384**0.5, size=vectors.shape).astype(np.float32)
                vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
                store.put_source(source, sentences, vectors)
                index.upsert([s.id for s in sentences], vectors, [{"source": source.id} for _ in sentences])
                written, copy = written + len(sentences), copy + 1
            started = time.perf_counter()
            state = State(
                workspace="benchmark", sources=tuple(store.sources()), statements=(), rows=(), overlays=(), earlier=()
            )
            base = EvidenceBase(store, lambda: index, lambda: embedder, lambda: state)
            asked = [question for one in given for question, _ in one.questions]
            base.ask(asked[0])
            cold = time.perf_counter() - started
            for question in asked[:40]:
                base.ask(question)
            took: list[float] = []
            cores = time.process_time()
            askers = [threading.Thread(target=_ask, args=(base, asked[40 + n : 240 : 4], took)) for n in range(4)]
            for one_asker in askers:
                one_asker.start()
            for one_asker in askers:
                one_asker.join()
            yield {
                "sentences": written, "askers": 4, "answers": len(took), "first_seconds": round(cold, 1),
                "cpu_ms": round((time.process_time() - cores) * 1000 / len(took)),
                "p50_ms": round(float(np.percentile(took, 50)) * 1000), "p95_ms": round(float(np.percentile(took, 95)) * 1000),
                "load": round(os.getloadavg()[0], 1), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }  # fmt: skip


def _ask(base: Any, asked: Sequence[str], took: list[float]) -> None:
    for question in asked:
        started = time.perf_counter()
        base.ask(question)
        took.append(time.perf_counter() - started)


def main() -> None:
    """Print rows as they come, or everything as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=("retrieval", "silence", "questions", "speed"))
    parser.add_argument("--many", type=int, default=0, help="sentences of the run for speed; none if not given")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    embedder = OnnxEmbedder()
    tables = {
        "retrieval": partial(retrieval, given.data, embedder),
        "silence": partial(silence, given.data, embedder),
        "questions": partial(questions, given.data, embedder),
        **({"speed": partial(speed, given.data, embedder, given.many)} if given.many else {}),
    }
    told: dict[str, list[Row]] = {}
    for table, rows in tables.items():
        for row in rows() if given.only in (None, table) else ():
            told.setdefault(table, []).append(row)
            if not given.json:
                print(table, " ".join(f"{key}={value}" for key, value in row.items()), flush=True)
    if given.json:
        print(json.dumps({"least": weights().least, "level": LEVEL, **told}, indent=2))


if __name__ == "__main__":
    main()
