"""Fit when a question is answered: `python -m evals.training.answering`.

Reads `questions.yaml` and the sentences of `statements/` that it asks about: each industry is a corpus, each company an
account, each sentence a turn of its own that answers its question. And the sets of `interviews/`, long conversations that are
taken in and read as a user's evidence is. The figures that are printed are held out by industry or set: a question is judged
by weights that never saw its own. Writes `icp_synth/answerability.json`, and how common words
are in what customers say at large to `icp_synth/commonness.json`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.adapters.scrub_workers import ScrubWorkers
from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.answerability import Weights, figures, probability
from icp_synth.evaluation import asking as evaluation
from icp_synth.evaluation.cases import read_sets
from icp_synth.evaluation.gold_file import Place
from icp_synth.evaluation.reading import Prepared, bears, drafted, prepared
from icp_synth.ports import Embedder, Vectors
from icp_synth.records import (
    AccountRef,
    CleanBlock,
    CleanSource,
    CleanTurn,
    Locator,
    Manifest,
    RawFile,
    Sentence,
)
from icp_synth.retrieval import Corpus, Found, rank, terms

HERE = Path(__file__).parent
WRITTEN = HERE.parent.parent / "icp_synth" / "answerability.json"
COMMON = WRITTEN.with_name("commonness.json")
LEAST_COMMON = 8  # sentences or questions that a term must stand in
PENALTY = 0.1
# Of the questions that nothing answers, at most this share may be answered where weights are held out. They are meant to be
# hard; up to here each further right answer costs no more than one wrong one.
WRONG = 0.2
TOP = 3
AS_OF = dt.date(2026, 3, 1)


class Asked(NamedTuple):
    """A question put to an industry: its figures, whether anything answers it, and whether that came among the first."""

    about: str
    question: str
    figures: dict[str, float]
    answered: bool
    hit: bool


class Library(NamedTuple):
    """An industry's sentences as a corpus, with their vectors."""

    corpus: Corpus
    vectors: Vectors
    lines: dict[str, int]
    companies: list[str]


def library(industry: str, embedder: Embedder) -> Library:
    """The sentences of an industry as one source a company, each answering its question."""
    given = [json.loads(line) for line in (HERE / "statements" / f"{industry}.jsonl").read_text("utf-8").splitlines()]
    sources, sentences, kinds, lines = [], [], {}, {}
    for company in sorted({row["company"] or "" for row in given}):
        text, turns, blocks = "", [], []
        for number, row in enumerate(given, 1):
            if (row["company"] or "") != company:
                continue
            asked = None
            for said, role in ((row["question"] or "", "us"), (row["text"], "customer")):
                if said:
                    start, asked = len(text), len(turns) - 1 if role == "customer" and row["question"] else None
                    text += said
                    where = Locator(unit="line", first=len(turns) + 1, last=len(turns) + 1)
                    blocks.append(CleanBlock(start=start, end=len(text), locator=where))
                    turns.append(CleanTurn(start=start, end=len(text), role=role, voice="verbatim", question=asked))
                    name = f"{company}.{len(turns)}"
                    sentences.append(
                        Sentence(
                            id=name, source_id=company or "nobody", turn=len(turns) - 1, block=len(blocks) - 1, ordinal=0,
                            start=start, end=len(text), text=said,
                            question=(row["question"] or "") if role == "customer" else "",
                            heading=(row["heading"] or "") if role == "customer" else "",
                        )
                    )  # fmt: skip
                    text += "\n"
            kinds[sentences[-1].id], lines[sentences[-1].id] = row["kinds"], number
        account = AccountRef(id=company or "nobody", name=company, known=bool(company), why="told")
        sources.append(
            CleanSource(
                id=company or "nobody", path=f"{company}.txt", format="txt", kind="interview", text=text,
                blocks=tuple(blocks), turns=tuple(turns), account=account,
            )
        )  # fmt: skip
    corpus = Corpus(sources, sentences, kinds, {source.id: source.account.name for source in sources})
    vectors = embedder.embed([sentence.text for sentence in corpus.sentences])
    return Library(corpus, vectors, lines, [source.account.name for source in sources if source.account.known])


def look(question: str, held: Library, vector: Vectors) -> Found:
    """All sentences of the industry in order; those of a company alone where the question names it."""
    corpus = held.corpus
    rows = np.arange(len(corpus))
    named = [name for name in held.companies if name.split()[0] in question.split()[1:] or name in question]
    of = np.array([not named or sentence.source_id in named for sentence in corpus.sentences])
    allowed = corpus.customer & of
    likeness = (held.vectors @ vector).astype(np.float64)
    typical = likeness[corpus.level()]
    return rank(corpus, question, likeness, corpus.lexical(question), rows, held.vectors, typical, allowed)


