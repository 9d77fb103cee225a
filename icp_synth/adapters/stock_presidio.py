"""Presidio as it comes, for comparison only: all default recognizers over the same spaCy model, nothing tuned.

Two things are changed so that it runs offline: the model is loaded from its package, and the list of domain suffixes is
the one that came with tldextract.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

from icp_synth.adapters.english import NAME, load_english
from icp_synth.records import Redaction


class _Engine(SpacyNlpEngine):
    """Presidio's spaCy engine around a model that is already loaded, so that it never tries to download one."""

    def __init__(self) -> None:
        super().__init__(
            models=[{"lang_code": "en", "model_name": "en_core_web_md"}],
            ner_model_configuration=NerModelConfiguration(),
        )
        self.nlp: Any = {"en": load_english()}

    def is_loaded(self) -> bool:
        return True

    def load(self) -> None:
        """Nothing to load: the model was given."""


class StockPresidio:
    """`AnalyzerEngine.analyze()` with its defaults, one text at a time."""

    name = f"AnalyzerEngine with {NAME}, defaults"

    def __init__(self) -> None:
        logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
        setattr(tldextract, "extract", tldextract.tldextract.TLD_EXTRACTOR)  # noqa: B010
        self._analyzer = AnalyzerEngine(nlp_engine=_Engine(), supported_languages=["en"])

    def analyze(self, text: str) -> Sequence[Redaction]:
        """Everything that it would remove."""
        return [
            Redaction(start=found.start, end=found.end, entity=found.entity_type, score=round(float(found.score), 3))
            for found in self._analyzer.analyze(text=text, language="en")
        ]
