"""Two versions of a profile side by side: every claim that came, went, grew or says something else is told once."""

from __future__ import annotations

import datetime as dt

import pytest

from icp_synth.changes import Change, changes, summary, told
from icp_synth.evidence import admit_claim
from icp_synth.records import Claim, Kind, Profile, ProfileStatement, Section, Status, Support
from tests.small_evidence import statement

_, PATTERN = statement("Imports take three slow days.", "pain")
SUPPORT = Support(
    accounts=1, of_accounts=1, sources=1, of_sources=1, source_kinds=("interview",), first_seen=None, last_seen=None
)


def claim(
    name: str,
    cited: str,
    kind: Kind = "pain",
    text: str = "Imports take days",
    status: Status = "hypothesis",
    **detail: str,
) -> Claim:
    """A claim that cites a statement per letter."""
    evidence = [PATTERN.model_copy(update={"id": letter}) for letter in cited]
    return admit_claim(
        kind=kind, text=text, theme_id=name, status=status, support=SUPPORT, evidence=evidence, detail=detail
    )


def profile(*claims: Claim, held: str = "abcdefgh") -> Profile:
    """A profile whose statements are called by letters."""
    plain = PATTERN.model_dump(exclude={"id", "account_id", "confidence", "tone", "sentence_ids"})
    said = {
        **plain,
        "account": "Alder",
        "source": "alder.txt",
        "speaker": None,
        "question": "",
        "before": "",
        "after": "",
    }
    return Profile(
        workspace="rota", product="Rotalark", name="Rotalark", as_of=dt.date(2026, 11, 22), analyst="extractive",
        accounts=(), sources=(), sections=(Section(key="pains", title="Pains", claims=claims),),
        statements=tuple(ProfileStatement.model_validate({**said, "id": letter}) for letter in held),
    )  # fmt: skip


def said(before: Profile, after: Profile) -> list[tuple[str, str, str]]:
    """(claim, what, in words) of each change."""
    return [(change.claim, change.what, told(change)) for change in changes(before, after)]


def test_the_same_claims_are_no_change_whatever_their_order() -> None:
    one, other = claim("x", "ab"), claim("y", "c")
    assert changes(profile(one, other), profile(other, one)) == () and summary(()) == ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [claim("x", "a")], [("c-x", "new", "new")]),
        ([claim("x", "ab")], [claim("x", "abcd")], [("c-x", "grew", "grew by 2 quotes")]),
        ([claim("x", "ab")], [claim("x", "a")], [("c-x", "shrank", "lost 1 quote")]),
        (
            [claim("x", "ab")],
            [claim("x", "ab", status="supported")],
            [("c-x", "status", "hypothesis → supported")],
        ),
        (
            [claim("x", "ab")],
            [claim("x", "ab", text="Slow imports", wording="edited by hand")],
            [("c-x", "reworded", "reworded by hand, was: Imports take days")],
        ),
        (
            [claim("x", "ab")],
            [claim("x", "ab", text="Slow imports")],
            [("c-x", "reworded", "reworded, was: Imports take days")],
        ),
        ([claim("x", "a")], [claim("x", "a", reviewed="accepted")], [("c-x", "reviewed", "accepted")]),
        ([claim("x", "a", reviewed="accepted")], [claim("x", "a")], [("c-x", "reviewed", "no longer accepted")]),
        (
            [claim("x", "ab"), claim("y", "c")],
            [claim("x", "abc")],
            [("c-y", "merged", "merged into c-x"), ("c-x", "grew", "grew by 1 quote")],
        ),
        (
            [claim("x", "abc")],
            [claim("x", "ab"), claim("y", "cd")],
            [("c-y", "split", "split from c-x"), ("c-x", "shrank", "lost 1 quote")],
        ),
        ([claim("x", "ab")], [], [("c-x", "left out", "no longer shown; its evidence is still there")]),
        ([claim("x", "xyz")], [], [("c-x", "gone", "gone with its evidence")]),
        ([claim("x", "ab")], [claim("y", "abc")], [("c-x", "merged", "merged into c-y")]),
        ([claim("x", "ab")], [claim("x", "ab"), claim("j", "ab", "job")], [("c-j", "new", "new")]),
    ],
    ids=lambda value: value[0][1] if value and isinstance(value[0], tuple) else None,
)
def test_what_changed_is_told(before: list[Claim], after: list[Claim], expected: list[tuple[str, str, str]]) -> None:
    assert said(profile(*before), profile(*after)) == expected


def test_the_summary_counts_each_in_one_line() -> None:
    found = changes(
        profile(claim("x", "a"), claim("y", "b"), claim("z", "c")),
        profile(
            claim("x", "ad"), claim("y", "b", status="supported"), claim("z", "c"), claim("n", "e"), claim("m", "f")
        ),
    )
    assert summary(found) == "2 claims new, 1 grew, 1 changed status"
    assert summary([Change(what="new", claim="c-n", kind="pain", text="")]) == "1 claim new"
