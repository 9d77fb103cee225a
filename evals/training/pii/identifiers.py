"""Identifiers of every kind that is scrubbed, valid where validity has a rule (cards, IBAN), as people write or say them."""

from __future__ import annotations

from random import Random
from string import ascii_letters, ascii_uppercase, digits

from evals.training.pii.draws import WORDS
from evals.training.pii.people import plain
from evals.training.pii.values import Values

_CODES = {
    "ACCOUNT_NUMBER": "ACCOUNT", "ORDER_NUMBER": "ORDER", "POLICY_NUMBER": "POLICY", "CLAIM_NUMBER": "CLAIM",
    "BOOKING_NUMBER": "BOOKING",
}  # fmt: skip
# Country → length of the IBAN behind its check digits.
_BANKS = {"DE": 18, "FR": 23, "GB": 18, "ES": 20, "NL": 14, "IT": 23}
_SPOKEN_DOMAINS = (
    "gmail dot com",
    "example dot org",
    "outlook dot com",
    "yahoo dot co dot uk",
    "acme dash foods dot net",
)
_KEYS = (("sk_live_", 24), ("ghp_", 36), ("AKIA", 16), ("xoxb-", 30), ("glpat-", 20), ("sk-", 40))


class Identifiers:
    """Draws identifiers from `rng`."""

    def __init__(self, rng: Random) -> None:
        values = self._values = Values(rng)
        self._draw = values.draw
        self._makers = {
            "EMAIL_ADDRESS": (values.email, "EMAIL_ADDRESS"), "EMAIL_SPOKEN": (self._spoken_email, "EMAIL_ADDRESS"),
            "EMAIL_TYPED": (self._typed_email, "EMAIL_ADDRESS"), "PHONE_NUMBER": (values.phone, "PHONE_NUMBER"),
            "PHONE_SPOKEN": (self._spoken_phone, "PHONE_NUMBER"), "US_SSN": (self._ssn, "US_SSN"),
            "SSN_LAST4": (lambda: self._draw.digits(4), "US_SSN"), "CREDIT_CARD": (self._card, "CREDIT_CARD"),
            "CARD_LAST4": (lambda: self._draw.digits(4), "CREDIT_CARD"), "IBAN_CODE": (self._iban, "IBAN"),
            "IP_ADDRESS": (self._ip, "IP_ADDRESS"), "MAC_ADDRESS": (self._mac, "MAC_ADDRESS"),
            "DATE_OF_BIRTH": (self._birth, "DATE_OF_BIRTH"), "PASSWORD": (values.secret, "SECRET"),
            "API_KEY": (self._key, "SECRET"), "STREET_ADDRESS": (values.addresses.written, "ADDRESS"),
            "STREET_SPOKEN": (values.addresses.spoken, "ADDRESS"),
        }  # fmt: skip

    def make(self, slot: str) -> tuple[str, str]:
        """A value for a slot of `structured.txt` and its entity. Raises KeyError for an unknown slot."""
        if slot in _CODES:
            return self._code(slot), _CODES[slot]
        maker, entity = self._makers[slot]
        return maker(), entity

    def _code(self, slot: str) -> str:
        draw = self._draw
        if slot == "ACCOUNT_NUMBER":
            return draw.digits(draw.number(8, 12))
        return draw.digits(draw.number(5, 10)) if draw.rng.random() < 0.5 else self._values.code()

    def _typed_email(self) -> str:
        user, domain = self._values.email().split("@")
        apart = domain.replace(".", " . ")
        return self._draw.one(
            f"{user} @ {domain}", f"{user}[at]{domain.replace('.', '[dot]')}", f"{user} at {apart}", f"{user} @ {apart}",
            f"{user} (at) {domain.replace('.', ' (dot) ')}",
        )  # fmt: skip

    def _spoken_email(self) -> str:
        people, draw = self._values.people, self._draw
        first, last = plain(people.first()), plain(people.last())
        user = draw.one(
            f"{first} dot {last}", f"{first}{last}", f"{first} underscore {last}", f"{first[0]} dot {last}",
            f"{first} {draw.digits(2)}",
        )  # fmt: skip
        return f"{user} at {draw.of(_SPOKEN_DOMAINS)}"

    def _spoken_phone(self) -> str:
        draw, say = self._draw, self._values.addresses.spoken_digits
        number = f"{draw.number(201, 989)}{draw.number(200, 999)}{draw.digits(4)}"
        groups = (number[:3], number[3:6], number[6:])
        return draw.one(say(number), " ".join(map(say, groups)), " ".join(groups), " ".join(number))

    def _ssn(self) -> str:
        draw = self._draw
        area = draw.of([str(n).zfill(3) for n in range(1, 900) if n != 666])
        return draw.one("-", "-", "-", " ", "").join((area, f"{draw.number(1, 99):02}", f"{draw.number(1, 9999):04}"))

    def _card(self) -> str:
        draw = self._draw
        prefix, sizes = draw.rng.choice(
            [(p, (4, 4, 4, 4)) for p in ("4", "4", "51", "54", "6011")] + [("37", (4, 6, 5))]
        )
        body = prefix + "".join(draw.of(digits) for _ in range(sum(sizes) - 1 - len(prefix)))
        number, groups, at = body + str(-_luhn(body + "0") % 10), [], 0
        for size in sizes:
            groups.append(number[at : at + size])
            at += size
        return draw.one("", " ", "-").join(groups)

    def _iban(self) -> str:
        draw = self._draw
        country = draw.of(sorted(_BANKS))
        letters = {"GB": 4, "NL": 4, "IT": 1}.get(country, 0)
        bank = "".join(draw.of(ascii_uppercase) for _ in range(letters))
        body = bank + "".join(draw.of(digits) for _ in range(_BANKS[country] - letters))
        check = 98 - int("".join(str(int(char, 36)) for char in f"{body}{country}00")) % 97
        iban = f"{country}{check:02}{body}"
        return draw.one(iban, " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)))

    def _ip(self) -> str:
        draw = self._draw
        if draw.rng.random() < 0.8:
            return ".".join(str(draw.number(1, 254)) for _ in range(4))
        return ":".join(f"{draw.number(1, 16**4 - 1):x}" for _ in range(8))

    def _mac(self) -> str:
        text = self._draw.one(":", "-").join(f"{self._draw.number(0, 255):02x}" for _ in range(6))
        return self._draw.one(text, text.upper())

    def _birth(self) -> str:
        draw = self._draw
        year, month, day = draw.number(1935, 2006), draw.number(1, 12), draw.number(1, 28)
        name = WORDS["months"][month - 1]
        return draw.one(
            f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year}", f"{name} {day}, {year}",
            f"{day} {name} {year}", f"{month}-{day}-{year}", f"{name[:3]} {day} {year}".lower(),
        )  # fmt: skip

    def _key(self) -> str:
        prefix, length = self._draw.rng.choice(_KEYS)
        letters = ascii_uppercase + digits if prefix == "AKIA" else ascii_letters + digits
        return prefix + "".join(self._draw.of(letters) for _ in range(length))


def _luhn(number: str) -> int:
    """The sum of Luhn's check over all digits; a valid number's is a multiple of ten."""
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total
