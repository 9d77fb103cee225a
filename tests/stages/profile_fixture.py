"""Profiles for the tests of what is rendered: Rotalark, an invented rota planner, and its invented care-home customers.

`rich_profile` has every part, status, kind of place and voice; `empty_profile` has nothing to say, and says why;
`profile_saying` puts one text, however hostile, wherever a profile can carry words that somebody else wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from icp_synth.records import (
    Cell,
    Claim,
    Criterion,
    Gap,
    Locator,
    Profile,
    ProfileAccount,
    ProfileSource,
    ProfileStatement,
    Section,
    Support,
)

TITLES = {
    "portrait": "Portrait",
    "fit": "Fit",
    "pains": "Pains",
    "jobs": "Jobs to be done",
    "triggers": "Triggers",
    "objections": "Objections",
    "disqualifiers": "Disqualifiers",
    "committee": "Buying committee",
    "alternatives": "Alternatives",
    "proof": "Proof",
    "outcomes": "Desired outcomes",
    "first_30_days": "First 30 days",
}
AS_OF = date(2026, 11, 22)
UNKNOWN = "acc-unknown"

# id, outcome, homes, region, payroll, name
ACCOUNTS = """
acc-alder won 14 North_West Paysmith Alder House Group
acc-penrose won 6 Cornwall Paysmith Penrose Care
acc-saltmarsh active 22 East_Anglia Ledgerly Saltmarsh Homes
acc-kestrel active 9 Wales Paysmith Kestrel Residential
acc-tarnside lost 2 Cumbria in-house Tarnside Living
acc-oakhaven lost 1 Kent in-house Oakhaven
acc-wynd churned 5 Borders Ledgerly Wynd & Fell
"""

# id, path, kind, account, date, outcome, ref, what was guessed ("-" for nothing)
SOURCES = """
src-01 interviews/alder-house.vtt interview acc-alder 2026-09-14 won - -
src-02 interviews/penrose.docx interview acc-penrose 2026-08-03 won - -
src-03 interviews/kestrel.md interview acc-kestrel 2026-10-06 - - -
src-04 tickets/export-2026-q3.csv ticket acc-saltmarsh 2026-07-21 - ticket_4471 -
src-05 tickets/export-2026-q3.csv ticket acc-alder 2026-09-02 - ticket_4630 -
src-06 calls/saltmarsh-renewal.txt call acc-saltmarsh 2026-10-29 - - kind
src-07 win-loss/tarnside.md win_loss acc-tarnside 2026-05-18 lost - -
src-08 win-loss/oakhaven.md win_loss acc-oakhaven 2026-06-02 lost - -
src-09 reviews/autumn.pdf review acc-unknown - - - kind,account
src-10 survey/onboarding.csv survey acc-penrose 2026-08-30 - row_7 -
src-11 survey/onboarding.csv survey acc-wynd 2026-08-30 churned row_12 -
src-12 notes/wynd-fell-exit.md note acc-wynd 2026-11-02 churned - date
"""

# id, kind, source, unit and number of the place, lines, voice; the question; the quote in [brackets] in its context
SAID = """
st-01 pain src-01 time 151 45-45
    Q: Walk me through the last time the rota fell over.
    It was a Tuesday, half term. [I was ringing round eleven people at six in the morning to cover one sick
    call.] And then the inspector walked in.
st-02 pain src-04 row 7
    Following up on my ticket from June. [Ringing round for cover still takes my seniors most of a shift.]
    Please tell me the broadcast works on agency staff too.
st-03 pain src-03 line 12 12-14
    Q: Walk me through the last time the rota fell over.
    We're a small team in each home. [Every gap means ringing round the same five people, and they've stopped
    picking up.] I don't blame them.
st-04 pain src-02 paragraph 9
    Q: What did it cost you?
    Nobody wanted to say it out loud. [Agency cover was eating the margin of two whole homes.] Two out of six.
st-05 pain src-06 line 88 88-88
    Look, it's simple. [Agency spend is the number my board asks about first.] Then occupancy.
st-06 pain src-09 page 3
    Three stars from me. [We pay agency rates every weekend because nobody sees the gap until Friday.]
