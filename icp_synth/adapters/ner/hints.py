"""What lists say of a word, in two short codes that the network reads beside the word itself.

The lists come from installed packages and nothing of them is copied: names from the US census (`names`) and the locales
of `faker`, places from `faker`, words from the WordNet index of the spaCy model, and how common a word is from the order of the
sentence model's vocabulary. They belong to the weights: whoever changes them trains anew.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib import import_module, resources
from pkgutil import iter_modules
from typing import Any

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.strings import get_string_id

from icp_synth.adapters.english import lemma_tables, word_ranks

_FIRST, _LAST = re.compile(r"first_names|first_romanized"), re.compile(r"last_names|last_romanized|surnames")
_PLACES = re.compile(r"cities|city_names|city$|states|provinces|countries|regions|districts")
_ENDING = re.compile(r"(?:ing|ies|ied|ed|es|s|d|ly|r|er)$")
# Shares of Americans in percent, and places in the vocabulary, at which a code changes.
_COMMON_FIRST, _COMMON_LAST, _RANKS = 0.02, 0.004, (2500, 5000, 12000)


class Hints:
    """Codes of a word. Building one reads the lists (about a second)."""

    def __init__(self) -> None:
        self._first_shares = _census("dist.female.first") | _census("dist.male.first")
        self._last_shares = _census("dist.all.last")
        self._first, self._last = _listed("person", _FIRST), _listed("person", _LAST)
        self._places = _listed("address", _PLACES)
        self._verbs, self._nouns = _dictionary()
        self._ranks = word_ranks()

    def of(self, word: str) -> tuple[str, str]:
        """The name code and the word code of a lower-cased word; a possessive counts as its stem."""
        stem = re.sub(r"['’]s?$", "", word)
        return self._name(stem), self._word(stem)

    def _name(self, stem: str) -> str:
        share, locales = self._first_shares.get(stem), self._first[stem]
        first = "F" if share and share >= _COMMON_FIRST else "G" if share or locales > 1 else "g" if locales else ""
        share, locales = self._last_shares.get(stem), self._last[stem]
        last = "L" if share and share >= _COMMON_LAST else "M" if locales > 1 else "m" if locales or share else ""
        return first + last or "-"

    def _word(self, stem: str) -> str:
        forms = {stem, _ENDING.sub("", stem), _ENDING.sub("", stem) + "e", _ENDING.sub("", stem) + "y"}
        kind = "S" if stem in STOP_WORDS else "V" if forms & self._verbs else "N" if forms & self._nouns else ""
        rank = self._ranks.get(stem)
        often = "" if rank is None else str(sum(rank >= limit for limit in _RANKS))
        return f"{kind}{often}{'P' if stem in self._places else ''}" or "-"


@lru_cache(maxsize=1)
def hints() -> Hints:
    """The hints of this process."""
    return Hints()


def _census(file: str) -> dict[str, float]:
    rows = [line.split() for line in (resources.files("names") / file).read_text(encoding="ascii").splitlines()]
    return {row[0].lower(): float(row[1]) for row in rows if len(row) > 1}


def _listed(kind: str, wanted: re.Pattern[str]) -> Counter[str]:
    """Entries of the wanted lists, lower-cased → number of locales that have them."""
    package = import_module(f"faker.providers.{kind}")
    counts: Counter[str] = Counter()
    for module in iter_modules(package.__path__):
        provider: Any = import_module(f"{package.__name__}.{module.name}").Provider
        found: set[str] = set()
        for attribute in filter(wanted.match, vars(provider)):
            listed = vars(provider)[attribute]
            if isinstance(listed, (tuple, list, dict)):
                found |= {
                    word
                    for entry in listed
                    if isinstance(entry, str)
                    for word in entry.lower().split()
                    if len(word) > 1
                }
        counts.update(found)
    return counts


def _dictionary() -> tuple[set[str], set[str]]:
    """Verbs, adjectives and adverbs; nouns."""
    lookups = lemma_tables()
    words: dict[str, set[str]] = {kind: set() for kind in ("verb", "adj", "adv", "noun")}
    for kind, found in words.items():
        for table in ("lemma_index", "lemma_exc"):
            found.update(lookups.get_table(table).get(get_string_id(kind), ()))
    return words["verb"] | words["adj"] | words["adv"], words["noun"]
