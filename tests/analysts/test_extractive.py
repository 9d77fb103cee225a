"""What the embedded reader does beside its heads."""

from __future__ import annotations

import pytest

from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.ports import Passages
from icp_synth.records import Kind
from icp_synth.stages.segment import segment
from tests.small_evidence import clean_source


def kinds_of(text: str) -> tuple[Kind, ...]:
    source = clean_source("talk", [("customer", text)])
    sentences = segment(source)
    vectors = OnnxEmbedder().embed([sentence.text for sentence in sentences])
    (read,) = ExtractiveAnalyst().read([Passages(source, sentences, vectors, 0 * vectors)])
    return tuple(kind for candidate in read.what for kind in candidate.kinds)


@pytest.mark.parametrize(
    "text",
    [
        "We love it here, but I wouldn't recommend it to a shop with fewer than five people.",
        "Small clubs should look elsewhere, honestly.",
        "Don't buy it unless you have a warehouse of your own.",
    ],
)
def test_whom_it_is_not_for_is_a_disqualifier_also_where_the_content_say_it(text: str) -> None:
    assert "disqualifier" in kinds_of(text)


def test_praise_is_none() -> None:
    assert "disqualifier" not in kinds_of("We love how fast the support team answers our tickets.")