st-07 pain src-12 line 21 21-22 reported
    Exit call, 40 minutes. [The manager said payroll still had to be keyed in twice every month.] They had asked
    for the Ledgerly link since spring.
st-10 job src-01 time 402
    Q: What are you really buying?
    It isn't the software. [I want to know on Monday that the weekend is safe.] That's it. That's the job.
st-11 job src-03 line 40 40-41
    [When an inspector asks who was on shift, I need to show it without three days of digging.] Last year it
    took three days.
st-12 job src-10 row 7
    Q: What did you hope to do with it?
    [Publish the rota four weeks out so that people can plan their lives.]
st-20 trigger src-02 paragraph 14
    Q: Why look at this now, and not last year?
    We'd muddled through until then. [The inspection in March marked us down on staffing records.] The owners
    wanted a plan by April.
st-21 trigger src-01 time 610
    Q: Why look at this now, and not last year?
    [After the inspection the owners wanted a plan for staffing records in thirty days.] So suddenly there was a
    budget.
st-22 trigger src-06 line 31 31-31
    Q: Why look at this now, and not last year?
    [We bought three more homes in one quarter, and the spreadsheet broke.]
st-30 objection src-07 line 17 17-17
    Q: What held you back?
    I liked it, honestly. [My carers won't put a work app on their own phones.] Half of them are on
    pay-as-you-go.
st-31 objection src-03 line 66 66-66
    Q: What nearly stopped you?
    [I thought the carers would never put it on their own phones.] I was wrong about that.
st-32 rebuttal src-01 time 905
    Q: And the phones?
    We never mentioned the app. [The text messages did it: not one carer had to install anything on a phone.]
    They just reply YES.
st-33 rebuttal src-10 row 7
    [Even the night staff reply to the texts, no app on the phone needed.]
st-34 objection src-08 line 9 9-9
    [Four pounds a head is more than our whole software budget.]
st-40 disqualifier src-08 line 14 14-14
    Q: Why did you stay with what you have?
    Truthfully? [We have one home and nine staff, and the whiteboard in the kitchen works.] No offence.
st-41 disqualifier src-07 line 25 25-26
    [With two homes the whiteboard works and I know everybody by name.]
st-50 buying_role src-02 paragraph 22
    Q: Who had to say yes?
    [The finance director signs, but it's the regional manager who has to want it.] And I had to convince both.
st-60 alternative src-03 line 80 80-80
    Q: What did you use before?
    [Before this it was one enormous spreadsheet and a group chat.]
st-61 alternative src-06 line 12 12-12
    [The spreadsheet had forty tabs and one person who understood it.] She retired.
st-62 alternative src-01 time 3725
    [We looked at Shiftwell too, and it wanted a consultant for three months.] We didn't have three months.
st-70 proof src-02 paragraph 31
    Q: What changed?
    I checked before you rang. [Agency hours fell from 310 a week to 90 in the first two months.] I can send you
    the sheet.
st-71 proof src-05 row 19
    [Agency hours are down by half since the broadcast went live.]
st-72 proof src-12 line 30 30-30 reported
    [She told us agency hours had not moved at all in five months.]
st-80 desired_outcome src-01 time 1210
    Q: A year from now?
    [In a year I'd like no agency on a weekend, at all, in any home.]
st-90 fit_signal src-10 row 7
    Q: When did it first pay off?
    [The first rota went out on day four, once the contracts were in.]
st-91 pain src-11 row 12
    Q: Where did you get stuck?
    [We stalled for three weeks on loading the contracts.]
st-95 fit_signal src-01 time 33
    Q: Tell me about the group.
    [We're fourteen homes, and each one used to write its own rota.]
st-96 fit_signal src-06 line 5 5-5
    [Twenty-two homes, and every home writes its own rota on a Sunday night.]
st-97 fit_signal src-03 line 3 3-3
    [Each home has its own manager and its own rota, and I'm over all nine.]
"""

# id, status, evidence, !counter-evidence, (detail: words); the text
CLAIMS = """
portrait
  cl-portrait supported page-one st-95 st-96 st-97
    Each home used to write its own rota.
fit
  cl-fit supported st-95 st-96
    We're fourteen homes, and each one used to write its own rota.
pains
  cl-ring corroborated page-one st-03 st-01 st-02 (stage: before buying)
    Every gap means ringing round the same five people, and they've stopped picking up.
  cl-agency corroborated page-one st-04 st-05 st-06 (stage: before buying)
    Agency cover was eating the margin of two whole homes.
  cl-payroll hypothesis page-one st-07 (stage: leaving)
    payroll still had to be keyed in twice every month
jobs
  cl-monday hypothesis page-one st-10
    I want to know on Monday that the weekend is safe.
  cl-inspector hypothesis page-one st-11
    When an inspector asks who was on shift, I need to show it without three days of digging.
  cl-publish hypothesis st-12
    Publish the rota four weeks out so that people can plan their lives.
triggers
  cl-inspection supported page-one st-21 st-20 (observed: published inspection ratings)
    After the inspection the owners wanted a plan for staffing records in thirty days.
  cl-bought hypothesis page-one st-22 (observed: company filings, press)
    We bought three more homes in one quarter, and the spreadsheet broke.
objections
  cl-phones corroborated page-one st-30 st-31
    My carers won't put a work app on their own phones.
  cl-price hypothesis st-34
    Four pounds a head is more than our whole software budget.
  cl-texts corroborated page-one answers=cl-phones st-32 st-33
    The text messages did it: not one carer had to install anything on a phone.
disqualifiers
  cl-small supported page-one st-40 st-41
    We have one home and nine staff, and the whiteboard in the kitchen works.
committee
  cl-signs hypothesis page-one st-50
    The finance director signs, but it's the regional manager who has to want it.
alternatives
  cl-sheet corroborated page-one st-60 st-61
    Before this it was one enormous spreadsheet and a group chat.
  cl-shiftwell hypothesis st-62
    We looked at Shiftwell too, and it wanted a consultant for three months.
proof
  cl-hours contested page-one st-70 st-71 !st-72
    Agency hours fell from 310 a week to 90 in the first two months.
first_30_days
  cl-day4 hypothesis page-one st-90
    The first rota went out on day four, once the contracts were in.
  cl-stall hypothesis st-91 (stage: before first value)
    We stalled for three weeks on loading the contracts.
"""


# claim: name, statement, text; the wish of cl-payroll stands beside its evidence
FACTS = """
cl-agency impact st-06 We pay agency rates every weekend
cl-payroll wish st-12 people can plan their lives
cl-monday facet st-10 emotional
cl-inspection event st-21 After the inspection
cl-inspection date st-20 March
cl-small comes_from st-40 lost
cl-signs who st-50 The finance director
cl-signs does st-50 decides
cl-sheet name st-60 one enormous spreadsheet
cl-sheet fate st-60 dropped
cl-hours number st-70 90
cl-hours unit st-70 a week
cl-hours baseline st-70 310 a week
"""


def rich_profile() -> Profile:
    """Every part but one filled; all four statuses; every kind of place but one; both voices; an unknown account."""
    sources = tuple(_source(line) for line in SOURCES.strip().splitlines())
    rows = [line.split(maxsplit=5) for line in ACCOUNTS.strip().splitlines()]
    accounts = tuple(_account(row, sources) for row in rows)
    statements = {s.id: s for s in _statements({s.id: s for s in sources})}
    claims = _claims(statements, len(accounts), len(sources))
    nobody = ProfileAccount(
        id=UNKNOWN, name="Unknown account", known=False, why="nothing says whose words these are", sources=1
    )
    return Profile(
        workspace="demo",
        product="Rotalark",
        name="Fill tomorrow's gap without ringing round",
        as_of=AS_OF,
        analyst="extractive",
        accounts=(*accounts, nobody),
        sources=sources,
        sections=tuple(
            Section(key=key, title=title, claims=tuple(claims.get(key, ())), empty=None if key in claims else LACKING)
            for key, title in TITLES.items()
        ),
        criteria=(
            _criterion(accounts, (2, 3, 4, 5), "homes", "5 or more", 4, 1, ""),
            _criterion(accounts, (2, 3, 5), "payroll", "Paysmith", 3, 0, "One payroll system: may be chance."),
        ),
        gaps=(
            Gap(what="Nobody who pays the bill has been heard.", advice="Interview two finance directors."),
            Gap(what="Only one account says what success looks like.", advice="Ask it in every renewal call."),
            Gap(what="One source has no known account.", advice="Say whose it is, or leave it out."),
        ),
        statements=tuple(statements.values()),
    )


LACKING = "Insufficient evidence: one account speaks of it, and only once."


def empty_profile() -> Profile:
    """A product of which nothing is known yet: no account, no source, no claim."""
    reason = "Insufficient evidence: no customer speaks of it."
    return Profile(
        workspace="demo",
        product="Rotalark",
        name="Not enough evidence for a profile yet",
        as_of=AS_OF,
        analyst="extractive",
        accounts=(),
        sources=(),
        sections=tuple(Section(key=key, title=title, empty=reason) for key, title in TITLES.items()),
    )


def profile_saying(text: str) -> Profile:
    """A small profile with `text` in every field that holds other people's words."""
    small: dict[str, Any] = {
        "workspace": text,
        "product": text,
        "name": text,
        "as_of": AS_OF,
        "analyst": text,
        "accounts": [
            {"id": "a1", "name": text, "known": True, "why": text, "sources": 1, "attributes": {text: text}},
        ],
        "sources": [
            {"id": "s1", "path": text, "ref": text, "format": "md", "kind": "interview", "account": "a1", "date": None}
            | {"outcome": None, "inferred": ["date"], "words_customer": 10, "words_us": 5, "words_unknown": 0}
        ],
        "statements": [
            {
                "id": "q1",
                "kinds": ["pain"],
                "quote": text,
                "source": text,
                "source_id": "s1",
                "source_kind": "interview",
            }
            | {"account": "a1", "role": "customer", "voice": "verbatim", "start": 0, "end": len(text), "lines": (1, 1)}
            | {"locator": {"unit": "line", "first": 1, "last": 1}, "date": None, "speaker": text, "question": text}
            | {"before": text, "after": text}
        ],
        "sections": [
            {"key": "pains", "title": "Pains", "claims": [_small_claim(text)]},
            {"key": "proof", "title": "Proof", "empty": text},
        ],
        "criteria": [
            {"attribute": text, "value": text, "good": 1, "of_good": 1, "bad": 0, "of_bad": 0, "note": text}
            | {"cells": [{"account": "a1", "path": text, "row": 2, "heading": text, "value": text}]}
        ],
        "gaps": [{"what": text, "advice": text}],
    }
    return Profile.model_validate(small)


def _small_claim(text: str) -> dict[str, Any]:
    support = {"accounts": 1, "of_accounts": 1, "sources": 1, "of_sources": 1, "source_kinds": ["interview"]}
    return {
        "id": "c1",
        "kind": "pain",
        "text": text,
        "status": "hypothesis",
        "support": support | {"first_seen": None, "last_seen": None},
        "evidence": ["q1"],
        "counter": ["q1"],
        "page_one": True,
        "detail": {"stage": text},
        "facts": [{"name": "wish", "text": text, "statement": "q1"}],
    }


def _account(row: list[str], sources: tuple[ProfileSource, ...]) -> ProfileAccount:
    account_id, outcome, homes, region, payroll, name = row
    return ProfileAccount.model_validate(
        {
            "id": account_id,
            "name": name,
            "known": True,
            "why": "named in the table of accounts",
            "sources": sum(s.account == account_id for s in sources),
            "outcome": outcome,
            "attributes": {"homes": homes, "region": region.replace("_", " "), "payroll": payroll},
        }
    )


def _source(line: str) -> ProfileSource:
    source_id, path, kind, account, day, outcome, ref, inferred = ("" if f == "-" else f for f in line.split())
    return ProfileSource.model_validate(
        {
            "id": source_id,
            "path": path,
            "ref": ref.replace("_", " "),
            "format": path.rsplit(".", 1)[1],
            "kind": kind,
            "account": account,
            "date": day or None,
            "outcome": outcome or None,
            "inferred": inferred.split(",") if inferred else [],
            "words_customer": 1480,
            "words_us": 410,
            "words_unknown": 0,
        }
    )


def _statements(sources: dict[str, ProfileSource]) -> Iterator[ProfileStatement]:
    for block in re.split(r"\n(?=st-)", SAID.strip()):
        head, *body = block.split("\n    ")
        statement_id, kind, source_id, unit, number, *rest = head.split()
        question = body.pop(0).removeprefix("Q: ") if body[0].startswith("Q: ") else ""
        before, quote, after = re.split(r"[\[\]]", " ".join(body))
        lines = next((tuple(map(int, r.split("-"))) for r in rest if "-" in r), None)
        source = sources[source_id]
        said = {"quote": quote, "before": before, "after": after, "question": question, "speaker": "<PERSON_1>"}
        where: dict[str, object] = {"start": 100, "end": 100 + len(quote), "lines": lines}
        where["locator"] = Locator.model_validate({"unit": unit, "first": float(number), "last": float(number)})
        yield ProfileStatement.model_validate(
            {
                "id": statement_id,
                "kinds": [kind],
                "source": source.path,
                "source_id": source_id,
                "source_kind": source.kind,
                "account": source.account,
                "role": "customer",
                "voice": "reported" if "reported" in rest else "verbatim",
                "date": source.date,
                **said,
                **where,
            }
        )


def _claims(statements: dict[str, ProfileStatement], accounts: int, sources: int) -> dict[str, list[Claim]]:
    claims: dict[str, list[Claim]] = {}
    for part in re.split(r"\n(?=\w)", CLAIMS.strip()):
        key, *lines = part.split("\n")
        for head, text in zip(lines[::2], lines[1::2], strict=True):
            words, *details = re.split(r" \((?=\w+: )", head.strip())
            claim_id, status, *rest = words.split()
            evidence = [w for w in rest if w.startswith("st-")]
            cited = [statements[e] for e in evidence]
            claim = {
                "id": claim_id,
                "kind": cited[0].kinds[0],
                "text": text.strip(),
                "status": status,
                "support": _support(cited, accounts, sources),
                "evidence": evidence,
                "counter": [w[1:] for w in rest if w.startswith("!")],
                "page_one": "page-one" in rest,
                "answers": next((w.removeprefix("answers=") for w in rest if w.startswith("answers=")), None),
                "detail": dict(d.removesuffix(")").split(": ", 1) for d in details),
                "facts": [
                    {"name": name, "text": told, "statement": bearer}
                    for claimed, name, bearer, told in (f.split(maxsplit=3) for f in FACTS.strip().splitlines())
                    if claimed == claim_id
                ],
            }
            claims.setdefault(key, []).append(Claim.model_validate(claim))
    return claims


def _support(cited: list[ProfileStatement], accounts: int, sources: int) -> Support:
    known = [s for s in cited if s.account != UNKNOWN]
    dates = [s.date for s in cited if s.date]
    return Support(
        accounts=len({s.account for s in known}),
        of_accounts=accounts,
        sources=len({s.source_id for s in cited}),
        of_sources=sources,
        source_kinds=tuple(sorted({s.source_kind for s in known})),
        first_seen=min(dates, default=None),
        last_seen=max(dates, default=None),
        unknown_sources=len({s.source_id for s in cited} - {s.source_id for s in known}),
    )


def _criterion(
    accounts: tuple[ProfileAccount, ...],
    rows: tuple[int, ...],
    attribute: str,
    value: str,
    good: int,
    bad: int,
    note: str,
) -> Criterion:
    cells = tuple(
        Cell(account=a.id, path="accounts.csv", row=n, heading=attribute, value=a.attributes[attribute])
        for n, a in enumerate(accounts, 2)
        if n in rows
    )
    return Criterion(attribute=attribute, value=value, good=good, of_good=4, bad=bad, of_bad=3, cells=cells, note=note)
