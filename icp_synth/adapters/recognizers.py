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
_TLD = r"(?:com|net|org|edu|gov|io|co|ai|dev|example|uk|de|fr|eu|us|ca|au|in|info|biz|me|test)"
_FREE_MAIL = r"(?:gmail|yahoo|ymail|hotmail|outlook|icloud|aol|rediffmail|protonmail)"
# Words for streets that are little else, in any spelling; and those that are everyday words, which need capitals.
_STREET = r"(?:street|streets|avenue|ave|boulevard|blvd|rd|st|hwy|pkwy|parkway)"
_STREET_OR_WORD = r"(?:Road|Lane|Drive|Dr|Ln|Court|Ct|Square|Sq|Place|Pl|Terrace|Way|Highway|Circle|Cir|Close|Crescent|Row|Quay|Alley|Trail|Grove|Gardens|Mews|Plaza)"
_EUROPEAN = r"(?<![\w.'-])[^\W\d_][\w.'-]{0,40}(?:stra(?:ß|ss)e|str\.|gatan|gata|gade|vej|veien|weg|laan|straat|gracht|plein|platz|allee|katu|tie|utca|körút)"
_RUE = r"(?:rue|avenue|boulevard|quai|chemin|via|viale|piazza|calle|avenida|paseo|rua|ulica|ul\.|plaça)"
_NO_STREET = r"(?!(?:of|in|on|at|to|the|a|an|for|and|or|per|from|with|by|our|my|your|people|users|days|weeks|months|years|hours|minutes|seats|reps|percent|am|pm)\b)"
_STREET_WORD = r"(?:[^\W\d_][\w'-]*|[a-z]{1,2}\.)"
_UNIT = r"(?:,?[ \t]*\n?[ \t]*(?:apt|apartment|suite|ste|unit|floor|flat|#)\.?[ \t]*#?\w+)?"
_CITY = r"(?:,?[ \t]*\n?[ \t]*[^\W\d_][\w.'-]+(?:[ \t][^\W\d_][\w.'-]+){0,2}[ \t]*,?[ \t]*\n?,?[ \t]*(?:[A-Za-z]{2,3},?[ \t]*\n?[ \t]*)?\d{5}(?:-\d{4})?(?!\d))?"
_ID = r"#?\s?(?=[\w-]*[\s-]?[\w-]*\d)(?:[A-Za-z]{1,4}[\s-])?(?=[\w-]*\d)[A-Za-z0-9][\w-]{3,}"
_KEPT_FOR_US = r"account|acct|acc|a/?c|order|booking|claim|policy|reference|confirmation|customer|member(?:ship)?|invoice|passport|patient|licen[cs]e|routing|tracking"
_STAMP = r"20[0-4]\d[01]\d[0-3]\d"  # 20240611123000 is a time
_CALL = [
    "phone",
    "mobile",
    "cell",
    "tel",
    "telephone",
    "fax",
    "whatsapp",
    "call",
    "ph",
    "dial",
    "answering",
    "messages",
    "registered",
]
_CARD = ["card", "credit", "debit", "visa", "mastercard", "amex", "cc"]

