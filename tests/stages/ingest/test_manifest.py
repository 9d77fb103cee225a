"""The manifest says who "us" is and what is known of the sources; what is impossible in it is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from icp_synth.errors import ManifestError
from icp_synth.records import Manifest, ManifestSource, RawFile
from icp_synth.stages.ingest import ingest
from icp_synth.stages.ingest.manifest import is_manifest, parse

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ingest"


def refused(text: str, name: str = "evidence.yaml") -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse(name, text.encode())
    return caught.value


def test_a_whole_manifest() -> None:
    manifest = parse("evidence.yaml", (FIXTURES / "evidence.yaml").read_bytes())
    assert (manifest.product, manifest.us_company) == ("Ledgerly", "Vendor Inc")
    assert (manifest.us_domains, manifest.us_people) == (("vendor.example",), ("Sam Hill",))
    assert manifest.sources == (
        ManifestSource(
            path="interviews/*.md",
            account="Blue Corp",
            date=date(2024, 5, 1),
            kind="interview",
            outcome="won",
            us=("Sam",),
            customers=("Ann Field", "Lee"),
        ),
        ManifestSource(path="calls.zip!red.vtt", account="Red Ltd"),
    )
    assert manifest.columns == {"nps*.csv": {"kind": ("survey",), "text": ("Why?", "What else?"), "account": ("Firm",)}}


def test_us_may_be_a_list_of_names_and_domains_or_a_company() -> None:
    listed = parse("evidence.yaml", b"us: [Sam Hill, vendor.example, '@vendor.test', jo@vendor.example]")
    assert listed.us_domains == ("vendor.example", "vendor.test")
    assert listed.us_people == ("Sam Hill", "jo@vendor.example")
    assert parse("evidence.yaml", b"us: Vendor Inc").us_company == "Vendor Inc"


def test_an_empty_manifest_says_nothing() -> None:
    assert parse("evidence.yaml", b"# nothing yet\n") == Manifest()


def test_the_csv_form_has_a_row_per_source() -> None:
    text = (
        'Path;Account;Date;Kind;Outcome;Us\nblue.md;Blue Corp;2024-05-01;win-loss;Churned;"Sam; Jo"\n\nred.vtt;;;;;\n'
    )
    assert parse("evidence.csv", text.encode()).sources == (
        ManifestSource(
            path="blue.md",
            account="Blue Corp",
            date=date(2024, 5, 1),
            kind="win_loss",
            outcome="churned",
            us=("Sam", "Jo"),
        ),
        ManifestSource(path="red.vtt"),
    )


@pytest.mark.parametrize(
    ("text", "line", "wrong", "allowed"),
    [
        ("product: X\nsource: []\n", 2, "'source'", "sources"),
        ("us:\n  company: X\n  domain: x.example\n", None, "'domain'", "domains"),
        ("sources:\n  - path: a.md\n    kind: podcast\n", 3, "'podcast'", "win_loss"),
        ("sources:\n  - path: a.md\n  - path: b.md\n    outcome: maybe\n", 4, "'maybe'", "churned"),
        ("sources:\n  - path: a.md\n    date: soon\n", 3, "'soon'", "2024-05-31"),
        ("sources:\n  - account: Blue\n", 2, "no path", "path"),
        ("sources:\n  - a.md\n", 2, "mapping", "path"),
        ("sources: a.md\n", 1, "list", "- path"),
        ("sources:\n  - path: [a, b]\n", 2, "path must be text", "text"),
        ("columns:\n  '*.csv':\n    prose: Comment\n", 3, "'prose'", "text"),
        ("columns: [a]\n", 1, "columns", "text"),
        ("- a\n- b\n", 1, "mapping", "product"),
        ("product: X\nus: [a\n", 3, "YAML", "line"),
    ],
)
def test_what_is_impossible_is_named_with_its_line_and_what_is_allowed(
    text: str, line: int | None, wrong: str, allowed: str
) -> None:
    error = refused(text)
    assert wrong in error.message
    assert allowed in error.advice
    assert "evidence.yaml" in error.message
    if line is not None:
        assert (error.line, f"line {line}" in error.message) == (line, True)


def test_a_csv_manifest_is_checked_as_strictly() -> None:
    error = refused("path,kind\na.md,interview\nb.md,podcast\n", "evidence.csv")
    assert (error.line, "'podcast'" in error.message) == (3, True)
    assert "'colour'" in refused("path,colour\na.md,red\n", "evidence.csv").message
    assert refused("path,kind\na.md,interview,Blue, Corp\n", "evidence.csv").line == 2


def test_a_manifest_is_not_evidence_but_a_table_of_the_same_name_is() -> None:
    for name in ("evidence.yaml", "sub/evidence.yml", "a.zip!evidence.yaml"):
        assert ingest(RawFile(path=name, data=b"product: X")).sources == ()
        assert ingest(RawFile(path=name, data=b"product: X")).rejects == ()
    table = b"company,comment\nBlue,It took us a week to set up\n"
    assert is_manifest("evidence.csv", b'"Path";account\na.md;Blue\n')
    assert not is_manifest("evidence.csv", table)
    assert len(ingest(RawFile(path="evidence.csv", data=table)).sources) == 1
