"""What is personal becomes a placeholder; the evidence, its lines and its offsets stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_synth import pipeline
from icp_synth.errors import ScrubError
from icp_synth.records import (
    AccountRow,
    Manifest,
    ManifestSource,
    Participant,
    Passage,
    PrivacyRules,
    Redaction,
    Source,
)
from icp_synth.stages import scrub
from icp_synth.stages.scrub import PLACEHOLDER
from tests.stages.raw_sources import block, notes, talk


def test_a_speaker_is_gone_from_labels_and_from_what_others_say(clean_source) -> None:
    source = clean_source(
        talk(
            ("Marisol Vega", "It broke on Monday."),
            ("Interviewer", "Marisol, who noticed? And did Vega's team, I mean marisol's, fix it?"),
        )
    )
    stored = source.model_dump_json().lower()
    assert "marisol" not in stored and "vega" not in stored
    assert source.turns[0].speaker == "<PERSON_1>"
    assert source.text.count("<PERSON_1>") == 3, "the same person is the same placeholder"


def test_what_somebody_does_stays_with_their_pseudonym_and_nobodys_name_in_it(clean_source) -> None:
    source = talk(("Marisol Vega (CTO)", "It broke on Monday."), ("Jonas Lind", "It did."), ("Pia Holm", "Yes."))
    people = (
        Participant(name="Marisol Vega", title="CTO"),
        Participant(name="Jonas Lind", title="Assistant to Marisol Vega"),
        Participant(name="Pia Holm", title="Holm of finance"),
    )
    clean = clean_source(source.model_copy(update={"participants": people}))
    assert [turn.title for turn in clean.turns] == ["CTO", "Assistant", None]
    assert [turn.speaker for turn in clean.turns][0].startswith("<PERSON")


def test_attendees_mail_addresses_and_file_names_go_too(clean_source) -> None:
    source = notes(
        "# Interview", "Why?", "Reach me at tomasz.wilk@zell.example or 555-0142. Tomasz said it is slow.",
        path="interviews/tomasz-wilk.md", title="Interview with Tomasz Wilk",
        participants=(Participant(name="Tomasz Wilk", email="tomasz.wilk@zell.example"),),
    )  # fmt: skip
    stored = clean_source(source).model_dump_json().lower()
    assert not [word for word in ("tomasz", "wilk", "555-0142") if word in stored]


def test_greetings_sign_offs_and_introductions_name_people(clean_source) -> None:
    text = "Hi Priya,\nthe export fails. My name is Oluwaseun Adeyemi.\nBest,\nOluwaseun"
    stored = clean_source(notes(text)).text
    assert "Priya" not in stored and "Oluwaseun" not in stored and "the export fails" in stored


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Will will mark the release in May.", "will mark the release in May"),
        ("We moved from Jenkins to a hosted runner.", "Jenkins"),
        (
            "About 250 RPS, 70,000 deployments a year, version 1.8.3.",
            "250 RPS, 70,000 deployments a year, version 1.8.3",
        ),
        ("It costs $12,500 a year, 38% more than in 2023.", "$12,500 a year, 38% more than in 2023"),
    ],
)
def test_the_evidence_stays(clean_source, text: str, kept: str) -> None:
    assert kept in clean_source(notes("What happened?", text)).text


def test_our_product_and_the_customers_company_stay_even_if_they_look_like_people(clean_source) -> None:
    source = talk(("Bo (Marlow)", "Marlow runs on Edison."), account="Marlow")
    assert "Marlow runs on Edison" in clean_source(source, Manifest(product="Edison")).text


def test_line_breaks_stay_so_that_lines_can_be_named(clean_source) -> None:
    text = "We told\nMarisol Vega\nabout it\ntwice."
    source = clean_source(Source(path="a.txt", format="txt", blocks=(block(text, speaker="Marisol Vega"),)))
    assert source.text.count("\n") == 3 and source.blocks[0].lines == (1, 4)


def test_every_redaction_points_at_its_placeholder(clean_source) -> None:
    source = clean_source(
        talk(("Marisol Vega", "Mail marisol@zell.example or call 212-555-0187."), ("Rep", "Ok Marisol"))
    )
    assert source.redactions
    assert all(PLACEHOLDER.fullmatch(source.text[r.start : r.end]) for r in source.redactions)


def test_findings_outside_the_text_refuse_the_source() -> None:
    prepared = scrub.prepare(notes("Short."))
    with pytest.raises(ScrubError, match="outside"):
        scrub.mask(prepared, [Redaction(start=0, end=999, entity="PERSON", score=1.0)], [], "a.md")


def test_rows_of_account_tables_are_cleaned_but_for_the_company() -> None:
    def find(text: str) -> list[Redaction]:
        at = text.find("Bo Lind")
        return [Redaction(start=at, end=at + 7, entity="PERSON", score=1.0)] if at >= 0 else []

    row = AccountRow(name="Zell", path="a.csv", row=2, attributes={"Remark": "ask Bo Lind", "Industry": "banking"})
    assert scrub.clean_row(row, find, PrivacyRules()).attributes == {"Remark": "ask <PERSON>", "Industry": "banking"}


names = st.sampled_from(["Marisol Vega", "Tomasz Wilk", "Priya Raman", "Grace Okafor", "José Álvarez"])
tails = st.sampled_from(
    ["It is slow.", "call 212-555-0187", "mail x.y@zell.example", "we use Kafka", "order number 88213-AB"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, tails), min_size=1, max_size=4))
def test_scrubbing_twice_changes_nothing(clean_source, said: list[tuple[str, str]]) -> None:
    once = clean_source(talk(*said))
    again = clean_source(talk(*((turn.speaker or "", once.text[turn.start : turn.end]) for turn in once.turns)))
    assert again.text == once.text


# ---------------------------------------------------------------- names in all their shapes


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("Dana Fox came, Dana's idea.", "<PERSON_1> came, <PERSON_1>'s idea."),
        ("I told dana and FOX.", "I told <PERSON_1> and <PERSON_1>."),
        ("Dana\nFox came.", "<PERSON_1>\n came."),
        ("Hi Dana. Bo Lind here.", "Hi <PERSON_1>. <PERSON_2> here."),
        ("ask danafox or dana.fox", "ask <PERSON_1> or <PERSON_1>"),
        ("Dana F. and Dana, Bo", "<PERSON_1> and <PERSON_1>, <PERSON_2>"),
        ("A fox ran, foxes too, and Danae.", "A <PERSON_1> ran, foxes too, and Danae."),
        ("Dana Bo Lind", "<PERSON_1> <PERSON_2>"),
    ],
)
def test_a_known_person_is_found_in_every_shape(said: str, clean: str) -> None:
    assert masked(said, names=("Dana Fox", "Bo Lind")).text == clean


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("I asked Parkre about it.", "I asked <PERSON_1> about it."),  # two letters swapped
        ("I asked Parke about it, parke said.", "I asked Parke about it, parke said."),  # five letters, and a small one
        ("I asked Parkker and Porker.", "I asked <PERSON_1> and <PERSON_1>."),
        ("Parked it. It was Parked, then parked.", "Parked it. It was Parked, then parked."),
        ("We met Featherstonehaugh and Fetherstonhaugh.", "We met <PERSON_1> and <PERSON_1>."),
        ("We bought Packet and Barker.", "We bought Packet and Barker."),
    ],
)
def test_a_name_misspelt_by_a_letter_goes_too(said: str, clean: str) -> None:
    assert (
        masked(said, names=("Wren Parker", "Wren Featherstonhaugh")).text.replace("<PERSON_2>", "<PERSON_1>") == clean
    )


@pytest.mark.parametrize(
    ("name", "said", "clean"),
    [
        ("Will Grant", "Will it grant access? I will.", "Will it grant access? I will."),
        ("Will Grant", "Will, can you grant it?", "<PERSON_1>, can you grant it?"),
        ("Will Grant", "I asked Will. Grant said no.", "I asked <PERSON_1>. <PERSON_1> said no."),
        ("Will Grant", "will grant wrote", "<PERSON_1> wrote"),
        ("Mark Page", "Mark all as read on the page.", "Mark all as read on the page."),
        ("Don Reyes", "Don't ask; I don't.", "Don't ask; I don't."),
        ("Minh Do", "Did Minh do it? Do we?", "Did <PERSON_1> do it? Do we?"),
        ("April Ito", "In April we left. I like April.", "In April we left. I like <PERSON_1>."),
        ("Seán O'Brien", "O’Brien and Sean left.", "<PERSON_1> and <PERSON_1> left."),
        ("Yuki Tanabe-Ross", "Tanabe is out, ms. ross too", "<PERSON_1> is out, ms. <PERSON_1> too"),
        ("Mr. Feld", "The mr in Mr. Feld", "The mr in Mr. <PERSON_1>"),
    ],
)
def test_names_that_are_also_words_go_only_where_the_context_is_a_names(name: str, said: str, clean: str) -> None:
    assert masked(said, names=(name,)).text == clean


@pytest.mark.parametrize(
    "said",
    [
        "Hi Zhanna,\nit broke.",
        "thanks Zhanna!",
        "It broke.\n\nKind regards,\nZhanna Ospan",
        "It broke. Best, Zhanna",
        "My name is Zhanna.",
        "Hello, this is Zhanna.",
        "this is Zhanna from Acme",
        "I'm Zhanna, I run support.",
        "Zhanna here, from Acme.",
        "Ask Ms. Zhanna.",
        "We asked our CFO, Zhanna.",
        "Zhanna, our head of support, left.",
        "A guy named Zhanna left.",
    ],
)
def test_the_structure_gives_a_name_away(said: str) -> None:
    assert "Zhanna" not in masked(said).text


@pytest.mark.parametrize(
    "said",
    [
        "Hi Team, thanks Everyone. Hello Support. Dear Sir, hi Zell support.",
        "I'm CTO at Zell. I am German, sorry. I'm Afraid not.",
        "Honestly, our CFO, who pays, said no. Yesterday, my boss left.",
        "We talked to Salesforce, this is Kubernetes at its best, took 300 ms Kafka needs.",
        "Our CEO and the Product team. People here like it.",
        "Best,\nwhat else",
    ],
)
def test_the_structure_gives_no_names_away_where_there_are_none(said: str) -> None:
    assert masked(said).text == said


def test_companies_and_products_stay_beside_the_people_who_bear_their_names() -> None:
    keep = ("Stone", "Fresh & Fast", "Morgan Field")
    names = ("Gerald Stone", "Dana Morgan", "Fresh & Fast")
    clean = masked("Gerald Stone of Stone; Morgan Field, Morgan; Fresh & Fast is fresh.", names=names, keep=keep).text
    assert clean == "<PERSON_1> of Stone; Morgan Field, <PERSON_2>; Fresh & Fast is fresh."


def test_a_product_that_the_detector_takes_for_a_person_stays() -> None:
    text = "Stone Pipelines broke. Ask Gerald Stone."
    findings = [
        Redaction(start=0, end=15, entity="PERSON", score=0.8),
        Redaction(start=27, end=39, entity="PERSON", score=0.8),
    ]
    clean = masked(text, findings=findings, keep=("Stone",)).text
    assert clean == "Stone Pipelines broke. Ask <PERSON_1>."


def masked(
    *texts: str, names: tuple[str, ...] = (), keep: tuple[str, ...] = (), findings: list[Redaction] | None = None,
    path: str = "a.md",
) -> scrub.Masked:  # fmt: skip
    return scrub.mask(scrub.prepare(notes(*texts, names=names)), findings or [], keep, path)


def test_a_placeholder_never_joins_what_two_blocks_say() -> None:
    clean = masked("I asked Dana", "Fox Bo", "Dana knows", names=("Dana Fox", "Bo Lind"))
    assert clean.text.split("\n") == ["I asked <PERSON_1>", "<PERSON_1> <PERSON_2>", "<PERSON_1> knows"]


def test_overlapping_findings_are_one_and_the_same_value_is_the_same_placeholder() -> None:
    text = "mail a@b.example or A@B.example, +1 555 010 0199"
    spans = [(5, 16, "EMAIL_ADDRESS"), (7, 16, "URL"), (20, 31, "EMAIL_ADDRESS"), (33, 48, "PHONE_NUMBER")]
    findings = [Redaction(start=s, end=e, entity=entity, score=0.5) for s, e, entity in spans]
    clean = masked(text, findings=findings)
    assert clean.text == "mail <EMAIL_ADDRESS_1> or <EMAIL_ADDRESS_1>, <PHONE_NUMBER_1>"


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("calls/dana_fox-2025.vtt", "calls/<PERSON_1>-2025.vtt"),
        ("calls/DanaFox.vtt", "calls/<PERSON_1>.vtt"),
        ("Call with Dana.vtt", "Call with <PERSON_1>.vtt"),
        ("foxes.vtt", "foxes.vtt"),
    ],
)
def test_a_person_goes_from_the_path_too(path: str, clean: str) -> None:
    assert masked("It broke.", names=("Dana Fox",), path=path).path == clean


def test_people_of_the_manifest_are_known_everywhere(clean_source) -> None:
    source = notes("Why?", "We told Zhanna and Qasim that it broke.")
    manifest = Manifest(us_people=("Zhanna Ospan",), sources=(ManifestSource(path="*", customers=("Qasim Bek",)),))
    assert clean_source(source, manifest).text.split("\n")[1] == "We told <PERSON_1> and <PERSON_2> that it broke."


def test_a_detector_that_fails_lets_nothing_through() -> None:
    class Broken:
        name = "broken"

        def find(self, text: str) -> list[Redaction]:
            raise ScrubError("no")

        def find_all(self, passages: Sequence[Passage]) -> list[ScrubError]:
            return [ScrubError("no") for _ in passages]

        find_in_label = find

    with pytest.raises(ScrubError):
        pipeline.clean(notes("It broke."), Manifest(), Broken(), lambda *parts: "|".join(parts))


def test_speakers_headings_and_questions_are_shown_as_they_read_in_the_clean_text(clean_source) -> None:
    blocks = (
        block("Dana's view", 1, form="heading"), block("What broke, Dana?", 2, form="question", heading="Dana's view"),
        block("The export.", 3, speaker="Dana Fox (Acme)", heading="What broke,\nDana?"),
        block("Yes.", 4, speaker="dana.fox@acme.example", heading="Not in the text, by Dana"),
        block("No.", 5, speaker="Interviewer (Dana)"), block("Hm.", 6, speaker="Speaker 2"),
    )  # fmt: skip
    clean = clean_source(Source(path="a.md", format="md", blocks=blocks, title="Dana Fox on exports"))
    assert [b.heading for b in clean.blocks] == [None, "<PERSON_1>'s view", "What broke, <PERSON_1>?", None, None, None]
    assert [t.speaker for t in clean.turns] == [None, "<PERSON_1>", "<PERSON_1>", "Interviewer", "Speaker 2"]
    assert clean.title == "<PERSON_1> on exports" and "dana" not in clean.model_dump_json().lower()


# ---------------------------------------------------------------- nobody is left

PEOPLE = (
    "Oluwaseun Adeyemi", "Zhanna Ospanova", "Seán O'Rourke", "Nguyễn Thị Lan", "Xiaoming Wei", "Agnieszka Wójcik",
    "Rakesh Krishnamurthy", "Þórunn Jónsdóttir", "Jean-Luc Béranger", "Fatima al-Sayed", "Dmitri Volkonsky",
    "Yuki Tanabe-Ross", "Lars von Aachen", "Thandiwe Nkosi", "María José Carreño", "Will Grant",
)  # fmt: skip


def mentions(name: str) -> list[str]:
    """What must not be left of a name: all of it, and its words, but for those that are words of the language."""
    words = [word for word in name.replace("-", " ").split() if len(word) > 2 and word not in ("von", "Will", "Grant")]
    return [name, *words]


def shapes(name: str) -> list[Source]:
    """Sources as they come, in which somebody of this name speaks, writes, or is spoken of."""
    first, last = name.split()[0], name.split()[-1]
    mail = f"{first}.{last}@acme.example".lower()
    return [
        talk(("Interviewer", f"{first}, how is it? And {last}'s team?"), (f"{name} (Acme)", "Slow, since May."),
             path=f"calls/{first}_{last}.vtt", title=f"Call with {name}"),
        Source(path=f"{mail}.eml", format="eml", title=f"Re: {name}", participants=(Participant(name=name, email=mail),),
               blocks=(block(f"It broke.\nRegards,\n{first}", 1, speaker=name, email=mail),
                       block(f"On Monday {name} <{mail}> wrote:", 3, form="field"))),
        notes("# Notes", f"{name} said that it is slow. I told {first} so, and {last} agreed.",
              participants=(Participant(name=name, company="Acme", side="customer"),)),
        Source(path="t.csv", format="csv", ref="row 2", account=name, participants=(Participant(name=name),),
               blocks=(block(f"my name is {name.lower()} and it broke. thx {first.lower()}"),)),
    ]  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_no_name_survives_anywhere_in_what_is_stored(clean_source, name: str) -> None:
    for source in shapes(name):
        stored = clean_source(source).model_dump_json()
        left = [word for word in mentions(name) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", stored, re.I)]
        assert not left, (source.path, stored)
        assert "broke" in stored or "low" in stored, "the evidence stays"


# ---------------------------------------------------------------- whatever the text

FRAGMENTS = st.sampled_from(
    ["Dana", "Fox", "dana fox", "Will", "will", "Acme Health", "Acme", "Hi ", "Best,\n", "<PERSON_1>", "I'm ", "\n", " ", ", ",
     ". ", "it broke", "'s", "É", "🔥", "a@b.example", "don't", "Don", "my name is ", "-", "_"]
)  # fmt: skip
TEXTS = st.lists(st.lists(FRAGMENTS, max_size=10).map("".join), min_size=1, max_size=4)
SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(["PERSON", "PHONE_NUMBER"])), max_size=4
)
NAMES = ("Dana Fox", "Will Don")


@given(TEXTS, SPANS)
def test_lines_stay_lines_and_redactions_point_at_placeholders(
    texts: list[str], spans: list[tuple[int, int, str]]
) -> None:
    prepared = scrub.prepare(notes(*texts, names=NAMES))
    findings = [
        Redaction(start=start, end=start + length, entity=entity, score=0.5)
        for start, length, entity in spans
        if start + length <= len(prepared.text)
    ]
    clean = scrub.mask(prepared, findings, ["Acme Health"], "a.md")
    assert len(clean.blocks) == len(texts)
    for text, (start, end) in zip(texts, clean.blocks, strict=True):
        assert clean.text[start:end].count("\n") == text.count("\n")
    for one in clean.redactions:
        assert PLACEHOLDER.fullmatch(clean.text[one.start : one.end])
        assert any(start <= one.start and one.end <= end for start, end in clean.blocks)


@given(TEXTS)
def test_scrubbing_what_is_clean_changes_nothing(texts: list[str]) -> None:
    once = masked(*texts, names=NAMES, keep=("Acme Health",))
    again = masked(*once.text.split("\n"), names=NAMES, keep=("Acme Health",))
    assert again.text == once.text