# entity → (name, regular expression, score). Scores below 0.35 need a context word to be believed.
_PATTERNS: dict[str, list[tuple[str, str, float]]] = {
    "EMAIL_ADDRESS": [
        ("typed-out address", rf"(?i)(?<![\w.+-])[\w.+-]{{1,64}}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?[\w-]+)*\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?{_TLD}\b", 0.8),
        ("spoken address", rf"(?i)\b[a-z0-9]{{1,40}}(?:(?:\.|\sdot\s|\sunderscore\s|\sdash\s)[a-z0-9]{{1,40}}){{0,4}}\sat\s[a-z0-9]+(?:\sdot\s[a-z0-9]+)*\sdot\s{_TLD}\b", 0.8),
        ("address of any domain", r"(?i)(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", 0.9),
        ("address without its signs", rf"(?i)(?<![\w.+-])[\w.+-]{{1,64}}?(?:\s\d{{1,4}})?\s?@?\s?{_FREE_MAIL}\s?\.?\s?com\b", 0.7),
    ],
    "PHONE_NUMBER": [
        ("digits in groups", r"(?<![\w.$€£-])(?:\+?\d{1,3}[\s.-]?)?(?:\(\d{2,4}\)|\d{3})[\s.-]?\d{3}[\s.-]\d{4}(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w-])", 0.75),
        ("international", r"(?<![\w.])(?:\+|00)\d{1,3}[\s.-]?(?:\(0?\d{0,4}\)[\s.-]?)?\d{1,5}(?:[\s.-]?\d{2,5}){1,4}(?![\w-])", 0.75),
        ("short local number", r"(?<![\w.$€£-])555[\s.-]\d{4}(?![\w-])", 0.6),
        ("groups where a number is spoken of", r"(?<![\w.$€£/-])(?=(?:[ ().-]{0,2}\d){7,13}(?!\d))\(?\d{2,5}\)?(?:[ .-]\d{2,6}){1,4}(?![\w%]|[.,/-]\d)", 0.2),
        ("digits where a number is spoken of", r"(?<![\w.$€£/-])\d{7,12}(?![\w%]|[.,/-]\d)", 0.2),
        ("after its name", r"(?i)\b(?:phone|mobile|cell|tel|telephone|fax|whatsapp|ph)(?:\s(?:number|no\.?))?\s?(?:is|:|#)?\s{0,2}\+?\(?\d[\d\s().-]{5,16}\d", 0.7),
        ("spelled digits", rf"(?i)\b{_DIGIT_WORD}(?:[\s-]{_DIGIT_WORD}){{6,}}\b", 0.6),
    ],
    "US_SSN": [
        ("dashed", r"(?<![\w-])\d{3}[-\s.]\d{2}[-\s.]\d{4}(?![\w-])", 0.8),
        ("last four", r"(?i)\b(?:ssn|social(?: security)?(?: number)?)\b[^.\n\d]{0,30}\d{4}\d{0,5}\b", 0.8),
    ],
    "CREDIT_CARD": [
        ("grouped card", r"(?<![\w-])(?:\d{4}[\s-]){3}\d{1,7}(?![\w-])", 0.7),
        ("card ending", r"(?i)\bcard\b[^.\n\d]{0,25}\b(?:ending|ends)\b[^.\n\d]{0,12}\d{4}\b", 0.7),
        ("card number", r"(?i)\b(?:credit |debit )?card (?:number|no\.?|#)\s?(?:is|:|was)?\s?\d{4,19}\b", 0.7),
        ("long run of digits", rf"(?<![\w.$€£/-])(?!{_STAMP})\d{{13,19}}(?![\w%-]|[.,]\d)", 0.5),
        ("digits where a card is spoken of", r"(?<![\w.$€£/-])\d{12}(?![\w%-]|[.,]\d)", 0.2),
    ],
    "ACCOUNT_NUMBER": [
        ("number after its name", rf"(?i)\b(?:{_KEPT_FOR_US})\s?(?:number|no\.?|num|id|ref(?:erence)?|#)\s?(?:is|:|=|was)?\s?{_ID}", 0.7),
        ("last digits", r"(?i)\blast (?:4|four)(?: digits?)?\b[^.\n\d]{0,30}\d{4}\b", 0.7),
        ("run of digits", rf"(?<![\w.$€£/-])(?!{_STAMP}|\d+0{{5,}}\b)\d{{9,12}}(?![\w%-]|[.,]\d)", 0.4),
    ],
    "STREET_ADDRESS": [
        ("number and street", rf"(?i)\b\d{{1,6}}[a-z]?[ \t]+(?:\d{{1,5}}[ \t]+)?(?:{_NO_STREET}{_STREET_WORD}[ \t]+){{1,4}}{_STREET}\b\.?{_UNIT}{_CITY}", 0.6),
        ("number and street with capitals", rf"\b\d{{1,6}}[A-Za-z]?[ \t]+(?:\d{{1,5}}[ \t]+)?(?:(?:[A-ZÀ-Þ][\w'-]*|[A-Z][a-z]?\.)[ \t]+){{1,4}}{_STREET_OR_WORD}\b\.?(?i:{_UNIT}{_CITY})", 0.6),
        ("small street with its town", rf"(?i)\b\d{{1,6}}[a-z]?[ \t]+(?:{_NO_STREET}{_STREET_WORD}[ \t]+){{1,3}}{_STREET_OR_WORD}\b[^.\n\d]{{2,30}}\d{{5}}\b", 0.6),
        ("street and number", rf"(?i){_EUROPEAN}[ \t]+\d{{1,4}}[a-z]?\b{_UNIT}(?:,?[ \t]+\d{{4,5}}[ \t]+[^\W\d_][\w-]+)?", 0.6),
        ("rue", rf"(?i)\b\d{{1,4}}(?:[ \t]?(?:bis|ter))?,?[ \t]+{_RUE}[ \t]+(?:d[eu']s?[ \t]?|la[ \t]|l')*[^\W\d_][\w'-]+(?:[ \t][A-ZÀ-Þ][\w'-]+)*", 0.6),
        ("calle", rf"(?i)\b{_RUE}[ \t]+(?:d[eu]s?[ \t]|la[ \t]|del[ \t])*[^\W\d_][\w'-]+(?:[ \t][^\W\d_][\w'-]+)?,?[ \t]+\d{{1,4}}\b", 0.6),
        ("number, name and flat", r"(?i)\b\d{1,6}[ \t]+(?:\d{1,5}[ \t]+)?(?:[^\W\d_][\w'.-]*[ \t]+){1,3}(?:\d{1,5}[ \t]*)?\n?[ \t]*(?:apt|suite)\.?[ \t]*#?\d+", 0.6),
        ("post box", r"(?i)\b(?:p\.?[ \t]?o\.?[ \t]?box|psc[ \t]\d+,?[ \t]*box)[ \t]\d+\b", 0.8),
    ],
    "DATE_OF_BIRTH": [
        ("born on", r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?|birthday)\b[:\s]{1,3}(?:is\s|was\s)?(?:on\s)?(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[a-z]{3,9}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[a-z]{3,9},?\s\d{4})", 0.85),
    ],
    "SECRET": [
        ("password", r"(?i)\b(?:password|passcode|passwd|pwd|pin(?: code)?)\b\s?(?:is|:|=|was)\s{0,2}['\"]?(?=\S*[\d!@#$%^&*])\S{4,}", 0.8),
        ("my password", r"(?i)\bmy (?:\w+ )?(?:password|passcode|pwd|pin) is (?!(?:not|no|never|always|too|being|been|still|wrong|right|incorrect|invalid|expired|required|reset|weak|lost|locked|blocked|saved|the|in|on|at|to|set)\b)\S{3,}(?: \d{2,8})?", 0.7),
        ("key with a known prefix", r"\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA|AIza|eyJ)[-_A-Za-z0-9]{14,}\b", 0.9),
    ],
    "HANDLE": [
        ("at name", r"(?<![\w@/.])@(?!(?i:here|channel|all|everyone|team|override|media|import|param|return)\b)[A-Za-z_][\w-]{2,30}(?![\w@.]*@|/)\b", 0.7),
        ("profile address", r"(?i)\b(?:https?://)?(?:www\.)?(?:linkedin\.com/in|twitter\.com|x\.com|instagram\.com|facebook\.com|github\.com)/[\w.-]{2,}", 0.7),
    ],
}  # fmt: skip
_CONTEXT = {"PHONE_NUMBER": _CALL, "CREDIT_CARD": _CARD}


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
            context=_CONTEXT.get(entity, []),
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
