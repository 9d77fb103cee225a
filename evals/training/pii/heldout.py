# ruff: noqa: E501
"""What the scrubber finds in frames that nothing was trained on: `frames_heldout/`, filled with names and numbers of many countries.

    python -m evals.training.pii.heldout [--each 6] [--seed 7] [--misses PERSON]

Prints per genre and entity the share of tokens removed: PERSON, PHONE and so on should be near one, PRODUCT, COMPANY, SHOW,
CITY, WORD and NUMBER near nothing. Half of the names are from `faker`'s locales, a third of the census, the rest are in no list.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from faker import Faker

from evals.training.pii.generate import Labelled, joined
from evals.training.pii.people import plain
from evals.training.pii.values import Values

FRAMES = Path(__file__).parent / "frames_heldout"
GENRES = ("persons", "addresses", "identifiers", "plain")
_SLOT = re.compile(r"\{(\w+?)\}")
_NAMED = (
    "en_US en_GB de_DE fr_FR es_ES es_MX it_IT nl_NL pl_PL sv_SE no_NO da_DK fi_FI pt_BR pt_PT cs_CZ hu_HU ro_RO hr_HR sl_SI "
    "tr_TR en_IN en_NG zu_ZA id_ID vi_VN et_EE lt_LT lv_LV is_IS az_AZ sk_SK de_AT fr_QC en_PK fil_PH sw tw_GH yo_NG"
).split()
_PHONES = (
    "en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pl_PL sv_SE no_NO da_DK fi_FI pt_BR en_IN en_AU en_NZ en_IE ja_JP ko_KR zh_CN "
    "de_CH de_AT cs_CZ hu_HU tr_TR el_GR he_IL es_MX fr_FR en_CA id_ID ro_RO bg_BG hr_HR uk_UA ru_RU th_TH sk_SK nl_BE fr_CH"
).split()
_ADDRESSES = (
    "en_US en_US en_GB en_AU en_CA en_NZ de_DE fr_FR es_ES it_IT nl_NL sv_SE da_DK no_NO fi_FI pl_PL pt_BR".split()
)
_TITLES = "Mr. Mrs. Ms. Dr. Prof. Mr Mrs Ms Dr Miss".split()
_PARTICLES = "van der|van|von|de|de la|del|di|da|dos|bin|al|le".split("|")
PERSONAL = frozenset("PERSON ADDRESS PHONE CARD SSN IBAN IP EMAIL".split())


class Fillers:
    """Values of slots, all from one seed."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        random.seed(seed)
        self._values = Values(self._rng)
        self._fakers: dict[str, Faker] = {}

    def pieces(self, frame: str) -> list[tuple[str, str]]:
        """The frame's text, each piece with its label."""
        found: list[tuple[str, str]] = []
        at = 0
        for match in _SLOT.finditer(frame):
            found += [(frame[at : match.start()], ""), self._fill(match.group(1))]
            at = match.end()
        return [*found, (frame[at:], "")]

    def _faker(self, locales: list[str]) -> Faker:
        locale = self._rng.choice(locales)
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(self._rng.randrange(2**32))
        return self._fakers[locale]

    def _name(self, part: str) -> str:
        draw, people = self._rng.random(), self._values.people
        if draw < 0.15:
            return people.invented(part)
        if draw < 0.5:
            names, weights = people._census[part]
            return self._rng.choices(names, cum_weights=weights)[0]
        faker = self._faker(_NAMED)
        return str(faker.first_name() if part == "first" else faker.last_name())

    def _fill(self, slot: str) -> tuple[str, str]:
        rng, draw, values = self._rng, self._values.draw, self._values
        first, last = self._name("first"), self._name("last")
        persons = {
            "first": first, "last": last, "middle": self._name("first"), "full": f"{first} {last}", "initial": first[0],
            "reversed": f"{last}, {first}", "upper": f"{first} {last}".upper(), "title": rng.choice(_TITLES),
            "first_lower": first.lower(), "full_lower": f"{first} {last}".lower(),
            "particle": f"{first} {rng.choice(_PARTICLES)} {last}",
        }  # fmt: skip
        if slot in persons:
            return persons[slot], "" if slot in ("title", "initial") else "PERSON"
        number = lambda low, high: str(rng.randint(low, high))  # noqa: E731
        patch = rng.choice([f".{number(0, 30)}", ""])
        numbers = {
            "n": number(2, 99), "num": number(18, 99), "room": number(100, 999), "year": number(1890, 2026),
            "users": f"{number(1, 999)},{rng.randint(0, 999):03}", "dotted": f"{number(1, 999)}.{rng.randint(0, 999):03}.{rng.randint(0, 999):03}",
            "spaced": f"{number(1, 9)} {rng.randint(0, 999):03} {rng.randint(0, 999):03}",
            "isodate": f"{number(1990, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "date": values.fill("date"), "version": f"{number(0, 20)}.{number(0, 40)}{patch}", "tick": number(1000, 99999),
            "time": f"{number(0, 23)}:{rng.randint(0, 59):02}", "money": rng.choice(["$", "€", "£"]) + rng.choice([number(1, 999), f"{number(1, 99)},000", f"{number(1, 99)}.50"]),
        }  # fmt: skip
        if slot in numbers:
            return numbers[slot], "NUMBER"
        faker = self._faker(_PHONES)
        things = {
            "phone": ("PHONE", lambda: faker.phone_number()), "card": ("CARD", self._card),
            "ssn": ("SSN", lambda: self._faker(["en_US"]).ssn()), "iban": ("IBAN", self._iban),
            "ip": ("IP", lambda: self._faker(["en_US"]).ipv4()), "email": ("EMAIL", lambda: f"{plain(first)}.{plain(last)}@{rng.choice(['example.com', 'mail.example.org', 'post.example.de'])}"),
            "address": ("ADDRESS", lambda: self._faker(_ADDRESSES).address()), "city": ("CITY", draw.city),
            "country": ("CITY", draw.country), "product": ("PRODUCT", lambda: values.fill("product")),
            "product_lower": ("PRODUCT", lambda: values.fill("product").lower()), "company": ("COMPANY", lambda: values.fill("company")),
            "show": ("SHOW", lambda: values.fill("show")), "Word": ("WORD", lambda: draw.word("parts")),
            "day": ("WORD", lambda: draw.word("days")), "month": ("WORD", lambda: draw.word("months")),
        }  # fmt: skip
        label, make = things[slot]
        return str(make()), label

    def _card(self) -> str:
        number = self._faker(["en_US"]).credit_card_number()
        grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
        return self._rng.choice([number, grouped, grouped.replace(" ", "-")])

    def _iban(self) -> str:
        iban = self._faker(["en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL"]).iban()
        return self._rng.choice([iban, " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))])


def texts(seed: int, each: int) -> Iterator[tuple[str, Labelled]]:
    """Every held-out frame `each` times, with its genre."""
    fillers = Fillers(seed)
    for genre in GENRES:
        for frame in (FRAMES / f"{genre}.txt").read_text(encoding="utf-8").splitlines():
            for _ in range(each):
                yield genre, joined([p for p in fillers.pieces(frame.replace("\\n", "\n")) if p[0]])


def tokens(row: Labelled) -> Iterator[tuple[int, int, str]]:
    """The labelled tokens of a text, without the signs around them."""
    for start, end, label in row.spans:
        for match in re.finditer(r"\S+", row.text[start:end]):
            bare = match.group().strip(".,;:()\"'")
            if bare:
                at = start + match.start() + match.group().index(bare)
                yield at, at + len(bare), label


def main() -> None:
    """Print the share of tokens removed, per genre and label."""
    from icp_synth.evaluation import pii
    from icp_synth.evaluation.corpora import Document
    from icp_synth.wiring import scrub_workers

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", help="print what is missed, or wrongly removed, of this label")
    arguments = parser.parse_args()
    rows = list(texts(arguments.seed, arguments.each))
    documents = [
        Document(corpus="heldout", key=str(n), lines=tuple(row.text.split("\n")), gold=(), spoken=False)
        for n, (_, row) in enumerate(rows)
    ]
    removed = pii.scrubbed(documents, scrub_workers())
    seen: Counter[tuple[str, str]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    for (genre, row), found in zip(rows, removed, strict=True):
        for start, end, label in tokens(row):
            hidden = {at for one in found for at in range(one.start, one.end)}
            whole = all(at in hidden or not row.text[at].isalnum() for at in range(start, end))
            seen[genre, label] += 1
            gone[genre, label] += whole
            if arguments.misses == label and whole != (label in PERSONAL):
                print(f"{row.text[start:end]} | {row.text!r}")
    for (genre, label), count in seen.items():
        print(f"{genre:12} {label:8} {gone[genre, label] / count:.3f} of {count}")


if __name__ == "__main__":
    main()
