"""What the generators draw from: one random generator, the word lists of `words.txt`, `faker`, and people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from random import Random
from string import digits

from faker import Faker

from evals.training.pii.people import People

_LINES = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines()
WORDS = {name: words.split("|") for name, words in (line.split(": ", 1) for line in _LINES if not line.startswith("#"))}
# Only locales whose lists don't depend on the order of a set; how many cities to draw from each.
_CITIES = {
    "en_IN": 60, "de_DE": 80, "pl_PL": 50, "es_ES": 50, "sv_SE": 40, "nl_NL": 30, "fr_FR": 40, "en_US": 100, "en_GB": 60,
    "en_NZ": 20,
}  # fmt: skip


class Draws:
    """Draws values; two of the same seed draw the same."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.people = People(rng)
        self._fakers: dict[str, Faker] = {}

    def one(self, *choices: str) -> str:
        """One of the choices."""
        return self.rng.choice(choices)

    def of(self, choices: Sequence[str]) -> str:
        """One of a sequence."""
        return self.rng.choice(choices)

    def word(self, name: str) -> str:
        """One word of a list of `words.txt`."""
        return self.rng.choice(WORDS[name])

    def number(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return self.rng.randint(low, high)

    def digits(self, n: int) -> str:
        """`n` digits, the first of them not zero."""
        return str(self.number(1, 9)) + "".join(self.rng.choice(digits) for _ in range(n - 1))

    def city(self) -> str:
        """A town."""
        return self.of(self._cities)

    def country(self) -> str:
        """A country."""
        return self.of(self._countries)

    def faker(self, locale: str) -> Faker:
        """The seeded faker of a locale."""
        if locale not in self._fakers:
            maker = Faker(locale)
            maker.seed_instance(self.rng.randrange(2**32))
            self._fakers[locale] = maker
        return self._fakers[locale]

    @cached_property
    def _cities(self) -> list[str]:
        found = {self.faker(locale).city() for locale, tries in _CITIES.items() for _ in range(tries)}
        zones = (self.faker("en_US").timezone() for _ in range(400))
        return sorted(found | {zone.split("/")[-1].replace("_", " ") for zone in zones})

    @cached_property
    def _countries(self) -> list[str]:
        return sorted({self.faker("en_US").country() for _ in range(150)})
