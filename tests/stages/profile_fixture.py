"""Profiles for the tests of what is rendered: Rotalark, an invented rota planner, and its invented care-home customers.

`rich_profile` has every part, status, kind of place and voice; `empty_profile` has nothing to say, and says why;
`profile_saying` puts one text, however hostile, wherever a profile can carry words that somebody else wrote.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from icp_synth.records import (
    Cell,
    Claim,
    Criterion,
    Gap,
    Kind,
    LineRange,
    Locator,
    Outcome,
    Profile,
    ProfileAccount,
    ProfileSource,
    ProfileStatement,
    Section,
    SourceKind,
    Status,
    Support,
    Unit,
    Voice,
)

SECTIONS = (
    ("portrait", "Portrait"),
    ("fit", "Fit"),
    ("pains", "Pains"),
    ("jobs", "Jobs to be done"),
    ("triggers", "Triggers"),
    ("objections", "Objections"),
    ("disqualifiers", "Disqualifiers"),
    ("committee", "Buying committee"),
    ("alternatives", "Alternatives"),
    ("proof", "Proof"),
    ("outcomes", "Desired outcomes"),
    ("first_30_days", "First 30 days"),
)

UNKNOWN = "acc-unknown"

ACCOUNTS = (
    ("acc-alder", "Alder House Group", "won", {"homes": "14", "region": "North West", "payroll": "Paysmith"}),
    ("acc-penrose", "Penrose Care", "won", {"homes": "6", "region": "Cornwall", "payroll": "Paysmith"}),
    ("acc-saltmarsh", "Saltmarsh Homes", "active", {"homes": "22", "region": "East Anglia", "payroll": "Ledgerly"}),
    ("acc-kestrel", "Kestrel Residential", "active", {"homes": "9", "region": "Wales", "payroll": "Paysmith"}),
    ("acc-tarnside", "Tarnside Living", "lost", {"homes": "2", "region": "Cumbria", "payroll": "in-house"}),
    ("acc-oakhaven", "Oakhaven", "lost", {"homes": "1", "region": "Kent", "payroll": "in-house"}),
    ("acc-wynd", "Wynd & Fell", "churned", {"homes": "5", "region": "Borders", "payroll": "Ledgerly"}),
)


class _Source(NamedTuple):
    path: str
    kind: SourceKind
    account: str
    date: date | None
    outcome: Outcome | None = None
    ref: str = ""
    inferred: tuple[str, ...] = ()


SOURCES = {
    "src-01": _Source("interviews/alder-house.vtt", "interview", "acc-alder", date(2026, 9, 14), "won"),
    "src-02": _Source("interviews/penrose.docx", "interview", "acc-penrose", date(2026, 8, 3), "won"),
    "src-03": _Source("interviews/kestrel.md", "interview", "acc-kestrel", date(2026, 10, 6)),
    "src-04": _Source("tickets/export-2026-q3.csv", "ticket", "acc-saltmarsh", date(2026, 7, 21), None, "ticket 4471"),
    "src-05": _Source("tickets/export-2026-q3.csv", "ticket", "acc-alder", date(2026, 9, 2), None, "ticket 4630"),
    "src-06": _Source("calls/saltmarsh-renewal.txt", "call", "acc-saltmarsh", date(2026, 10, 29), None, "", ("kind",)),
    "src-07": _Source("win-loss/tarnside.md", "win_loss", "acc-tarnside", date(2026, 5, 18), "lost"),
    "src-08": _Source("win-loss/oakhaven.md", "win_loss", "acc-oakhaven", date(2026, 6, 2), "lost"),
    "src-09": _Source("reviews/autumn.pdf", "review", UNKNOWN, None, None, "", ("kind", "account")),
    "src-10": _Source("survey/onboarding.csv", "survey", "acc-penrose", date(2026, 8, 30), None, "row 7"),
    "src-11": _Source("survey/onboarding.csv", "survey", "acc-wynd", date(2026, 8, 30), "churned", "row 12"),
    "src-12": _Source("notes/wynd-fell-exit.md", "note", "acc-wynd", date(2026, 11, 2), "churned", "", ("date",)),
}


class _Said(NamedTuple):
    source: str
    unit: Unit
    first: float
    quote: str
    kind: Kind
    question: str = ""
    before: str = ""
    after: str = ""
    last: float | None = None
    lines: LineRange | None = None
    voice: Voice = "verbatim"


Q_WEEK = "Walk me through the last time the rota fell over."
Q_WHY = "Why look at this now, and not last year?"

SAID = {
    "st-01": _Said(
        "src-01",
        "time",
        151,
        "I was ringing round eleven people at six in the morning to cover one sick call.",
        "pain",
        Q_WEEK,
        "It was a Tuesday, half term. ",
        " And then the inspector walked in.",
        lines=(45, 45),
    ),
    "st-02": _Said(
        "src-04",
        "row",
        7,
        "Ringing round for cover still takes my seniors most of a shift.",
        "pain",
        "",
        "Following up on my ticket from June. ",
        " Please tell me the broadcast works on agency staff too.",
    ),
    "st-03": _Said(
        "src-03",
        "line",
        12,
        "Every gap means ringing round the same five people, and they've stopped picking up.",
        "pain",
        Q_WEEK,
        "We're a small team in each home. ",
        " I don't blame them.",
        lines=(12, 14),
    ),
    "st-04": _Said(
        "src-02",
        "paragraph",
        9,
        "Agency cover was eating the margin of two whole homes.",
        "pain",
        "What did it cost you?",
        "Nobody wanted to say it out loud. ",
        " Two out of six.",
    ),
    "st-05": _Said(
        "src-06",
        "line",
        88,
        "Agency spend is the number my board asks about first.",
        "pain",
        "",
        "Look, it's simple. ",
        " Then occupancy.",
        lines=(88, 88),
    ),
    "st-06": _Said(
        "src-09",
        "page",
        3,
        "We pay agency rates every weekend because nobody sees the gap until Friday.",
        "pain",
        "",
        "Three stars from me. ",
        "",
    ),
    "st-07": _Said(
        "src-12",
        "line",
        21,
        "The manager said payroll still had to be keyed in twice every month.",
        "pain",
        "",
        "Exit call, 40 minutes. ",
        " They had asked for the Ledgerly link since spring.",
        lines=(21, 22),
        voice="reported",
    ),
    "st-10": _Said(
        "src-01",
        "time",
        402,
        "I want to know on Monday that the weekend is safe.",
        "job",
        "What are you really buying?",
        "It isn't the software. ",
        " That's it. That's the job.",
    ),
    "st-11": _Said(
        "src-03",
        "line",
        40,
        "When an inspector asks who was on shift, I need to show it without three days of digging.",
        "job",
        "",
        "",
        " Last year it took three days.",
        lines=(40, 41),
    ),
    "st-12": _Said(
        "src-10",
        "row",
        7,
        "Publish the rota four weeks out so that people can plan their lives.",
        "job",
        "What did you hope to do with it?",
        "",
        "",
    ),
    "st-20": _Said(
        "src-02",
        "paragraph",
        14,
        "The inspection in March marked us down on staffing records.",
        "trigger",
        Q_WHY,
        "We'd muddled through until then. ",
        " The owners wanted a plan by April.",
    ),
    "st-21": _Said(
        "src-01",
        "time",
        610,
        "After the inspection the owners wanted a plan for staffing records in thirty days.",
        "trigger",
        Q_WHY,
        "",
        " So suddenly there was a budget.",
    ),
    "st-22": _Said(
        "src-06",
        "line",
        31,
        "We bought three more homes in one quarter, and the spreadsheet broke.",
        "trigger",
        Q_WHY,
        "",
        "",
        lines=(31, 31),
    ),
    "st-30": _Said(
        "src-07",
        "line",
        17,
        "My carers won't put a work app on their own phones.",
        "objection",
        "What held you back?",
        "I liked it, honestly. ",
        " Half of them are on pay-as-you-go.",
        lines=(17, 17),
    ),
    "st-31": _Said(
        "src-03",
        "line",
        66,
        "I thought the carers would never put it on their own phones.",
        "objection",
        "What nearly stopped you?",
        "",
        " I was wrong about that.",
        lines=(66, 66),
    ),
    "st-32": _Said(
        "src-01",
        "time",
        905,
        "The text messages did it: not one carer had to install anything on a phone.",
        "rebuttal",
        "And the phones?",
        "We never mentioned the app. ",
        " They just reply YES.",
    ),
    "st-33": _Said(
        "src-10",
        "row",
        7,
        "Even the night staff reply to the texts, no app on the phone needed.",
        "rebuttal",
        "",
        "",
        "",
    ),
    "st-34": _Said(
        "src-08",
        "line",
        9,
        "Four pounds a head is more than our whole software budget.",
        "objection",
        "",
        "",
        "",
        lines=(9, 9),
    ),
    "st-40": _Said(
        "src-08",
        "line",
        14,
        "We have one home and nine staff, and the whiteboard in the kitchen works.",
        "disqualifier",
        "Why did you stay with what you have?",
        "Truthfully? ",
        " No offence.",
        lines=(14, 14),
    ),
    "st-41": _Said(
        "src-07",
        "line",
        25,
        "With two homes the whiteboard works and I know everybody by name.",
        "disqualifier",
        "",
        "",
        "",
        lines=(25, 26),
    ),
    "st-50": _Said(
        "src-02",
        "paragraph",
        22,
        "The finance director signs, but it's the regional manager who has to want it.",
        "buying_role",
        "Who had to say yes?",
        "",
        " And I had to convince both.",
    ),
    "st-60": _Said(
        "src-03",
        "line",
        80,
        "Before this it was one enormous spreadsheet and a group chat.",
        "alternative",
        "What did you use before?",
        "",
        "",
        lines=(80, 80),
    ),
    "st-61": _Said(
        "src-06",
        "line",
        12,
        "The spreadsheet had forty tabs and one person who understood it.",
        "alternative",
        "",
        "",
        " She retired.",
        lines=(12, 12),
    ),
    "st-62": _Said(
        "src-01",
        "time",
        3725,
        "We looked at Shiftwell too, and it wanted a consultant for three months.",
        "alternative",
        "",
        "",
        " We didn't have three months.",
    ),
    "st-70": _Said(
        "src-02",
        "paragraph",
        31,
        "Agency hours fell from 310 a week to 90 in the first two months.",
        "proof",
        "What changed?",
        "I checked before you rang. ",
        " I can send you the sheet.",
    ),
    "st-71": _Said(
        "src-05", "row", 19, "Agency hours are down by half since the broadcast went live.", "proof", "", "", ""
    ),
    "st-72": _Said(
        "src-12",
        "line",
        30,
        "She told us agency hours had not moved at all in five months.",
        "proof",
        "",
        "",
        "",
        lines=(30, 30),
        voice="reported",
    ),
    "st-80": _Said(
        "src-01",
        "time",
        1210,
        "In a year I'd like no agency on a weekend, at all, in any home.",
        "desired_outcome",
        "A year from now?",
        "",
        "",
    ),
    "st-90": _Said(
        "src-10",
        "row",
        7,
        "The first rota went out on day four, once the contracts were in.",
        "fit_signal",
        "When did it first pay off?",
        "",
        "",
    ),
    "st-91": _Said(
        "src-11",
        "row",
        12,
        "We stalled for three weeks on loading the contracts.",
        "pain",
        "Where did you get stuck?",
        "",
        "",
    ),
    "st-95": _Said(
        "src-01",
        "time",
        33,
        "We're fourteen homes, and each one used to write its own rota.",
        "fit_signal",
        "Tell me about the group.",
        "",
        "",
    ),
    "st-96": _Said(
        "src-06",
        "line",
        5,
        "Twenty-two homes, and every home writes its own rota on a Sunday night.",
        "fit_signal",
        "",
        "",
        "",
        lines=(5, 5),
    ),
    "st-97": _Said(
        "src-03",
        "line",
        3,
        "Each home has its own manager and its own rota, and I'm over all nine.",
        "fit_signal",
        "",
        "",
        "",
        lines=(3, 3),
    ),
}


def rich_profile() -> Profile:
    """Every part but one filled; all four statuses; all six kinds of place; both voices; an unknown account."""
    sections = {
        "portrait": (
            _claim(
                "cl-portrait",
                "Each home used to write its own rota.",
                "supported",
                "st-95",
                "st-96",
                "st-97",
                page_one=True,
            ),
        ),
        "fit": (
            _claim(
                "cl-fit",
                "We're fourteen homes, and each one used to write its own rota.",
                "supported",
                "st-95",
                "st-96",
            ),
        ),
        "pains": (
            _claim(
                "cl-ring",
                "Every gap means ringing round the same five people, and they've stopped picking up.",
                "corroborated",
                "st-03",
                "st-01",
                "st-02",
                page_one=True,
                detail={"stage": "before buying"},
            ),
            _claim(
                "cl-agency",
                "Agency cover was eating the margin of two whole homes.",
                "corroborated",
                "st-04",
                "st-05",
                "st-06",
                page_one=True,
                detail={"stage": "before buying"},
            ),
            _claim(
                "cl-payroll",
                "payroll still had to be keyed in twice every month",
                "hypothesis",
                "st-07",
                page_one=True,
                detail={"stage": "leaving"},
            ),
        ),
        "jobs": (
            _claim(
                "cl-monday", "I want to know on Monday that the weekend is safe.", "hypothesis", "st-10", page_one=True
            ),
            _claim(
                "cl-inspector",
                "When an inspector asks who was on shift, I need to show it without three days of digging.",
                "hypothesis",
                "st-11",
                page_one=True,
            ),
            _claim(
                "cl-publish",
                "Publish the rota four weeks out so that people can plan their lives.",
                "hypothesis",
                "st-12",
            ),
        ),
        "triggers": (
            _claim(
                "cl-inspection",
                "After the inspection the owners wanted a plan for staffing records in thirty days.",
                "supported",
                "st-21",
                "st-20",
                page_one=True,
                detail={"observed": "published inspection ratings"},
            ),
            _claim(
                "cl-bought",
                "We bought three more homes in one quarter, and the spreadsheet broke.",
                "hypothesis",
                "st-22",
                page_one=True,
                detail={"observed": "company filings, press"},
            ),
        ),
        "objections": (
            _claim(
                "cl-phones",
                "My carers won't put a work app on their own phones.",
                "corroborated",
                "st-30",
                "st-31",
                page_one=True,
            ),
            _claim("cl-price", "Four pounds a head is more than our whole software budget.", "hypothesis", "st-34"),
            _claim(
                "cl-texts",
                "The text messages did it: not one carer had to install anything on a phone.",
                "corroborated",
                "st-32",
                "st-33",
                page_one=True,
                answers="cl-phones",
            ),
        ),
        "disqualifiers": (
            _claim(
                "cl-small",
                "We have one home and nine staff, and the whiteboard in the kitchen works.",
                "supported",
                "st-40",
                "st-41",
                page_one=True,
            ),
        ),
        "committee": (
            _claim(
                "cl-signs",
                "The finance director signs, but it's the regional manager who has to want it.",
                "hypothesis",
                "st-50",
                page_one=True,
            ),
        ),
        "alternatives": (
            _claim(
                "cl-sheet",
                "Before this it was one enormous spreadsheet and a group chat.",
                "corroborated",
                "st-60",
                "st-61",
                page_one=True,
            ),
            _claim(
                "cl-shiftwell",
                "We looked at Shiftwell too, and it wanted a consultant for three months.",
                "hypothesis",
                "st-62",
            ),
        ),
        "proof": (
            _claim(
                "cl-hours",
                "Agency hours fell from 310 a week to 90 in the first two months.",
                "contested",
                "st-70",
                "st-71",
                counter=("st-72",),
                page_one=True,
            ),
        ),
        "first_30_days": (
            _claim(
                "cl-day4",
                "The first rota went out on day four, once the contracts were in.",
                "hypothesis",
                "st-90",
                page_one=True,
            ),
            _claim(
                "cl-stall",
                "We stalled for three weeks on loading the contracts.",
                "hypothesis",
                "st-91",
                detail={"stage": "before first value"},
            ),
        ),
    }
    empty = {"outcomes": "Insufficient evidence: one account speaks of it, and only once."}
    return _profile(sections, empty)


def empty_profile() -> Profile:
    """A product of which nothing is known yet: no account, no source, no claim."""
    return Profile(
        workspace="demo",
        product="Rotalark",
        name="Not enough evidence for a profile yet",
        as_of=date(2026, 11, 22),
        analyst="extractive",
        accounts=(),
        sources=(),
        sections=tuple(
            Section(key=k, title=t, empty="Insufficient evidence: no customer speaks of it.") for k, t in SECTIONS
        ),
    )


def profile_saying(text: str) -> Profile:
    """A small profile with `text` in every field that holds other people's words."""
    account = ProfileAccount(
        id="a1", name=text, known=True, why=text, sources=1, outcome="won", attributes={text: text}
    )
    source = ProfileSource(
        id="s1",
        path=text,
        ref=text,
        format="md",
        kind="interview",
        account="a1",
        date=None,
        outcome=None,
        inferred=("date",),
        words_customer=10,
        words_us=5,
        words_unknown=0,
    )
    statement = ProfileStatement(
        id="q1",
        kinds=("pain",),
        quote=text,
        source=text,
        source_id="s1",
        source_kind="interview",
        account="a1",
        role="customer",
        voice="verbatim",
        start=0,
        end=len(text),
        lines=(1, 1),
        locator=Locator(unit="line", first=1, last=1),
        date=None,
        speaker=text,
        question=text,
        before=text,
        after=text,
    )
    support = Support(
        accounts=1, of_accounts=1, sources=1, of_sources=1, source_kinds=("interview",), first_seen=None, last_seen=None
    )
    claim = Claim(
        id="c1",
        kind="pain",
        text=text,
        status="hypothesis",
        support=support,
        evidence=("q1",),
        counter=("q1",),
        page_one=True,
        detail={"stage": text},
    )
    cell = Cell(account="a1", path=text, row=2, heading=text, value=text)
    return Profile(
        workspace=text,
        product=text,
        name=text,
        as_of=date(2026, 11, 22),
        analyst=text,
        accounts=(account,),
        sources=(source,),
        sections=(
            Section(key="pains", title="Pains", claims=(claim,)),
            Section(key="proof", title="Proof", empty=text),
        ),
        criteria=(Criterion(attribute=text, value=text, good=1, of_good=1, bad=0, of_bad=0, cells=(cell,), note=text),),
        gaps=(Gap(what=text, advice=text),),
        statements=(statement,),
    )


