"""Whose words these are. Support is counted in accounts, so this is decided in one place, shown, and correctable."""

from __future__ import annotations

import datetime as dt
import random

from icp_synth.records import AccountRow, CleanSource, Manifest, ManifestSource, Overlay, Participant, Source
from icp_synth.stages.accounts import UNKNOWN, account_id, hint, resolve
from tests.stages.raw_sources import block, notes, talk

QOPPA = Manifest(product="Qoppa", us_company="Qoppa Inc", us_domains=("qoppa.example",))


def named(source: Source, manifest: Manifest = QOPPA) -> tuple[str, str]:
    ref = hint(source, manifest, lambda address: f"{len(address)}ab")
    return ref.name, ref.why


def test_every_hint_is_used_in_order_of_trust() -> None:
    told = Manifest(sources=(ManifestSource(path="call.txt", account="Zell"),))
    people = (
        Participant(name="Bo", company="Marlow", side="customer"),
        Participant(name="Ana", company="Qoppa", side="us"),
    )
    mail = Source(path="m.eml", format="eml", blocks=(block("Slow.", speaker="Bo", email="bo@zell-labs.example"),))
    assert named(talk(("Bo", "Hi.")), told) == ("Zell", "manifest")
    assert named(talk(("Bo", "Hi."), account="Zell")) == ("Zell", "named in the source")
    assert named(talk(("Bo", "Hi."), participants=people)) == ("Marlow", "company of the attendee")
    assert named(talk(("Bo (Zell)", "Hi."), ("Ana (Qoppa)", "Hi."))) == ("Zell", "company in the speaker label")
    assert named(mail)[1] == "e-mail domain"
    assert named(notes("Slow.", title="Adopter Interview - Marlow")) == ("Marlow", "heading")
    assert named(talk(("Bo", "Hi."))) == (UNKNOWN.name, UNKNOWN.why)


def test_we_are_never_an_account() -> None:
    source = talk(("Ana (Qoppa)", "Hi."), ("Bo", "Hi."), participants=(Participant(email="ana@qoppa.example"),))
    assert named(source)[0] == UNKNOWN.name


def test_a_private_address_is_a_consumer_with_a_pseudonym() -> None:
    def mail(address: str) -> Source:
        return Source(path="m.eml", format="eml", blocks=(block("Slow.", speaker="B", email=address),))

    ref = hint(mail("bo.lind@gmail.com"), QOPPA, lambda address: "7f" if address == "bo.lind@gmail.com" else "00")
    assert (ref.id, ref.known) == ("consumer-7f", True) and "bo" not in ref.name.lower()


def test_legal_forms_and_case_do_not_matter() -> None:
    assert len({account_id(name) for name in ("Zell", "ZELL Inc.", "Zell, Ltd", "zell GmbH")}) == 1


def test_a_heading_that_names_a_person_is_no_account(clean_source) -> None:
    source = notes("Why?", "It is slow.", title="Interview with Marisol Vega", names=("Marisol Vega",))
    assert not clean_source(source).account.known


def clean(source_id: str, path: str, clean_source, **more: object) -> CleanSource:
    made = clean_source(talk(("Customer", "It is slow."), path=path, **more))
    return made.model_copy(update={"id": source_id})


def test_tables_join_by_name_and_unknown_sources_by_what_their_path_names(clean_source) -> None:
    sources = (
        clean("1", "calls/first.txt", clean_source, account="Zell Ltd"),
        clean("2", "calls/marlow-june.txt", clean_source),
    )
    rows = (
        AccountRow(name="Zell", path="a.csv", row=2, outcome="lost", attributes={"Industry": "banking"}),
        AccountRow(name="Marlow", path="a.csv", row=3, outcome="won"),
    )
    found = resolve(sources, rows, ())
    assert found.of_source == {"1": "zell", "2": "marlow"}
    assert (found.by_id["zell"].outcome, found.by_id["zell"].attributes) == ("lost", {"Industry": "banking"})
    assert found.by_id["marlow"].outcome == "won"


def test_unknown_accounts_are_not_known_and_take_no_outcome(clean_source) -> None:
    source = clean("1", "call.txt", clean_source).model_copy(update={"outcome": "lost", "date": dt.date(2025, 1, 1)})
    found = resolve((source,), (), ())
    assert found.known() == [] and found.by_id[UNKNOWN.id].outcome is None


def test_people_correct_it_and_cycles_of_merges_end(clean_source) -> None:
    sources = tuple(
        clean(str(n), f"{n}.txt", clean_source, account=name) for n, name in enumerate(("Aco", "Bco", "Cco"))
    )
    overlays = (
        Overlay(id="1", action="account.merge", target="aco", value={"into": "bco"}),
        Overlay(id="2", action="account.merge", target="bco", value={"into": "aco"}),
        Overlay(id="3", action="account.rename", target="cco", value={"name": "See"}),
        Overlay(id="4", action="account.set", target="cco", value={"outcome": "churned", "Size": "12"}),
    )
    found = resolve(sources, (), overlays)
    assert found.of_source["0"] == found.of_source["1"] or {found.of_source["0"], found.of_source["1"]} == {
        "aco",
        "bco",
    }
    see = found.by_id["cco"]
    assert (see.name, see.outcome, see.attributes) == ("See", "churned", {"Size": "12"})
    assigned = Overlay(id="5", action="source.account", target="2", value={"name": "Dco"})
    assert resolve(sources, (), (assigned,)).of_source["2"] == "dco"


def test_the_order_of_sources_does_not_matter(clean_source) -> None:
    sources = [clean(str(n), f"{n}.txt", clean_source, account=f"Company {n % 3}") for n in range(6)]
    first = resolve(sources, (), ())
    for seed in range(5):
        random.Random(seed).shuffle(sources)
        again = resolve(sources, (), ())
        assert again.of_source == first.of_source and again.by_id == first.by_id
