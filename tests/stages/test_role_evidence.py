"""Whole files as tools export them: whose side every speaker is on, and which words may become evidence.

A seller taken for a customer is the error that must not happen; a customer left unknown only loses evidence.
`tests/fixtures/roles/expected.yaml` says of each file what a careful reader would.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from icp_synth.records import Manifest, ManifestSource, RawFile, Role, Source, Turn
from icp_synth.speakers import label_parts
from icp_synth.stages.describe import describe
from icp_synth.stages.ingest import ingest
from icp_synth.stages.roles import assign

FILES = Path(__file__).parents[1] / "fixtures" / "roles"
EXPECTED = yaml.safe_load((FILES / "expected.yaml").read_text())


def read(name: str) -> list[tuple[Source, Turn]]:
    """Every turn of a file with its source, by the way that the pipeline goes."""
    story = EXPECTED[name]
    listed = (ManifestSource(path=name, kind=story.get("kind")),)
    manifest = Manifest(sources=listed, **story.get("manifest", {}))
    found = ingest(RawFile(path=name, data=(FILES / name).read_bytes()), manifest)
    assert found.sources, found.rejects
    assigned = [assign(one, manifest, describe(one, manifest).kind) for one in found.sources]
    return [(source, turn) for source, turns in assigned for turn in turns]


def words(source: Source, turn: Turn) -> str:
    return " ".join(" ".join(block.text for block in source.blocks[turn.first : turn.last + 1]).split())


def sides(name: str) -> dict[str, set[Role]]:
    found: dict[str, set[Role]] = {}
    for _, turn in read(name):
        if turn.speaker:
            found.setdefault(label_parts(turn.speaker)[0], set()).add(turn.role)
    return found


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if "speakers" in EXPECTED[name]))
def test_every_speaker_is_on_the_right_side(name: str) -> None:
    assert sides(name) == {who: {role} for who, role in EXPECTED[name]["speakers"].items()}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_customers_say_counts_and_nothing_else(name: str) -> None:
    customer = " | ".join(words(source, turn) for source, turn in read(name) if turn.role == "customer")
    assert [said for said in EXPECTED[name]["theirs"] if said not in customer] == []
    assert [said for said in EXPECTED[name]["never"] if said in customer] == []
