"""Street addresses as customers of several countries type and say them."""

from __future__ import annotations

from evals.training.pii.draws import WORDS, Draws


class Addresses:
    """Draws addresses: a number and a street, at times with a flat, town, state and postcode behind it."""

    def __init__(self, draw: Draws) -> None:
        self._draw = draw

    def written(self) -> str:
        """An address as typed."""
        kind = self._draw.rng.random()
        if kind < 0.62:
            return self._western()
        if kind < 0.74:
            return self._indian()
        return self._european() if kind < 0.93 else self._listed()

    def spoken(self) -> str:
        """An address as said: the number in words or digits, no punctuation, no abbreviation."""
        draw = self._draw
        n = draw.number(1, 9999)
        number = draw.one(str(n), self.spoken_digits(str(n)), spoken_house(n), spoken_house(n))
        name = draw.of([*WORDS["streets"], draw.people.last()])
        kind = draw.of([suffix for suffix in WORDS["suffixes"] if len(suffix) > 3 and "." not in suffix])
        flat = f" {draw.word('spoken_flats')} {self._flat()}" if draw.rng.random() < 0.25 else ""
        return f"{number} {draw.one('', '', '', 'north ', 'west ', 'south ')}{name} {kind}{flat}"

    def spoken_digits(self, number: str) -> str:
        """Digit by digit; twice the same is at times "double"."""
        words, at = [], 0
        while at < len(number):
            oh = number[at] == "0" and self._draw.rng.random() < 0.4
            word = "oh" if oh else WORDS["words_of_digits"][int(number[at])]
            if number[at : at + 2] == number[at] * 2 and self._draw.rng.random() < 0.3:
                word, at = f"double {word}", at + 1
            words.append(word)
            at += 1
        return " ".join(words)

    def _street(self) -> str:
        """A street's name with its kind."""
        draw = self._draw
        kind = draw.rng.random()
        if kind < 0.15:
            n = draw.number(1, 180)
            name = f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
        else:
            name = draw.word("streets") if kind < 0.5 else draw.people.last() if kind < 0.8 else draw.word("parts")
            name = f"{name} {draw.word('streets')}" if kind > 0.9 else name
        way = draw.word("directions") if draw.rng.random() < 0.18 else ""
        return f"{way}{name} {draw.word('common' if draw.rng.random() < 0.7 else 'suffixes')}"

    def _western(self) -> str:
        draw = self._draw
        sep = draw.one(", ", ", ", " ", " , ", "\n")
        parts = [f"{self._house()} {self._street()}"]
        if draw.rng.random() < 0.05:
            parts[0] = parts[0].rsplit(" ", 1)[0]
        if draw.rng.random() < 0.25:
            parts.append(f"{draw.word('flats')} {self._flat()}")
        if draw.rng.random() < 0.06:
            parts = [f"{draw.one('Po box', 'P.O. Box', 'PO Box')} {draw.number(1, 9999)}"]
        if draw.rng.random() < 0.5:
            us, british = draw.faker("en_US"), draw.faker("en_GB")
            state = draw.one(
                us.state(), us.state_abbr(include_territories=False), us.state_abbr(include_territories=False)
            )
            code = draw.digits(5)
            parts += [
                draw.city(),
                draw.one(state, f"{state} {code}", code, f"{state}{sep}{code}", british.postcode(), ""),
            ]
        return sep.join(part for part in parts if part)

    def _indian(self) -> str:
        draw = self._draw
        sep = draw.one(", ", " , ", " ", ",")
        behind = draw.one("", "", f"/{draw.number(1, 40)}", f"-{draw.number(1, 20)}")
        area = draw.people.last() if draw.rng.random() < 0.7 else f"{draw.number(1, 12)}th"
        more = [f"{draw.word('streets')} {draw.word('areas')}", draw.faker("en_IN").city()]
        parts = [f"{draw.word('doors')} {self._house()}{behind}", f"{area} {draw.word('areas')}"]
        parts += draw.rng.sample(more, k=draw.number(0, 2))
        if draw.rng.random() < 0.4:
            parts.append(draw.one(f"{draw.faker('en_IN').state()} {draw.digits(6)}", draw.digits(6)))
        return sep.join(parts)

    def _european(self) -> str:
        draw = self._draw
        number = f"{draw.number(1, 240)}{draw.one('', '', '', 'a', 'b', ' bis', f'/{draw.number(1, 80)}')}"
        last = draw.people.last()
        glued, kind = f"{last}{draw.word('glued')} {number}", draw.word("street_kinds")
        street = draw.one(
            glued, glued, f"{number} {kind} {last}", f"{kind} {last} {number}", f"{kind} {last}, {number}"
        )
        town = f"{draw.one(f'{draw.digits(5)} ', f'{draw.digits(4)} ', '')}{draw.city()}"
        sep = draw.one(", ", " ", "\n", " , ")
        return f"{street}{sep}{town}" if draw.rng.random() < 0.5 else street

    def _listed(self) -> str:
        maker = self._draw.faker(self._draw.word("listed_locales"))
        text: str = maker.address() if self._draw.rng.random() < 0.6 else maker.street_address()
        return text.replace("\n", self._draw.one(", ", "\n", " ")).strip()

    def _house(self) -> str:
        draw = self._draw
        low, high = draw.rng.choice([(1, 99), (1, 999), (100, 9999), (1000, 99999)])
        return f"{draw.number(low, high)}{draw.one('', '', '', '', '', '', 'a', 'B')}"

    def _flat(self) -> str:
        draw = self._draw
        return draw.one(
            str(draw.number(1, 40)), f"{draw.number(1, 20)}{draw.one('A', 'b', 'C')}", str(draw.number(100, 990))
        )


def spoken_house(number: int) -> str:
    """A house number as English speakers say one: "twelve forty five", "three oh six", "ninety"."""
    units, tens = WORDS["words_of_digits"], WORDS["tens"]
    if number >= 100:
        high, low = divmod(number, 100)
        end = spoken_house(low) if low >= 10 else f"oh {units[low]}" if low else "hundred"
        return f"{spoken_house(high)} {end}"
    if number < 10:
        return units[number]
    if number < 20:
        return WORDS["teens"][number - 10]
    return f"{tens[number // 10]} {units[number % 10]}" if number % 10 else tens[number // 10]
