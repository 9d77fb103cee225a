"""Names of persons for generated text, from the census lists of `names` and the locales of `faker`.

A quarter of them is in no list: made letter by letter after the listed ones, or misspelt, so that what learns from them
can't lean on lists alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cached_property
from importlib import import_module, resources
from itertools import accumulate
from pkgutil import iter_modules
from random import Random
from typing import Any

_LATIN = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž'’-]*(?: [A-Za-zÀ-ž'’-]+)?")
_FIRST, _LAST = re.compile(r"first_names|first_romanized"), re.compile(r"last_names|last_romanized|surnames")
# Locales of the customers that an English-speaking team writes about most, drawn as often as all others together.
_OFTEN = "en_US en_GB en_IN en_IE en_NZ de_DE fr_FR es_MX es_ES it_IT nl_NL pl_PL sv_SE hi_IN ta_IN zh_CN en_NG".split()


class People:
    """Draws first and last names. Everything comes from `rng`."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def first(self) -> str:
        """A first name, capitalised."""
        return self._name("first")

    def last(self) -> str:
        """A last name, capitalised."""
        return self._name("last")

    def full(self) -> tuple[str, str, str]:
        """First name, last name and how the whole is written: mostly the two, at times with a middle name or initial."""
        first, last = self.first(), self.last()
        middle = self._rng.choices(
            ["", f"{self._rng.choice('ABCDEFGHJKLMNPRSTW')}.", self._rng.choice("ABCDEFGHJKLMNPRSTW"), self.first()],
            [84, 5, 4, 7],
        )[0]
        if self._rng.random() < 0.03:
            last = f"{last}-{self.last()}"
        if self._rng.random() < 0.02:
            return first, last, f"{first[0]}. {last}"
        return first, last, f"{first} {middle} {last}" if middle else f"{first} {last}"

    def _name(self, part: str) -> str:
        draw = self._rng.random()
        if draw < 0.4:
            names, weights = self._census[part]
            name = self._rng.choices(names, cum_weights=weights)[0]
        else:
            lists = self._locales[part]
            often = [key for key in _OFTEN if key in lists]
            name = self._rng.choice(lists[self._rng.choice(often if self._rng.random() < 0.5 else sorted(lists))])
        if draw > 0.86:
            name = self.invented(part)
        elif draw > 0.75:
            name = misspelt(name, self._rng)
        return name

    def invented(self, part: str) -> str:
        """A name that sounds like the listed ones, capitalised; `part` is "first" or "last"."""
        follows = self._letters[part]
        while True:
            name = "^^"
            while len(name) < 16 and not name.endswith("$"):
                name += self._rng.choice(follows[name[-2:]])
            if name.endswith("$") and len(name) - 2 >= 5:
                return name[2:-1].capitalize()

    @cached_property
    def _census(self) -> dict[str, tuple[list[str], list[float]]]:
        found: dict[str, tuple[list[str], list[float]]] = {}
        for part, files in (("first", ("dist.female.first", "dist.male.first")), ("last", ("dist.all.last",))):
            rows = [row.split() for file in files for row in (resources.files("names") / file).read_text().splitlines()]
            rows = [row for row in rows if len(row) > 1]
            # Square roots: common names stay common, rare ones turn up.
            weights = accumulate((float(row[1]) + 0.0005) ** 0.5 for row in rows)
            found[part] = [row[0].capitalize() for row in rows], list(weights)
        return found

    @cached_property
    def _locales(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {"first": {}, "last": {}}
        package = import_module("faker.providers.person")
        for module in iter_modules(package.__path__):
            provider: Any = import_module(f"{package.__name__}.{module.name}").Provider
            for part, wanted in (("first", _FIRST), ("last", _LAST)):
                names: set[str] = set()
                for attribute in filter(wanted.match, vars(provider)):
                    listed = vars(provider)[attribute]
                    if isinstance(listed, (tuple, list, dict)):
                        names |= {name for name in map(str, listed) if _LATIN.fullmatch(name) and len(name) > 1}
                if names:
                    found[part][module.name] = sorted(names)
        return found

    @cached_property
    def _letters(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for part, lists in self._locales.items():
            follows: dict[str, list[str]] = defaultdict(list)
            for names in lists.values():
                for name in names[:300]:
                    padded = f"^^{name.lower()}$"
                    for at in range(len(padded) - 2):
                        if " " not in padded[at : at + 3]:
                            follows[padded[at : at + 2]].append(padded[at + 2])
            found[part] = follows
        return found


def plain(name: str) -> str:
    """The name as in an address: lower-cased ASCII letters alone."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", name.lower())) or "user"


def misspelt(word: str, rng: Random) -> str:
    """The word with a letter doubled, dropped, changed or swapped; words of up to three letters stay."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at] + word[at:]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + rng.choice("aeioulnrst") + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
