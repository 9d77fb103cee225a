"""Identifiers by their shape and by the words before them: written, typed in chat, spoken. Pure.

A number is evidence ("4,000 users"); it is an identifier where its shape says so, or a word such as "account number"
just before it. Checksummed numbers and addresses of machines are Presidio's (`adapters.presidio`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from icp_synth.records import Redaction

_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SPELLED = rf"(?:(?:double|triple)[\s-]+)?{_DIGIT}"
_TLD = (
    r"(?:com|net|org|edu|gov|info|biz|io|ai|dev|app|me|co|uk|us|eu|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|pt|cz|ie|"
    r"in|ca|au|nz|za|br|mx|jp|example|test)"
)
# In "acme.com. In the end" the second dot ends a sentence: a dot with a space on one side only joins nothing.
_DOT, _AT = r"(?:\.|\s\.\s|\s+dot\s+|\s?[(\[]dot[)\]]\s?)", r"(?:\s?@\s?|\s+at\s+|\s?[(\[]at[)\]]\s?)"
_SIGN = r"\s(?:underscore|dash|hyphen|plus)\s"
MAILBOX = (
    r"(?:gmail|googlemail|yahoo(?:mail)?|hotmail|outlook|icloud|aol|protonmail|gmx|ymail|rediffmail|comcast|e?mail)"
)
_WAYS = r"(?:phone|mobile|cell|tel|telephone|desk|fax|call|called|calling|reach|ring|dial|text|sms|whatsapp|contact|messages?|answering|hotline|registered|number|ext)"
_ASKED = (
    r"ssn|social(?: security)?|(?:credit|debit|bank) ?card|card|cc|account|acct|acc|a/c|ac|order|booking|reservation|"
    r"con[fv][ieo]rm[ae]tion|claim|policy|reference|invoice|customer|member(?:ship)?|passport|(?:driver['’]?s? )?licen[cs]e|"
    r"tax|national insurance|nino|nhs|medicare|insurance|patient|employee|student|case|tracking|routing|sort|iban|"
    r"serial|imei|vin|loyalty|frequent flyer|pnr|cvv|zip|postal"
)
KEYWORD = re.compile(rf"\b(?:{_ASKED}|pin|pass ?(?:word|code)|phone|mobile|e-?mail|digits)\b", re.I)
_KIND = [
    ("US_SSN", re.compile(r"ssn|social|security", re.I)),
    ("CREDIT_CARD", re.compile(r"\bcard|\bcc\b|credit|cvv", re.I)),
    ("SECRET", re.compile(r"pin\b|pass ?(?:word|code)", re.I)),
    ("PHONE_NUMBER", re.compile(r"phone|mobile|\bcell", re.I)),
    ("EMAIL_ADDRESS", re.compile(r"mail", re.I)),
]
_NUMBERED = r"(?:\s?(?:numbers?|no\.?|num|nr\.?|id|ids|ref(?:erence)?|confirmation|code|#))"
_IS = r"(?:\s*(?:is|was|are|:|=|#|it['’]?s|\(|[-–])){0,3}"
_CODE = r"(?=[\w-]{0,40}\d)[A-Za-z0-9](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){2,40}"
# letters and digits that a recogniser of speech put apart: "g 86 r 34", "4587 1245 7896"
_APART = r"(?:[A-Za-z]{1,4}\s)?\d{1,16}(?:\s(?:\d{1,16}|[A-Za-z]{1,3}\s\d{1,16}|[A-Za-z]\b(?!\s[a-z]{2}))){0,8}"
_UNIT = (
    r"(?!\s?(?:%|percent|k\b|m\b|mb\b|gb\b|tb\b|kb\b|ms\b|s\b|sec|min|hour|day|week|month|year|user|seat|customer|people|"
    r"dollar|event|byte|usd|eur|euro|pound|times|row|record|file|node|cluster|request|ticket|order|account|euros|million|thousand))"
)

# What stands between the groups of a phone number, and an extension behind them.
_BETWEEN = r"(?:[./-][ \t]?|[ \t]|(?<=\))|(?=\())"
_EXTENSION = r"(?:[ \t,]{0,2}(?:x|ext\.?|extension)[ \t]?\d{1,6})?"

# (entity, score, expression); group "it" is what is removed where only a part of the match is.
_SHAPES: list[tuple[str, float, re.Pattern[str]]] = [
    ("EMAIL_ADDRESS", 0.95, re.compile(r"(?<![\w.+'’%-])[\w.+'’%-]+\s?@\s?\n?[\w-]+(?:(?:\n?\.|\s\.\s|\.\n(?=[a-z]))[\w-]+)+(?<=[^\W\d_])")),
    ("EMAIL_ADDRESS", 0.9, re.compile(rf"(?i)(?<![\w+-])[a-z0-9][\w+-]{{0,40}}(?:(?:{_DOT}|{_SIGN})[\w+-]{{1,40}}){{0,5}}(?:\s\d{{1,6}})?{_AT}[\w-]{{1,40}}(?:(?:{_DOT}|{_SIGN})[\w-]{{1,40}}){{0,4}}{_DOT}{_TLD}\b")),
    ("EMAIL_ADDRESS", 0.85, re.compile(rf"(?i)\b(?:(?!(?:my|is|its|e?mail|id|the|and|address|on|to|at|by)\b)[a-z][\w.]{{0,40}}\s)?(?:\d{{1,6}}\s)?[\w.]{{0,40}}{MAILBOX}\s?\.?\s?(?:com|net|org|co\.?\s?(?:uk|in))\b")),
    ("PHONE_NUMBER", 0.8, re.compile(rf"(?<![\w.$€£-])\+[ \t]?\(?\d{{1,6}}\)?(?:{_BETWEEN}\(?\d{{1,12}}\)?){{0,6}}{_EXTENSION}(?![\w-])")),
    ("PHONE_NUMBER", 0.7, re.compile(rf"(?<![\w$€£/+-])(?<!\d[,:.])\(?\d{{1,5}}\)?(?:{_BETWEEN}\(?\d{{1,10}}\)?){{1,6}}{_EXTENSION}(?![\w-]|[.,:/]\d|[ \t]\d){_UNIT}")),
    ("PHONE_NUMBER", 0.7, re.compile(rf"(?i)\b{_WAYS}\b[^\d\n]{{0,40}}(?P<asked>(?<![\w.$€£,-])\(?\d{{1,5}}\)?(?:{_BETWEEN}\(?\d{{2,8}}\)?){{1,5}})(?![\w-]|[.,]\d){_UNIT}")),
    ("PHONE_NUMBER", 0.7, re.compile(rf"(?i)\b{_WAYS}\b[^\d\n]{{0,25}}(?P<asked>(?<![\w.$€£,-])\d{{6,12}})\b{_UNIT}")),
    ("PHONE_NUMBER", 0.7, re.compile(rf"(?i)\b{_SPELLED}(?:[\s,-]+{_SPELLED}){{4,}}\b")),
    ("PHONE_NUMBER", 0.7, re.compile(r"(?<![\w.,$€£-])(?<!\d )\d(?:[ -]\d){8,18}(?![\w-]|[ .,]\d)")),
    ("US_SSN", 0.85, re.compile(r"(?<![\w-])\d{3}(?:[-\s.]\d{2}[-\s.])\d{4}(?![\w-])")),
    ("CREDIT_CARD", 0.8, re.compile(r"(?<![\w.-])(?:\d{4}[\s-]){2,3}\d{2,7}(?![\w-])")),
    ("CREDIT_CARD", 0.8, re.compile(r"(?<![\w.$€£-])3\d{3}[\s-]\d{6}[\s-]\d{5}(?![\w-])")),
    ("CREDIT_CARD", 0.8, re.compile(r"(?<![\w.$€£,-])(?!(?:19|20)\d{12}\b)\d{12,19}(?![\w-]|[.,]\d)")),
    ("ACCOUNT_NUMBER", 0.6, re.compile(rf"(?<![\w.$€£,-])(?!(?:19|20)\d{{12}}\b)\d{{9,24}}(?![\w-]|[.,]\d){_UNIT}")),
    ("IBAN_CODE", 0.9, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")),
    ("IBAN_CODE", 0.9, re.compile(r"(?i)\biban\b[^\d\n]{0,15}?(?P<it>\b[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,3})?)\b")),
    ("DATE_OF_BIRTH", 0.85, re.compile(r"(?i)\b(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?(?:date|day)|born(?: on)?)(?!\w)(?:\s*(?:is|was|:|on|the))*\s*(?P<it>\d{1,4}[-/.\s]\d{1,2}[-/.\s]\d{1,4}|(?:the\s)?\d{1,2}(?:st|nd|rd|th)?(?:\s+of)?\s[a-z]{3,9}\.?,?\s\d{2,4}|[a-z]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4}|\d{6,8})\b")),
    ("SECRET", 0.8, re.compile(r"(?i)\b(?:pass\s?word|pass\s?code|passwd|pwd|pin(?: code)?|secret|api key|token)\b(?:\s?(?:is|was|to)\b:?|\s?[:=])\s*['\"]?(?P<it>(?=[^\s'\"]*[\d!@#$%^&*])[^\s'\"]{4,})")),
    ("SECRET", 0.75, re.compile(rf"(?i)\b(?:pass\s?(?:word|code)|pwd|pin)\b\s+(?:(?:is|was|number|code)\s+){{0,2}}(?P<it>\d{{3,}}\w*\b{_UNIT}|{_CODE}\b)")),
    ("SECRET", 0.9, re.compile(r"\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abps]|AKIA|ASIA|AIza|eyJ|hf|npm)[-_A-Za-z0-9]{14,}(?:\.[-_A-Za-z0-9]+)*")),
    ("HANDLE", 0.7, re.compile(r"(?<![\w@/.])@(?!(?i:here|channel|all|everyone|team|override|media|import|param|return)\b)[A-Za-z_][\w-]{2,30}(?![\w@.]*@|/)\b")),
    ("HANDLE", 0.7, re.compile(r"(?i)\b(?:https?://)?(?:www\.)?(?:linkedin\.com/in|twitter\.com|x\.com|instagram\.com|facebook\.com|github\.com|t\.me)/[\w.-]{2,}")),
    ("HANDLE", 0.7, re.compile(r"(?i)\b(?:user ?name|login|screen name)\b(?:\s?(?:is|was)\b:?|\s?[:=])\s*(?P<it>[\w.@-]{3,})")),
]  # fmt: skip  # noqa: E501
_NAMED = re.compile(
    rf"\b(?P<what>{_ASKED})(?:(?P<numbered>{_NUMBERED}(?:\s+(?:ending|ends)(?:\s+(?:in|with))?)?)|\s+(?:ending|ends)(?:\s+(?:in|with))?|)"
    rf"(?P<is>{_IS})\s*#?\s*(?P<it>{_CODE}|{_APART})\b(?![.,]\d){_UNIT}",
    re.I,
)
_LAST_FOUR = re.compile(
    r"\blast\s(?:four|4|five|5|six|6)(?:\s(?:digits?|numbers?))?(?P<what>(?:\s(?:of|on|for|in|my|the|your|is|are|was|[a-z]{2,9})){0,7}?)"
    rf"[\s:,]+(?P<it>\d{{4,6}}|(?:{_DIGIT}[\s,-]+){{3,5}}{_DIGIT})\b",
    re.I,
)

_UNMISTAKABLE = 0.8
_DATED = re.compile(r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d")
_SITE = re.compile(rf"(?i)[a-z]+\s+at\s+(?!{MAILBOX}\.)[\w-]+(?:\.[\w-]+)+")  # "we met at acme.com"
_MACHINE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_YEARS = re.compile(r"(?:19|20)\d\d")


def identifiers(text: str) -> Iterator[Redaction]:
    """Identifiers in `text`, which may overlap. Nothing is remembered between calls."""
    for entity, score, shape in _SHAPES:
        for match in shape.finditer(text):
            asked = "asked" in shape.groupindex
            start, end = match.span("asked" if asked else "it" if "it" in shape.groupindex else 0)
            if entity == "EMAIL_ADDRESS" and _SITE.fullmatch(match.group()):
                continue
            if entity != "PHONE_NUMBER" or _like_phone(text[start:end], asked=asked):
                yield Redaction(start=start, end=end, entity=entity, score=score)
    for match in _NAMED.finditer(text):
        if _named(match):
            yield Redaction(start=match.start("it"), end=match.end("it"), entity=kind_of(match["what"]), score=0.75)
    for match in _LAST_FOUR.finditer(text):
        entity = kind_of(match["what"] or "")
        yield Redaction(start=match.start("it"), end=match.end("it"), entity=entity, score=0.8)


def unmistakable(text: str) -> Iterator[Redaction]:
    """Identifiers that need no context: file names are full of dates and numbers of things."""
    return (one for one in identifiers(text) if one.score >= _UNMISTAKABLE)


def kind_of(asked: str) -> str:
    """The entity that words such as "my credit card number" speak of."""
    return next((entity for entity, words in _KIND if words.search(asked)), "ACCOUNT_NUMBER")


def _like_phone(found: str, *, asked: bool) -> bool:
    """Whether groups of digits are a phone number, and no date, amount, version, range or address of a machine.

    Behind a word such as "call" (`asked`) most shapes are believed.
    """
    groups = re.findall(r"\d+", re.sub(r"(?i)\s*(?:x|ext).*", "", found))
    digits = sum(map(len, groups))
    if not digits:  # spelled out
        return True
    if not (6 if asked else 7) <= digits <= 20 or _DATED.fullmatch(found) or _MACHINE.fullmatch(found):
        return False
    if found[0] in "+(" or (found[0] == "0" and not re.fullmatch(r"0\.\d+", found)):
        return True
    later = groups[1:]
    if _YEARS.fullmatch(groups[0]) and not asked:
        return False
    if all(re.fullmatch(r"\d?\d00", group) for group in later) and later:
        return False
    if asked:
        return True
    if max(map(len, groups)) == 1:  # said digit by digit, and not counted up
        return digits >= 9 and "".join(groups) not in "12345678910111213"
    if re.fullmatch(r"\d(?:([ .])\d{3})(?:\1\d{3})*", found):
        return False
    if "." in found and (" " in found or len(groups[0]) == 1):  # decimals, versions
        return False
    if len(groups) > 2:
        return True
    sizes, pointed = (len(groups[0]), len(later[0])), "." in found or "/" in found
    return not later[0].endswith("00") and (
        (sizes in ((3, 4), (4, 4)) and not pointed and not _YEARS.fullmatch(later[0]))
        or (sizes[1] >= 5 and (not pointed or sizes == (3, 7)))
    )


def _named(match: re.Match[str]) -> bool:
    """Whether a word such as "order" and what follows are an identifier: "order number 4511", "order is 84-11B"."""
    found = match["it"]
    digits = sum(char.isdigit() for char in found)
    if re.fullmatch(r"(?:19|20)\d\d", found) and not match["numbered"]:
        return False
    coded = len(found) >= 5 and 0 < digits < len(found) and (digits >= 3 or found.upper() == found)
    if match["numbered"] or re.search(r"[:=#]", match["is"]):
        return (digits >= 2 and len(found) >= 3) or coded
    what = match["what"].lower()
    if what == "order" and digits == len(found):  # "order 15286 boxes" is an amount
        return digits >= 5 and bool(re.match(r"\s*(?:[.,;!?)]|$|\n)", match.string[match.end() :]))
    strong = re.fullmatch(
        r"ssn|social.*|cc|.*card|passport|claim|policy|booking|order|iban|pnr|ac|a/c|acct|account", what
    )
    return bool(strong) and (coded or (digits >= 3 and (digits >= 4 or bool(re.search(r"[A-Za-z]", found)))))
