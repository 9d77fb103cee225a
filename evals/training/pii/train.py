"""Train the tagger of names and addresses: `python -m evals.training.pii.train` (some minutes on one core).

Everything is generated (`generate.py`) but for the sentences without names of `evals/training/statements`, which are
hand-written prose about products and companies. Seeds, order and threads are fixed: the same machine with
the same packages makes the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import set_dropout_rate
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from evals.training.pii.generate import Labelled, generate
from icp_synth.adapters.ner import FOLDER, LABELS, fingerprint
from icp_synth.adapters.ner.hints import hints

STATEMENTS = Path(__file__).parent.parent / "statements"
SEED = 11
Floats = NDArray[np.float32]
TEXTS, BATCH, DROPOUT = 170_000, 64, 0.1
WIDTH, DEPTH = 64, 4
ROWS = {"NORM": 4000, "PREFIX": 1000, "SUFFIX": 2000, "SHAPE": 1000, "TAG": 64, "LEMMA": 128}
RATE = 0.002
# A name that lists know loses its hint this often, so that names which no list knows are learnt from their context.
UNLISTED, UNLISTED_OTHER = 0.25, 0.04


def pipe() -> Language:
    """The untrained pipe: hints, then the network."""
    nlp = spacy.blank("en", meta={"name": "icp_synth_personal", "version": "1.0.0"})
    nlp.add_pipe("icp_synth_name_hints")
    nlp.add_pipe(
        "icp_synth_token_ner",
        config={
            "model": {
                "@architectures": "spacy.Tagger.v2",
                "normalize": True,
                "tok2vec": {
                    "@architectures": "spacy.Tok2Vec.v2",
                    "embed": {
                        "@architectures": "spacy.MultiHashEmbed.v2", "width": WIDTH, "attrs": list(ROWS),
                        "rows": list(ROWS.values()), "include_static_vectors": False,
                    },
                    "encode": {
                        "@architectures": "spacy.MaxoutWindowEncoder.v2", "width": WIDTH, "depth": DEPTH,
                        "window_size": 1, "maxout_pieces": 3,
                    },
                },
            }
        },
    )  # fmt: skip
    return nlp


def prose() -> list[Labelled]:
    """Hand-written statements in which no word with a capital is a first name: prose without persons, twice in lower case."""
    texts = [
        str(json.loads(line)["text"])
        for file in sorted(STATEMENTS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    inner = re.compile(r"(?<=[\w,;] )[A-Z][a-z]+")
    bare = [text for text in texts if not any(hints().of(w.lower())[0][0] in "FGg" for w in inner.findall(text))]
    return [Labelled(text=form, spans=()) for text in bare for form in (text, text.lower())]


def documents(seed: int, count: int) -> Iterator[Labelled]:
    """Generated texts, a fifth of them two to five joined by line breaks as turns of one conversation are, and prose."""
    rng = Random(seed)
    plain = prose()
    waiting = list(generate(seed, count))
    while waiting:
        parts = [waiting.pop() for _ in range(min(len(waiting), rng.choice([1, 1, 1, 1, 1, 1, 1, 2, 3, 5])))]
        yield _together(parts)
        if rng.random() < 0.1:
            yield rng.choice(plain)


def _together(parts: list[Labelled]) -> Labelled:
    text, spans = "", []
    for part in parts:
        text += "\n" if text else ""
        spans += [(start + len(text), end + len(text), label) for start, end, label in part.spans]
        text += part.text
    return Labelled(text=text, spans=tuple(spans))


def learnable(nlp: Language, row: Labelled, rng: Random) -> tuple[Doc, Floats]:
    """What the network reads, with hints partly removed, and the label of each token: (tokens, labels) of 0 and 1."""
    doc = nlp.get_pipe("icp_synth_name_hints")(nlp.make_doc(row.text))
    truth = np.zeros((len(doc), len(LABELS)), dtype=np.float32)
    truth[:, LABELS.index("O")] = 1
    for start, end, label in row.spans:
        for token in doc.char_span(start, end, alignment_mode="expand") or ():
            if not token.is_space:
                truth[token.i] = [label == one for one in LABELS]
    for token in doc:
        if rng.random() < (UNLISTED if truth[token.i, LABELS.index("PERSON")] else UNLISTED_OTHER):
            token.tag_ = "-"
    return doc, truth


def train(texts: int = TEXTS) -> Language:
    """A trained pipe. No text is read twice; the rate falls in a straight line to a twentieth."""
    spacy.util.fix_random_seed(SEED)  # type: ignore[attr-defined]
    nlp = pipe()
    tagger: Any = nlp.get_pipe("icp_synth_token_ner")
    sample = Example.from_dict(nlp.make_doc("hello there"), {"tags": ["O", "O"]})
    tagger.initialize(lambda: [sample], nlp=nlp, labels=LABELS)
    set_dropout_rate(tagger.model, DROPOUT)
    optimizer: Any = nlp.create_optimizer()  # type: ignore[no-untyped-call]
    rng = Random(SEED)
    began, loss, rows = time.perf_counter(), 0.0, list(documents(SEED, texts))
    rng.shuffle(rows)
    for at in range(0, len(rows), BATCH):
        optimizer.learn_rate = RATE * max(0.05, 1 - at / len(rows))
        docs, truths = zip(*(learnable(nlp, row, rng) for row in rows[at : at + BATCH]), strict=True)
        chances, back = tagger.model.begin_update(list(docs))
        back([(said - true) / 8 for said, true in zip(chances, truths, strict=True)])
        tagger.model.finish_update(optimizer)
        loss += sum(float(np.abs(said - true).sum()) for said, true in zip(chances, truths, strict=True))
        if at // BATCH % 100 == 99:
            wrong = loss / BATCH / 200
            print(
                f"{time.perf_counter() - began:5.0f} s, {at} of {len(rows)} texts, {wrong:.3f} tokens wrong a text",
                flush=True,
            )
            loss = 0.0
    set_dropout_rate(tagger.model, 0.0)
    return nlp


def main() -> None:
    """Train, write, and print the fingerprint that `icp_synth/adapters/ner` checks."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--texts", type=int, default=TEXTS)
    arguments = parser.parse_args()
    with threadpool_limits(1):  # how a sum is split among threads changes its last bits
        nlp = train(arguments.texts)
    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    nlp.to_disk(arguments.out, exclude=["vocab"])
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    print(f"wrote {arguments.out.name}, {size:,} bytes, sha256 {fingerprint(arguments.out)}")


if __name__ == "__main__":
    main()
