"""Cleaning a raw source in a test, with the real detector and a fixed key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from icp_synth import pipeline, wiring
from icp_synth.adapters.home import keyed_hash
from icp_synth.records import CleanSource, Manifest, Source

Clean = Callable[..., CleanSource]


@pytest.fixture(scope="session")
def clean_source() -> Clean:
    """`clean_source(source, manifest=…)` → the clean source."""
    keyed = partial(keyed_hash, b"test")

    def clean(source: Source, manifest: Manifest | None = None) -> CleanSource:
        return pipeline.clean(source, manifest or Manifest(), wiring.detector(), keyed)

    return clean
