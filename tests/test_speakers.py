"""What a speaker label and a manifest say by themselves."""

from __future__ import annotations

import pytest

from icp_synth.records import Manifest, ManifestSource
from icp_synth.speakers import (
    address_name,
    company_key,
    is_our_address,
    is_our_company,
    label_company,
    label_parts,
    manifest_entries,
    manifest_people,
    person_of,
    same_person,
    speaker_is_name,
    words_by_role,
)


@pytest.mark.parametrize(
    "label, name, company",
    [
        ("Ngozi Adeyemi", "Ngozi Adeyemi", None),
        ("Ngozi (Acme)", "Ngozi", "Acme"),
        ("Ngozi [Acme Inc.]", "Ngozi", "Acme Inc."),
        ("Ngozi | Acme", "Ngozi", "Acme"),
        ("Ngozi @ Acme", "Ngozi", "Acme"),
        ("Ngozi Adeyemi - Acme", "Ngozi Adeyemi", "Acme"),
        ("Ngozi Adeyemi, CTO, Acme", "Ngozi Adeyemi", "Acme"),
        ("Ngozi Adeyemi, CTO", "Ngozi Adeyemi", None),
        ("Ngozi Adeyemi (she/her)", "Ngozi Adeyemi", None),
        ("Ngozi Adeyemi (she/her) (Acme)", "Ngozi Adeyemi", "Acme"),
        ("Adeyemi, Ngozi (Guest)", "Ngozi Adeyemi", None),
        ("Jean-Luc Adeyemi-Clarke", "Jean-Luc Adeyemi-Clarke", None),
        ("Customer (Acme)", "Customer", "Acme"),
        ("ngozi@acme.example", "ngozi@acme.example", None),
    ],
)
def test_a_label_holds_a_name_and_perhaps_a_company(label: str, name: str, company: str | None) -> None:
    assert label_parts(label) == (name, company)


def test_what_stands_with_one_of_our_roles_is_a_person_and_no_company() -> None:
    assert label_company("Interviewer (Hannah)") is None
    assert person_of("Interviewer (Hannah)") == "Hannah"
    assert label_company("Customer (Acme)") == "Acme"
    assert person_of("Customer (Acme)") is None


@pytest.mark.parametrize(
    "label",
    ["Interviewer", "Speaker 2", "DevOps Lead", "Customer", "Q", "User 77", "Verified user in retail", "VP Sales Team"],
)
def test_a_part_in_the_talk_names_nobody(label: str) -> None:
    assert person_of(label) is None
    assert not speaker_is_name(label)


def test_an_address_may_spell_a_name() -> None:
    assert person_of("ngozi.adeyemi@acme.example") == "ngozi adeyemi"
    assert address_name("n_adeyemi2@acme.example") == "adeyemi"
    assert address_name("support@acme.example") is None
    assert address_name("no-reply@acme.example") is None


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("Dana Fox", "dana fox", True),
        ("Dana Fox", "Dana", True),
        ("Dana", "Dana Fox", True),
        ("Fox, Dana", "Dana Fox", True),
        ("Dana F.", "Dana Fox", True),
        ("Dana Fox", "Dana Lee", False),
        ("Dana Fox", "Fox", False),
        ("Dana", "Danae", False),
        ("", "Dana", False),
    ],
)
def test_two_names_may_be_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


def test_a_company_is_the_same_with_and_without_its_legal_form() -> None:
    assert {company_key(name) for name in ("Acme", "ACME, Inc.", "Acme GmbH", "acme  ltd.")} == {"acme"}
    assert company_key("Acme Health") != company_key("Acme")


def test_us_is_our_company_our_product_and_our_domains() -> None:
    manifest = Manifest(product="Northbeam", us_company="Titan Ltd.", us_domains=("@Titan.example",))
    assert is_our_company("TITAN", manifest) and is_our_company("northbeam", manifest)
    assert not is_our_company("Acme", manifest)
    assert is_our_address("dana@titan.example", manifest) and is_our_address("dana@eu.titan.example", manifest)
    assert not is_our_address("dana@nottitan.example", manifest) and not is_our_address("dana@acme.example", manifest)


def test_entries_of_a_manifest_match_paths_and_globs_in_order() -> None:
    manifest = Manifest(
        us_people=("Hannah",),
        sources=(
            ManifestSource(path="calls/*.vtt", us=("Marcus",)),
            ManifestSource(path="calls/[draft] b.vtt", customers=("Dana",)),
        ),
    )
    assert [entry.us for entry in manifest_entries(manifest, "calls/a.vtt")] == [("Marcus",)]
    assert manifest_people(manifest, "calls/[draft] b.vtt") == (["Hannah", "Marcus"], ["Dana"])
    assert manifest_people(manifest, "notes/a.md") == (["Hannah"], [])


def test_words_are_counted_by_role() -> None:
    assert words_by_role("one two three four", [(0, 7, "us"), (8, 18, "customer")]) == {
        "us": 2,
        "customer": 2,
        "unknown": 0,
    }
