"""What a source is: kind, date and outcome, what of it was guessed; and when two sources are one."""

from __future__ import annotations

import datetime as dt

import pytest

from icp_synth.records import AccountRef, Block, Locator, Manifest, ManifestSource, Participant, Source
from icp_synth.stages.describe import describe, identity
from tests.stages.raw_sources import block, notes, talk

NOBODY = Manifest()
ACME = AccountRef(id="acme", name="Acme", known=True, why="manifest")
UNKNOWN = AccountRef(id="unknown", name="unknown account", known=False, why="nothing says")


def keyed(*parts: str) -> str:
    return "|".join(parts)


@pytest.mark.parametrize(
    "path, kind",
    [
        ("interviews/acme-call.txt", "interview"),
        ("CustomerInterview_Acme2.txt", "interview"),
        ("notes/acme-interview.md", "interview"),
        ("winloss/acme-call-notes.md", "win_loss"),
        ("Acme Closed-Lost.md", "win_loss"),
        ("support/acme.txt", "ticket"),
        ("nps-2025.txt", "survey"),
        ("G2 export.md", "review"),
        ("Acme demo.txt", "call"),
        ("overview.md", "note"),
        ("recall-demography.md", "note"),
        ("acme.zip!calls/a.txt", "call"),
    ],
)
def test_the_path_tells_the_kind_the_more_specific_word_first(path: str, kind: str) -> None:
    told = describe(notes("We lost a day.", path=path), NOBODY)
    assert told.kind == kind and "kind" in told.inferred


def test_without_such_a_word_the_title_the_format_and_the_shape_tell_it() -> None:
    assert describe(notes("It broke.", path="a.md", title="Acme: closed lost"), NOBODY).kind == "win_loss"
    assert describe(notes("Why?", "It broke.", path="a.md"), NOBODY).kind == "interview"
    assert describe(talk(("Ana", "Hi."), ("Bo", "Hi."), path="a.txt"), NOBODY).kind == "interview"
    captions = Source(path="a.vtt", format="vtt", blocks=(block("It broke."),))
    assert describe(captions, NOBODY).kind == "call"


def test_the_subject_of_a_mail_says_what_it_is_about_and_not_what_it_is() -> None:
    mail = Source(path="a.eml", format="eml", blocks=(block("It broke."),), title="Re: your support ticket")
    assert describe(mail, NOBODY).kind == "note"


def test_the_manifest_decides_then_the_source_and_nothing_of_that_is_guessed() -> None:
    said = notes("It broke.", path="calls/a.md", kind="survey", date=dt.date(2025, 1, 2), outcome="won")
    assert describe(said, NOBODY).model_dump() == {
        "kind": "survey", "date": dt.date(2025, 1, 2), "outcome": "won", "inferred": ()
    }  # fmt: skip
    entries = (
        ManifestSource(path="calls/*", kind="call", outcome="lost"),
        ManifestSource(path="calls/a.md", kind="review", date=dt.date(2024, 5, 6)),
    )
    told = describe(said, Manifest(sources=entries))
    assert (told.kind, told.date, told.outcome, told.inferred) == ("review", dt.date(2024, 5, 6), "lost", ())


@pytest.mark.parametrize(
    "path, day",
    [
        ("calls/2025-03-19 Acme.vtt", dt.date(2025, 3, 19)),
        ("GMT20250211-150214_Recording.vtt", dt.date(2025, 2, 11)),
        ("acme_2025.3.9.txt", dt.date(2025, 3, 9)),
        ("acme-2025-13-40.txt", None),
        ("acme-12025-01-01.txt", None),
        ("acme.txt", None),
    ],
)
def test_a_date_in_the_path_is_a_guess(path: str, day: dt.date | None) -> None:
    told = describe(notes("It broke.", path=path), NOBODY)
    assert told.date == day
    assert ("date" in told.inferred) is (day is not None)


def test_the_date_of_what_was_said_is_no_guess() -> None:
    dated = Block(text="It broke.", locator=Locator(unit="item", first=1, last=1), date=dt.date(2025, 4, 5))
    told = describe(Source(path="2024-01-01.json", format="intercom", blocks=(dated,)), NOBODY)
    assert (told.date, "date" in told.inferred) == (dt.date(2025, 4, 5), False)


@pytest.mark.parametrize(
    "path, title, outcome",
    [
        ("winloss/acme-closed-won.md", None, "won"),
        ("winloss/acme-closed-lost.md", None, "lost"),
        ("a.md", "Win/loss note: Acme (closed won)", "won"),
        ("win-loss.md", None, None),
        ("winloss/acme-no-bid.md", None, "lost"),
        ("winloss/acme-churn.md", None, "churned"),
    ],
)
def test_the_name_of_a_win_loss_note_tells_how_it_ended(path: str, title: str | None, outcome: str | None) -> None:
    told = describe(notes("It broke.", path=path, title=title), NOBODY)
    assert (told.kind, told.outcome) == ("win_loss", outcome)
    assert ("outcome" in told.inferred) is (outcome is not None)


def test_only_a_win_loss_note_is_asked_how_it_ended() -> None:
    assert describe(notes("It broke.", path="calls/we-won-acme.md"), NOBODY).outcome is None


# ---------------------------------------------------------------- when two are one


def test_the_same_words_of_the_same_account_are_one_source_wherever_they_lie_and_however_they_wrap() -> None:
    one = notes("We lost a day.\nIt hurt.", path="a.md")
    other = notes("We lost a", "day. It  hurt.", path="copy/b.md")
    assert identity(one, ACME, keyed) == identity(other, ACME, keyed)


def test_the_same_answer_of_two_customers_is_two() -> None:
    said = notes("Too slow.")
    globex = AccountRef(id="globex", name="Globex", known=True, why="manifest")
    assert identity(said, ACME, keyed) != identity(said, globex, keyed)


def test_where_nobody_knows_whose_words_they_are_the_respondent_or_the_place_keeps_them_apart() -> None:
    row, other_row = notes("Too slow.", ref="row 2"), notes("Too slow.", ref="row 3")
    assert identity(row, UNKNOWN, keyed) != identity(other_row, UNKNOWN, keyed)
    assert identity(row, ACME, keyed) == identity(other_row, ACME, keyed)
    ana, bo = (
        notes("Too slow.", ref="row 2", participants=(Participant(email=f"{n}@x.example"),)) for n in ("ana", "bo")
    )
    moved = ana.model_copy(update={"ref": "row 9"})
    assert identity(ana, UNKNOWN, keyed) == identity(moved, UNKNOWN, keyed) != identity(bo, UNKNOWN, keyed)
