"""The recognizers that serve: Presidio's own for well-formed identifiers, ours for spoken and typed-out ones."""

from __future__ import annotations

from phonenumbers import Leniency
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
    PhoneRecognizer,
    SpacyRecognizer,
    UsSsnRecognizer,
)
from tldextract import TLDExtract

_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|place|pl|terrace|way|"
    r"parkway|pkwy|highway|hwy|circle|cir|close|crescent|row|quay|alley)"
)

# entity → (name, regular expression, score). Scores below 0.35 need a context word to be believed.
_PATTERNS: dict[str, list[tuple[str, str, float]]] = {
    "EMAIL_ADDRESS": [
        ("typed-out address", r"(?i)\b[\w.+-]+\s?(?:@|\(at\)|\[at\]|\sat\s)\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?[\w-]+)*\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?(?:com|net|org|edu|gov|io|co|ai|dev|example|uk|de|fr|eu|us|ca|au|info|biz|me|test)\b", 0.8),
        ("spoken address", r"(?i)\b[a-z0-9]+(?:\s(?:dot|underscore|dash)\s[a-z0-9]+)*\sat\s[a-z0-9]+(?:\sdot\s[a-z]{2,})+\b", 0.8),
        ("address of any domain", r"(?i)[\w.+-]+@[\w-]+(?:\.[\w-]+)+", 0.9),
    ],
    "PHONE_NUMBER": [
        ("digits in groups", r"(?<![\w.$€£-])(?:\+?\d{1,3}[\s.-]?)?(?:\(\d{2,4}\)|\d{3})[\s.-]\d{3}[\s.-]?\d{4}(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w-])", 0.75),
        ("short local number", r"(?<![\w.$€£-])555[\s.-]\d{4}(?![\w-])", 0.6),
        ("spelled digits", rf"(?i)\b{_DIGIT_WORD}(?:[\s-]{_DIGIT_WORD}){{6,}}\b", 0.6),
    ],
    "US_SSN": [
        ("dashed", r"(?<![\w-])\d{3}[-\s.]\d{2}[-\s.]\d{4}(?![\w-])", 0.8),
        ("last four", r"(?i)\b(?:ssn|social(?: security)?(?: number)?)\b[^.\n\d]{0,30}\d{4}\b", 0.8),
    ],
    "CREDIT_CARD": [
        ("grouped card", r"(?<![\w-])(?:\d{4}[\s-]){3}\d{1,7}(?![\w-])", 0.7),
        ("card ending", r"(?i)\bcard\b[^.\n\d]{0,25}\b(?:ending|ends)\b[^.\n\d]{0,12}\d{4}\b", 0.7),
    ],
    "ACCOUNT_NUMBER": [
        ("number after its name", r"(?i)\b(?:account|acct|order|booking|claim|policy|reference|confirmation|customer|member(?:ship)?|invoice|passport|licen[cs]e)\s?(?:number|no\.?|num|id|ref(?:erence)?|#)\s?(?:is|:|=|was)?\s?#?\s?(?=[\w-]*\d)[A-Za-z0-9][\w-]{3,}", 0.7),
    ],
    "STREET_ADDRESS": [
        ("number and street", rf"(?i)\b\d{{1,5}}[a-z]?\s+(?:(?:north|south|east|west|n|s|e|w|ne|nw|se|sw)\.?\s+)?(?:[a-z][a-z'.-]+\s+){{1,3}}{_STREET}\b\.?(?:,?\s+(?:apt|apartment|suite|ste|unit|floor|#)\.?\s*\w+)?", 0.6),
        ("post box", r"(?i)\bp\.?\s?o\.?\s?box\s\d+\b", 0.8),
    ],
    "DATE_OF_BIRTH": [
        ("born on", r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?)\b[:\s]{1,3}(?:is\s)?(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[a-z]{3,9}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{1,2}(?:st|nd|rd|th)?\s[a-z]{3,9},?\s\d{4})", 0.85),
    ],
    "SECRET": [
        ("password", r"(?i)\b(?:password|passcode|passwd|pwd|pin(?: code)?)\b\s?(?:is|:|=|was)\s?['\"]?(?=\S*[\d!@#$%^&*])\S{4,}", 0.8),
        ("key with a known prefix", r"\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA|AIza|eyJ)[-_A-Za-z0-9]{14,}\b", 0.9),
    ],
    "HANDLE": [
        ("at name", r"(?<![\w@/.])@[A-Za-z_][\w-]{2,30}(?![\w@.]*@)\b", 0.7),
        ("profile address", r"(?i)\b(?:https?://)?(?:www\.)?(?:linkedin\.com/in|twitter\.com|x\.com|instagram\.com|facebook\.com|github\.com)/[\w.-]{2,}", 0.7),
    ],
}  # fmt: skip  # noqa: E501


class _AnyTldEmail(EmailRecognizer):
    """Presidio's e-mail recognizer with a suffix list that is never fetched."""

    def __init__(self, extract: TLDExtract) -> None:
        super().__init__()
        self._extract = extract

    def validate_result(self, pattern_text: str) -> bool | None:
        return bool(self._extract(pattern_text).fqdn) or None


def all_recognizers(extract: TLDExtract) -> list[EntityRecognizer]:
    """One of each recognizer that serves; `extract` must not fetch anything."""
    ours: list[EntityRecognizer] = [
        PatternRecognizer(
            supported_entity=entity,
            name=f"icp-synth {entity.lower()}",
            patterns=[Pattern(name, regex, score) for name, regex, score in rows],
            global_regex_flags=0,
        )
        for entity, rows in _PATTERNS.items()
    ]
    return [
        SpacyRecognizer(supported_entities=["PERSON"]),
        _AnyTldEmail(extract),
        PhoneRecognizer(leniency=Leniency.VALID),
        CreditCardRecognizer(),
        IbanRecognizer(),
        IpRecognizer(),
        MacAddressRecognizer(),
        UsSsnRecognizer(),
        *ours,
    ]


ENTITIES = frozenset(
    {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", *_PATTERNS}
)
