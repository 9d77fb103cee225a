"""Everything that fills a frame and is no person: the names of things and firms, numbers, and addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from string import ascii_letters, ascii_uppercase, digits

from evals.training.pii.addresses import Addresses
from evals.training.pii.draws import Draws
from evals.training.pii.people import plain


class Values:
    """Fillers for frames, all from one generator, so that a seed gives the same text again."""

    def __init__(self, rng: Random) -> None:
        self.draw = Draws(rng)
        self.people = self.draw.people
        self.addresses = Addresses(self.draw)
        draw = self.draw
        self._make: dict[str, Callable[[], str]] = {
            "product": self._product, "company": self._company, "car": self._car, "carmodel": self._car_model,
            "item": lambda: draw.word("items"), "show": self._show, "word": lambda: draw.word("code_words"),
            "job": self._job, "dept": lambda: draw.word("departments"), "city": draw.city, "country": draw.country,
            "state": lambda: draw.faker("en_US").state(), "date": self._date,
            "day": lambda: draw.word("days"), "month": lambda: draw.word("months"),
            "year": lambda: str(draw.number(1985, 2029)), "time": self._time, "zip": self._zip, "amount": self._amount,
            "pct": lambda: f"{draw.number(2, 99)}{draw.one('%', ' %', ' percent')}", "num": self._count,
            "version": self._version, "id": self.code, "secret": self.secret, "handle": self.handle, "email": self.email,
            "phone": self.phone, "address": self.addresses.written, "spokenaddress": self.addresses.spoken,
        }  # fmt: skip

    def fill(self, slot: str) -> str:
        """A value for a slot that is no person's name. Raises KeyError for an unknown slot."""
        return self._make[slot]()

    # ------------------------------------------------------------ things

    def _product(self) -> str:
        """An invented name of a tool; a few sound like a person, as real ones do."""
        draw, kind = self.draw, self.draw.rng.random()
        if kind < 0.4:
            return self._coined()
        if kind < 0.75:
            tail = draw.word("tails")
            return draw.word("parts") + draw.one(tail.lower(), tail.lower(), f" {tail}")
        if kind < 0.83:
            return f"{draw.word('parts')} {draw.word('parts')}"
        if kind < 0.9:
            return "".join(draw.of(ascii_uppercase) for _ in range(draw.number(2, 5)))
        if kind < 0.96:
            return self._coined() + draw.one(
                ".io", "DB", "JS", "X", " 365", " 2", " Cloud", " CRM", "Phone", "OS", "Pod"
            )
        return draw.word("parts") if kind < 0.985 else self.people.first()

    def _company(self) -> str:
        """An invented firm, at times named after its founder."""
        draw, kind = self.draw, self.draw.rng.random()
        if kind < 0.3:
            return f"{self._coined()} {draw.word('firm_tails')}"
        if kind < 0.5:
            return f"{draw.word('parts')} {draw.word('firm_tails')}"
        if kind < 0.65:
            return self._coined()
        if kind < 0.75:
            return f"{draw.word('parts')}{draw.word('tails').lower()}"
        if kind < 0.85:
            return f"{self.people.last()} {draw.word('firm_tails')}"
        return draw.faker("en_US").company() if kind < 0.95 else f"{self.people.last()} & {self.people.last()}"

    def _coined(self) -> str:
        draw = self.draw
        if draw.rng.random() < 0.4:  # sounds like a name and is none
            return self.people.invented(draw.one("first", "last", "last"))
        return f"{draw.word('starts')}{draw.word('middles') if draw.rng.random() < 0.5 else ''}{draw.word('ends')}"

    def _car(self) -> str:
        return self.people.last() if self.draw.rng.random() < 0.3 else self._coined()

    def _car_model(self) -> str:
        draw = self.draw
        letter = draw.of(ascii_uppercase)
        return draw.one(self._coined(), f"{letter}{draw.number(1, 9)}", str(draw.number(100, 9999)))

    def _show(self) -> str:
        draw = self.draw
        return f"{draw.word('shows')} {draw.word('show_ends')}" if draw.rng.random() < 0.7 else draw.word("parts")

    def _job(self) -> str:
        return self.draw.word("roles") if self.draw.rng.random() < 0.6 else self.draw.faker("en_US").job()

    # ------------------------------------------------------------ numbers

    def _date(self) -> str:
        when = date(1965, 1, 1) + timedelta(days=self.draw.number(0, 23_000))
        return when.strftime(self.draw.word("date_forms"))

    def _time(self) -> str:
        hour, minute = self.draw.number(1, 12), f"{self.draw.number(0, 59):02}"
        return self.draw.one(
            f"{hour}:{minute}", f"{hour} pm", f"{hour}am", f"{hour}:{minute} AM", f"{hour + 9}:{minute}"
        )

    def _amount(self) -> str:
        return self.draw.word("amounts").replace("N", str(self.draw.number(1, 999)))

    def _zip(self) -> str:
        draw = self.draw
        five = draw.digits(5)
        return draw.one(five, five, draw.digits(6), draw.faker("en_GB").postcode(), f"{five}-{draw.digits(4)}")

    def _count(self) -> str:
        draw = self.draw
        return str(draw.number(2, 99)) if draw.rng.random() < 0.6 else draw.digits(draw.number(3, 9))

    def _version(self) -> str:
        draw = self.draw
        patch = draw.one("", f".{draw.number(0, 9)}")
        return f"{draw.one('v', '', '', 'version ')}{draw.number(0, 24)}.{draw.number(0, 30)}{patch}"

    def code(self) -> str:
        """An order, booking, claim or account number: digits, letters, or both."""
        draw = self.draw
        letters = "".join(draw.of(ascii_uppercase) for _ in range(draw.number(2, 4)))
        short, long = draw.digits(draw.number(3, 5)), draw.digits(draw.number(5, 12))
        mixed = "".join(draw.of(ascii_uppercase + digits) for _ in range(draw.number(5, 8))) + draw.digits(1)
        return draw.one(
            long, f"{letters}{long[:8]}", f"{letters}-{long[:8]}", f"{draw.digits(3)}-{long[:7]}", mixed,
            f"{short}{letters.lower()}", f"{letters.lower()}{short}{letters[0].lower()}",
        )  # fmt: skip

    def secret(self) -> str:
        """A password: a word with digits and signs, or a random string, always with a digit or a sign in it."""
        draw = self.draw
        random = "".join(draw.of(ascii_letters + digits + "!#$%*_") for _ in range(draw.number(7, 13)))
        word = draw.word("parts")
        signed = f"{word}{draw.digits(draw.number(2, 4))}{draw.one('', '!', '#', '$')}"
        return draw.one(signed, f"{random}{draw.digits(1)}", f"{word.lower()}@{draw.digits(3)}")

    def handle(self) -> str:
        """A user name."""
        first, last, number = plain(self.people.first()), plain(self.people.last()), self.draw.digits(2)
        coined = f"{plain(self._coined())}{number}"
        return self.draw.one(f"{first}{number}", f"{first[0]}{last}", f"{first}_{last}", coined, f"{last}.{first}")

    def email(self) -> str:
        """An e-mail address as typed."""
        coined = plain(self._coined())
        domain = self.draw.one("example.com", "mail.test", "example.org", f"{coined}.example", f"{coined}.com")
        return f"{self.handle()}@{domain}"

    def phone(self) -> str:
        """A phone number as written, of several countries."""
        draw = self.draw
        a, b, c = str(draw.number(201, 989)), str(draw.number(200, 999)), draw.digits(4)
        return draw.one(
            f"{a}-{b}-{c}", f"({a}) {b}-{c}", f"{a}.{b}.{c}", f"+1 {a} {b} {c}", f"{a} {b} {c}", f"{a}{b}{c}",
            f"1-{a}-{b}-{c}", f"+44 7{draw.digits(3)} {draw.digits(6)}", f"0{draw.digits(4)} {draw.digits(6)}",
            f"+49 {draw.number(151, 179)} {draw.digits(7)}", f"+91 {draw.number(70, 99)}{draw.digits(3)} {draw.digits(5)}",
            f"({a}){b}-{c} x{draw.digits(3)}",
        )  # fmt: skip
