"""Whose words these are: every way in which a source tells it, and one answer over all sources and corrections."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.records import (
    AccountRef,
    AccountRow,
    CleanSource,
    Manifest,
    ManifestSource,
    Outcome,
    Overlay,
    Participant,
    Source,
    SourceKind,
)
from icp_synth.stages.accounts import UNKNOWN, Accounts, account_id, hint, merges, of_row, resolve
from tests.stages.raw_sources import notes, talk

US = Manifest(product="Northbeam", us_company="Titan", us_domains=("titan.example",), us_people=("Hannah Bright",))


def told(source: Source, manifest: Manifest = US) -> AccountRef:
    return hint(source, manifest, lambda who: f"#{len(who)}")


def person(name: str | None = None, email: str | None = None, **more: object) -> Participant:
    return Participant(name=name, email=email, **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- what one source tells


@pytest.mark.parametrize(
    "source, name, why",
    [
        (notes("Slow.", account="Acme  Inc."), "Acme Inc.", "named in the source"),
        (notes("Slow.", participants=(person("Bo", company="Acme"),)), "Acme", "company of the attendee"),
        (
            notes("Slow.", participants=(person("Bo", company="Acme"), person("Cy", company="Acme, Inc."))),
            "Acme",
            "company of the attendee",
        ),
        (talk(("Hannah Bright (Research)", "Hi."), ("Bo (Acme)", "Slow.")), "Acme", "company in the speaker label"),
        (notes("Slow.", participants=(person("Bo", "bo@acme.example"),)), "Acme", "e-mail domain"),
        (notes("Slow.", participants=(person("Bo", "bo@mail.acme.co.uk"),)), "Acme", "e-mail domain"),
        (notes("Slow.", title="Customer interview - Acme Health"), "Acme Health", "heading"),
        (notes("Slow.", title="Interview with Acme"), "Acme", "heading"),
    ],
)
def test_a_source_tells_its_account(source: Source, name: str, why: str) -> None:
    ref = told(source)
    assert (ref.name, ref.why, ref.known, ref.id) == (name, why, True, account_id(name))


def test_the_manifest_knows_best_and_its_last_entry_wins() -> None:
    entries = (ManifestSource(path="*.md", account="Globex"), ManifestSource(path="notes.md", account="Initech"))
    ref = told(notes("Slow.", account="Acme"), US.model_copy(update={"sources": entries}))
    assert (ref.name, ref.why) == ("Initech", "manifest")


@pytest.mark.parametrize(
    "source",
    [
        notes("Slow.", account="Titan Ltd."),
        notes("Slow.", participants=(person("Ana", "ana@eu.titan.example", company="Titan"),)),
        notes("Slow.", participants=(person("Ana", company="Acme", side="us"),)),
        notes("Slow.", participants=(person("Hannah Bright", "hannah@bright.example", company="Bright Research"),)),
        talk(("Ana (Titan)", "Hi.")),
        talk(("Interviewer (Hannah)", "Hi.")),
        talk(("Bo (she/her)", "Hi."), ("Fox, Dana", "Hi."), ("Cy, CTO", "Hi.")),
        notes("Slow.", title="Interview with Northbeam"),
        notes("Slow."),
    ],
)
def test_what_is_ours_or_names_no_company_is_nobodys_account(source: Source) -> None:
    assert told(source) == UNKNOWN


@pytest.mark.parametrize(
    "title",
    [
        "Meeting notes - March 2025",
        "Call - part 2",
        "Interview: pricing",
        "Quarterly review | Q3",
        "Call: Onboarding",
        "Interview - Head of RevOps",
        "Notes: 04",
        "Call with the platform team",
    ],
)
def test_not_every_end_of_a_heading_is_a_company(title: str) -> None:
    assert told(notes("Slow.", title=title)) == UNKNOWN


def test_two_companies_in_one_source_decide_nothing() -> None:
    assert told(talk(("Bo (Acme)", "Hi."), ("Cy (Globex)", "Hi."))) == UNKNOWN
    assert (
        told(notes("x", participants=(person("Bo", "bo@acme.example"), person("Cy", "cy@globex.example")))) == UNKNOWN
    )


def test_a_consumer_is_a_pseudonym_the_same_for_the_same_private_address() -> None:
    one, again, other = (
        told(notes(text, participants=(person("Bo", address),)))
        for text, address in (("Slow.", "bo@gmail.com"), ("Dear.", "BO@gmail.com"), ("Slow.", "bob@yahoo.co.uk"))
    )
    assert one == again != other
    assert (
        one.known and one.why == "private e-mail" and "bo" not in one.model_dump_json().lower().replace("unknown", "")
    )


def test_a_customer_who_is_named_as_a_person_becomes_a_pseudonym() -> None:
    column = notes("Slow.", account="Wei Chen", participants=(person("Wei Chen", "wei.chen@gmail.com"),))
    without = notes("Slow.", account="Wei Chen", participants=(person("Wei Chen"),))
    address = notes("Slow.", account="wei.chen@gmail.com")
    for source in (column, without, address):
        stored = told(source).model_dump_json().lower()
        assert "consumer" in stored and "wei" not in stored and "chen" not in stored


@pytest.mark.parametrize(
    "source",
    [
        notes("Slow.", path="a.md", title="Customer interview - Priya Raman"),
        talk(("Interviewer", "How is it?"), ("Customer (Sebastian)", "Slow."), path="a.txt"),
    ],
)
def test_a_person_in_the_place_of_a_company_is_no_account(clean_source, source: Source) -> None:
    clean = clean_source(source, US)
    assert clean.account == UNKNOWN
    assert not [name for name in ("Priya", "Raman", "Sebastian") if name in clean.model_dump_json()]


# ---------------------------------------------------------------- one answer over all sources


def clean(
    number: int, account: AccountRef = UNKNOWN, *, path: str = "a.md", text: str = "Slow.", title: str | None = None,
    kind: SourceKind = "ticket", outcome: Outcome | None = None,
) -> CleanSource:  # fmt: skip
    return CleanSource(
        id=f"src-{number}", path=path, format="md", kind=kind, text=text, blocks=(), turns=(), account=account,
        title=title, outcome=outcome,
    )  # fmt: skip


def named(name: str, why: str = "named in the source", domain: str | None = None) -> AccountRef:
    return AccountRef(id=account_id(name), name=name, known=True, why=why, domain=domain)


def row(name: str, number: int = 2, **more: object) -> AccountRow:
    return AccountRow(name=name, path="accounts.csv", row=number, **more)  # type: ignore[arg-type]


def decide(action: str, target: str, **value: str) -> Overlay:
    return Overlay(id=f"{action}:{target}:{value}", action=action, target=target, value=value)  # type: ignore[arg-type]


def test_unknown_accounts_are_one_that_never_counts() -> None:
    found = resolve([clean(1), clean(2), clean(3, named("Acme"))], [], [])
    assert found.of_source == {"src-1": "unknown", "src-2": "unknown", "src-3": "acme"}
    assert [account.id for account in found.known()] == ["acme"]
    assert not found.by_id["unknown"].known and found.by_id["unknown"].sources == 2


def test_rows_of_tables_join_by_name_whatever_the_legal_form() -> None:
    rows = [row("Acme", outcome="won", attributes={"Size": "90"}), row("Globex", 3)]
    found = resolve([clean(1, named("ACME, Inc."))], rows, [])
    acme = found.by_id["acme"]
    assert (acme.name, acme.sources, acme.outcome, acme.attributes) == ("Acme", 1, "won", {"Size": "90"})
    assert [account.id for account in found.known()] == ["acme"], "a row without words corroborates nothing"


def test_rows_and_sources_join_by_domain() -> None:
    by_mail = named("Acmecorp", "e-mail domain", "acmecorp.example")
    other_name = named("Acme Systems", domain="acmecorp.example")
    rows = [row("Acme", domain="AcmeCorp.example")]
    assert set(resolve([clean(1, by_mail), clean(2, other_name)], rows, []).of_source.values()) == {"acme"}
    joined = resolve([clean(1, by_mail), clean(2, other_name)], [], [])
    assert set(joined.of_source.values()) == {"acme-systems"} and joined.by_id["acme-systems"].name == "Acme Systems"


def test_a_listed_account_keeps_its_words_though_somebody_elses_domain_wrote_them() -> None:
    rows = [row("Acme", domain="acme.example"), row("Globex", 3)]
    assert resolve([clean(1, named("Globex", domain="acme.example"))], rows, []).of_source == {"src-1": "globex"}


@pytest.mark.parametrize(
    "source, account",
    [
        (clean(1, path="calls/acme-health_2025.txt"), "acme-health"),
        (clean(1, path="calls/Acme call.txt"), "acme"),
        (clean(1, title="Notes on ACME"), "acme"),
        (clean(1, text="Talked to Target today.", kind="note"), "target"),
        (clean(1, text="Our target was 90 days.", kind="note"), "unknown"),
        (clean(1, text="Talked to Target and Acme.", kind="note"), "unknown"),
        (clean(1, text="Acme is slow."), "unknown"),
        (clean(1, path="calls/acmeish.txt"), "unknown"),
    ],
)
def test_an_unknown_source_is_of_the_only_account_that_it_names(source: CleanSource, account: str) -> None:
    rows = [row("Acme Inc."), row("Acme Health", 3), row("Target", 4)]
    assert resolve([source], rows, []).of_source == {"src-1": account}


def test_people_correct_accounts() -> None:
    sources = [clean(1), clean(2, named("Acme")), clean(3, named("Acme Labs"), outcome="lost")]
    found = resolve(
        sources,
        [row("Acme Labs", attributes={"Size": "90"})],
        [
            decide("source.account", "src-1", name="Globex"),
            decide("account.merge", "acme-labs", into="acme"),
            decide("account.rename", "acme", name="Acme Group"),
            decide("account.set", "acme-labs", outcome="won", Region="EMEA"),
        ],
    )
    assert found.of_source == {"src-1": "globex", "src-2": "acme", "src-3": "acme"}
    acme = found.by_id["acme"]
    assert (acme.name, acme.outcome, acme.attributes) == ("Acme Group", "won", {"Region": "EMEA", "Size": "90"})
    assert found.by_id["globex"].why == "assigned by hand" and "acme-labs" not in found.by_id


def merge(*pairs: tuple[str, str]) -> dict[str, str]:
    return merges([decide("account.merge", old, into=new) for old, new in pairs])


def test_merges_follow_chains_and_cycles_are_one_account_named_last() -> None:
    assert merge(("a", "b"), ("b", "c")) == {"a": "c", "b": "c"}
    assert merge(("b", "c"), ("a", "b")) == {"a": "c", "b": "c"}
    assert merge(("a", "b"), ("b", "a")) == {"b": "a"}
    assert merge(("a", "b"), ("b", "c"), ("c", "a")) == {"b": "a", "c": "a"}
    assert merge(("a", "a")) == {}
    assert of_row(row("B Ltd."), merge(("b", "c"))) == "c"


NAMES = st.sampled_from("abcde")


@given(st.lists(st.tuples(NAMES, NAMES), max_size=8))
def test_whatever_is_merged_every_account_has_one_end(pairs: list[tuple[str, str]]) -> None:
    final = merge(*pairs)
    assert all(now not in final for now in final.values()), "an end is not merged itself"
    for old, new in pairs:
        assert final.get(old, old) == final.get(new, new)


REFS = st.sampled_from(
    [
        UNKNOWN,
        named("Acme"),
        named("ACME Inc.", domain="acme.example"),
        named("Globex", "e-mail domain", "globex.example"),
        named("Globex Labs", domain="globex.example"),
        named("Initech", "heading"),
    ]
)
SOURCES = st.lists(
    st.tuples(REFS, st.sampled_from(["a.md", "acme.md", "initech call.md"]), st.sampled_from([None, "won", "lost"])),
    max_size=7,
)


@given(SOURCES, st.randoms(use_true_random=False))
def test_the_order_of_sources_and_rows_does_not_matter(
    made: list[tuple[AccountRef, str, Outcome | None]], shuffler: random.Random
) -> None:
    sources = [clean(n, ref, path=path, outcome=outcome) for n, (ref, path, outcome) in enumerate(made)]
    rows = [row("Acme", attributes={"Size": "1"}), row("Initech", 3), row("Acme", 4, attributes={"Size": "2"})]
    straight = resolve(sources, rows, [])
    shuffler.shuffle(sources)
    shuffler.shuffle(rows)
    shuffled: Accounts = resolve(sources, rows, [])
    assert shuffled == straight
    assert {source.id for source in sources} == set(straight.of_source)
    assert all(straight.by_id[a].known is (a != "unknown") for a in straight.of_source.values())
