"""Fit when a question is answered: `python -m evals.training.answering`.

Reads `questions.yaml` and the sentences of `statements/` that it asks about. Each industry is a corpus, each company an
account, each sentence a turn of its own that answers its question. The figures that are printed are held out by industry:
a question is judged by weights that never saw its industry. Writes `icp_synth/answerability.json`, and how common words
are in what customers say at large to `icp_synth/commonness.json`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.answerability import Weights, figures, probability
from icp_synth.ports import Embedder, Vectors
from icp_synth.records import AccountRef, CleanBlock, CleanSource, CleanTurn, Locator, Sentence
from icp_synth.retrieval import Corpus, Found, rank, terms

HERE = Path(__file__).parent
WRITTEN = HERE.parent.parent / "icp_synth" / "answerability.json"
COMMON = WRITTEN.with_name("commonness.json")
LEAST_COMMON = 8  # sentences or questions that a term must stand in
PENALTY = 0.1
# Of the questions that nothing answers, at most this share may be answered where weights are held out.
WRONG = 0.15
TOP = 3


class Asked(NamedTuple):
    """A question put to an industry: its figures, whether anything answers it, and whether that came among the first."""

    industry: str
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
    typical = likeness[[corpus.row[name] for name in corpus.level()]]
    return rank(corpus, question, likeness, corpus.lexical(question), rows, held.vectors, typical, allowed)


def asked(embedder: Embedder) -> Iterator[Asked]:
    """Every question of the file."""
    given = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
    for industry, questions in given.items():
        held = library(industry, embedder)
        for question, lines in [*questions["answered"].items(), *((one, []) for one in questions["silent"])]:
            found = look(question, held, embedder.embed([question])[0])
            first = {held.lines.get(held.corpus.sentences[row].id) for row in found.rows[:TOP]}
            yield Asked(industry, question, figures(found), bool(lines), bool(first & {*lines}))


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
    questions = list(asked(OnnxEmbedder()))
    chances = np.zeros(len(questions))
    for industry in sorted({one.industry for one in questions}):
        known = fit([one for one in questions if one.industry != industry])
        for n, one in enumerate(questions):
            if one.industry == industry:
                chances[n] = probability(one.figures, known)
    truth = np.array([one.answered for one in questions])
    silent = np.sort(chances[~truth])[::-1]
    least = round(float(silent[int(WRONG * len(silent))]) + 0.005, 2)
    hits = [one.hit for one in questions if one.answered]
    print(f"{truth.sum()} answered, {len(silent)} silent; a right line among the first {TOP}: {np.mean(hits):.2f}")
    above = float(np.mean([[a > s for s in silent] for a in chances[truth]]))
    print(f"held out: area under the curve {above:.3f}")
    for limit in sorted({0.5, 0.6, 0.7, 0.8, least}):
        said = chances >= limit
        print(f"  {limit:.2f}: {said[truth].mean():.2f} answered, {said[~truth].mean():.2f} of the silent ones too")
    written = fit(questions, least)
    WRITTEN.write_text(json.dumps(written.model_dump(), indent=2) + "\n", encoding="utf-8")
    print(f"least confidence {least}; wrote {WRITTEN.name}: {written.weight}")


if __name__ == "__main__":
    main()
