"""Lists of names and words from installed packages: nothing is fetched, nothing of them is copied into this project.

First and last names come from the US census lists in `names` and from the locales of `faker`; English words from the
WordNet index of the spaCy model's lemmatizer and spaCy's stop words; places from `faker`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import Any

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.strings import get_string_id

from icp_synth.adapters.english import lemma_tables, word_ranks
from icp_synth.people import ALSO_WORDS
from icp_synth.person_names import CHAT_WORDS, KnownNames

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
_LATIN = re.compile(r"[a-zà-ſ'’-]{2,}")
_FIRST, _LAST = re.compile(r"first_names|first_romanized"), re.compile(r"last_names|last_romanized|surnames")
# Share of Americans, in percent, from which a first name counts although a dictionary has it (James, Peter).
_COMMON, _VERY_COMMON = 0.02, 0.05
# Rank in the vocabulary of the sentence model (about by frequency) from which a word is hardly written as one.
_RARE = 5_000
_VERB_RULES = (
    ("e", "ing"),
    ("e", "ed"),
    ("", "s"),
    ("", "es"),
    ("", "ed"),
    ("", "ing"),
    ("", "d"),
    ("y", "ies"),
    ("y", "ied"),
)


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """All lists, lower-cased. `sure` are first names that are no words, or are far better known as names."""
    shares = _shares()
    first, last = _locales()
    nouns, others = _dictionary()
    places = _places()
    words = CHAT_WORDS | (nouns | others | _inflected(nouns, others) | STOP_WORDS) - (
        first.keys() - nouns - others - STOP_WORDS
    )
    everyday = ALSO_WORDS | places | STOP_WORDS | CHAT_WORDS | _SELDOM
    common = {name for name, locales in first.items() if locales > 1}
    listed = {name for name in shares.keys() | common if name not in words and len(name) > 2}
    rarely = {name for name in first if name not in words}
    better = {n for n, share in shares.items() if share >= (_VERY_COMMON if n in others else _COMMON)}
    last_names = _census("dist.all.last") | frozenset(last)
    ranks = word_ranks()
    rare = {n for n in nouns & (shares.keys() | first.keys() | last.keys()) if ranks.get(n, _RARE) >= _RARE}
    rare |= {n for n in others & shares.keys() if ranks.get(n, _RARE) >= _RARE}
    sure = frozenset((listed | better) - everyday)
    return KnownNames(
        first=frozenset(shares) | frozenset(first),
        last=last_names,
        sure=sure,
        words=frozenset(words - sure),
        likely=frozenset(n for n in (rare | rarely) - everyday if len(n) > 2),
        places=places,
    )


def _census(file: str) -> frozenset[str]:
    text = (resources.files("names") / file).read_text(encoding="ascii")
    return frozenset(line.split()[0].lower() for line in text.splitlines() if line.strip())


def _shares() -> Counter[str]:
    """First name → how many of a hundred Americans bear it, the sexes added."""
    shares: Counter[str] = Counter()
    for file in ("dist.female.first", "dist.male.first"):
        for line in (resources.files("names") / file).read_text(encoding="ascii").splitlines():
            if line.strip():
                name, share = line.split()[:2]
                shares[name.lower()] += float(share)  # type: ignore[assignment]
    return shares


def _locales() -> tuple[Counter[str], Counter[str]]:
    """First and last names in Latin script → number of locales that list them."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for provider in _providers("person"):
        for names, counter in ((_FIRST, first), (_LAST, last)):
            found = {
                name.lower()
                for attribute in filter(names.match, vars(provider))
                for name in _strings(provider, attribute)
            }
            counter.update(name for name in found if _LATIN.fullmatch(name))
    return first, last


def _places() -> frozenset[str]:
    """Cities, states and countries of all locales, lower-cased."""
    places: set[str] = set()
    for provider in _providers("address"):
        for attribute in ("cities", "city_names", "city", "states", "provinces", "countries", "regions", "districts"):
            places.update(name.lower() for name in _strings(provider, attribute))
    return frozenset(place for place in places if len(place) > 2)


def _providers(kind: str) -> list[Any]:
    package = importlib.import_module(f"faker.providers.{kind}")
    return [
        importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for module in pkgutil.iter_modules(package.__path__)
    ]


def _strings(provider: Any, attribute: str) -> list[str]:
    listed = vars(provider).get(attribute)
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, (tuple, list, dict)) else []


def _dictionary() -> tuple[frozenset[str], frozenset[str]]:
    """Words that are nouns only (proper nouns among them), and all others."""
    lookups = lemma_tables()
    index, irregular = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    kinds = [get_string_id(kind) for kind in ("verb", "adj", "adv")]
    others = {word for kind in kinds for table in (index, irregular) if kind in table for word in table[kind]}
    noun = get_string_id("noun")
    return frozenset(index[noun]) | frozenset(irregular[noun]) - others, frozenset(others)


def _inflected(nouns: frozenset[str], others: frozenset[str]) -> set[str]:
    """Regular forms of the words of the dictionary: `errors`, `checking`, `stopped`."""
    made = set()
    for word in nouns | others:
        if not word.isalpha() or len(word) < 3:
            continue
        for cut, ending in _VERB_RULES if word in others else (("", "s"), ("", "es"), ("y", "ies")):
            if word.endswith(cut):
                made.add(word[: len(word) - len(cut)] + ending)
        if word in others:
            made.update((word + word[-1] + "ing", word + word[-1] + "ed"))
    return made