def of_industries(embedder: Embedder) -> Iterator[Asked]:
    """Every question of `questions.yaml`."""
    given = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
    for industry, questions in given.items():
        held = library(industry, embedder)
        for question, lines in [*questions["answered"].items(), *((one, []) for one in questions["silent"])]:
            found = look(question, held, embedder.embed([question])[0])
            first = {held.lines.get(held.corpus.sentences[row].id) for row in found.rows[:TOP]}
            yield Asked(industry, question, figures(found), bool(lines), bool(first & {*lines}))


def of_interviews(embedder: Embedder) -> Iterator[Asked]:
    """Every question of the sets of `interviews`."""
    detector, keyed = ScrubWorkers(), partial(keyed_hash, b"training")
    for gold in read_sets(HERE / "interviews"):
        files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
        ready = prepared(gold, files, Manifest(product=gold.product), detector, embedder, keyed)
        asks = evaluation.Asked(drafted(ready, embedder, ExtractiveAnalyst(), AS_OF), embedder)
        for one in gold.questions:
            found = asks.find(one.question)
            first = [asks.base.corpus.sentences[row] for row in found.rows[:TOP]]
            hit = any(_stands_at(sentence, place, ready) for sentence in first for place in one.evidence)
            yield Asked(gold.name, one.question, figures(found), bool(one.evidence), hit)


def _stands_at(sentence: Sentence, place: Place, ready: Prepared) -> bool:
    lines = ready.sources[sentence.source_id].blocks[sentence.block].lines
    return bears(sentence.source_id, lines, sentence.text, place, ready)


def fit(questions: list[Asked], least: float = 0.5) -> Weights:
    """The weights of these questions."""
    names = [*questions[0].figures]
    x = np.array([[one.figures[name] for name in names] for one in questions])
    mean, deviation = x.mean(axis=0), x.std(axis=0).clip(1e-6)
    model = LogisticRegression(C=PENALTY).fit((x - mean) / deviation, [one.answered for one in questions])

    def named(values: np.ndarray) -> dict[str, float]:
        return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}

    return Weights(
        mean=named(mean), deviation=named(deviation), weight=named(model.coef_[0]),
        bias=round(float(model.intercept_[0]), 5), least=least,
    )  # fmt: skip


def commonness() -> dict[str, float]:
    """Per term, the share of all training sentences, and of their questions, that hold it, where that isn't tiny."""
    counted: Counter[str] = Counter()
    texts = set()
    for file in sorted((HERE / "statements").glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        texts |= {text for row in rows for text in (row["text"], row["question"]) if text}
    for text in texts:
        counted.update({*terms(text)})
    return {term: round(n / len(texts), 5) for term, n in sorted(counted.items()) if n >= LEAST_COMMON}


def main() -> None:
    """Hold out, choose the least confidence, fit on everything, write."""
    COMMON.write_text(json.dumps(commonness(), indent=0) + "\n", encoding="utf-8")
    embedder = OnnxEmbedder()
    questions = [*of_industries(embedder), *of_interviews(embedder)]
    chances = np.zeros(len(questions))
    for about in sorted({one.about for one in questions}):
        known = fit([one for one in questions if one.about != about])
        for n, one in enumerate(questions):
            if one.about == about:
                chances[n] = probability(one.figures, known)
    truth = np.array([one.answered for one in questions])
    silent = np.sort(chances[~truth])[::-1]
    least = round(float(silent[int(WRONG * len(silent))]) + 0.005, 2)
    talks = np.array([one.about in {gold.name for gold in read_sets(HERE / "interviews")} for one in questions])
    for name, mine in (("all", truth | ~truth), ("statements", ~talks), ("interviews", talks)):
        yes, no = chances[mine & truth], chances[mine & ~truth]
        hits = [one.hit for one, its in zip(questions, mine & truth, strict=True) if its]
        above = float(np.mean(yes[:, None] > no))
        print(f"{name}: {len(yes)} answered, {len(no)} silent; a right line among the first {TOP}: {np.mean(hits):.2f}")
        print(f"  held out: area under the curve {above:.3f}")
        for limit in sorted({0.5, 0.6, 0.7, least}):
            said = f"{(yes >= limit).mean():.2f} answered, {(no >= limit).mean():.2f} of the silent ones too"
            print(f"  {limit:.2f}: {said}")
    written = fit(questions, least)
    WRITTEN.write_text(json.dumps(written.model_dump(), indent=2) + "\n", encoding="utf-8")
    print(f"least confidence {least}; wrote {WRITTEN.name}: {written.weight}")


if __name__ == "__main__":
    main()