def _claim(
    claim_id: str,
    text: str,
    status: Status,
    *evidence: str,
    counter: tuple[str, ...] = (),
    page_one: bool = False,
    answers: str | None = None,
    detail: dict[str, str] | None = None,
) -> Claim:
    sources = {SAID[e].source for e in evidence}
    known = {s for s in sources if SOURCES[s].account != UNKNOWN}
    dates = sorted(d for s in sources if (d := SOURCES[s].date))
    support = Support(
        accounts=len({SOURCES[s].account for s in known}),
        of_accounts=len(ACCOUNTS),
        sources=len(sources),
        of_sources=len(SOURCES),
        source_kinds=tuple(sorted({SOURCES[s].kind for s in known})),
        first_seen=dates[0] if dates else None,
        last_seen=dates[-1] if dates else None,
        unknown_sources=len(sources - known),
    )
    return Claim(
        id=claim_id,
        kind=SAID[evidence[0]].kind,
        text=text,
        status=status,
        support=support,
        evidence=evidence,
        counter=counter,
        page_one=page_one,
        answers=answers,
        detail=detail or {},
    )


def _profile(sections: dict[str, tuple[Claim, ...]], empty: dict[str, str]) -> Profile:
    return Profile(
        workspace="demo",
        product="Rotalark",
        name="Fill tomorrow's gap without ringing round",
        as_of=date(2026, 11, 22),
        analyst="extractive",
        accounts=(
            *(_account(*a) for a in ACCOUNTS),
            ProfileAccount(
                id=UNKNOWN, name="Unknown account", known=False, why="nothing says whose words these are", sources=1
            ),
        ),
        sources=tuple(_source(source_id, s) for source_id, s in SOURCES.items()),
        sections=tuple(Section(key=k, title=t, claims=sections.get(k, ()), empty=empty.get(k)) for k, t in SECTIONS),
        criteria=(
            _criterion("homes", "5 or more", 4, 1, ("acc-alder", "acc-penrose", "acc-saltmarsh", "acc-kestrel")),
            _criterion(
                "payroll",
                "Paysmith",
                3,
                0,
                ("acc-alder", "acc-penrose", "acc-kestrel"),
                "One payroll system: may be chance.",
            ),
        ),
        gaps=(
            Gap(
                what="Nobody who pays the bill has been heard.",
                advice="Interview two finance directors of won accounts.",
            ),
            Gap(
                what="Only one account says what success looks like in a year.", advice="Ask it in every renewal call."
            ),
            Gap(
                what="One source has no known account.", advice="Say whose it is with `accounts set`, or leave it out."
            ),
        ),
        statements=tuple(_statement(statement_id, s) for statement_id, s in SAID.items()),
    )


def _account(account_id: str, name: str, outcome: Outcome, attributes: dict[str, str]) -> ProfileAccount:
    sources = sum(s.account == account_id for s in SOURCES.values())
    return ProfileAccount(
        id=account_id,
        name=name,
        known=True,
        why="named in the table of accounts",
        sources=sources,
        outcome=outcome,
        attributes=attributes,
    )


def _source(source_id: str, s: _Source) -> ProfileSource:
    return ProfileSource(
        id=source_id,
        path=s.path,
        ref=s.ref,
        format=s.path.rsplit(".", 1)[1],
        kind=s.kind,
        account=s.account,
        date=s.date,
        outcome=s.outcome,
        inferred=s.inferred,
        words_customer=1480,
        words_us=410,
        words_unknown=0,
    )


def _statement(statement_id: str, s: _Said) -> ProfileStatement:
    source = SOURCES[s.source]
    return ProfileStatement(
        id=statement_id,
        kinds=(s.kind,),
        quote=s.quote,
        source=source.path,
        source_id=s.source,
        source_kind=source.kind,
        account=source.account,
        role="customer",
        voice=s.voice,
        start=100,
        end=100 + len(s.quote),
        lines=s.lines,
        locator=Locator(unit=s.unit, first=s.first, last=s.last or s.first),
        date=source.date,
        speaker="<PERSON_1>",
        question=s.question,
        before=s.before,
        after=s.after,
    )


def _criterion(attribute: str, value: str, good: int, bad: int, accounts: tuple[str, ...], note: str = "") -> Criterion:
    cells = tuple(
        Cell(account=a, path="accounts.csv", row=i + 2, heading=attribute, value=dict_[attribute])
        for i, (a, _, _, dict_) in enumerate(ACCOUNTS)
        if a in accounts
    )
    return Criterion(attribute=attribute, value=value, good=good, of_good=4, bad=bad, of_bad=3, cells=cells, note=note)
