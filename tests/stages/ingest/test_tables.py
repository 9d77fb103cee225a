"""Tables of evidence and tables of accounts: what each column is, what becomes of each row, and where it stood."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.records import Block, Ingested, Manifest, ManifestSource, RawFile
from icp_synth.stages.ingest import ingest
from icp_synth.stages.ingest.tables import sniff
from icp_synth.stages.ingest.values import day_of, outcome_of, seconds_of

TICKETS = """Ticket ID,Subject,Description,Requester,Requester Email,Organization,Created At,Status
101,The export fails every night,"It stops at two.

We lose a day each week.",Ann Field,ann@blue.example,Blue Corp,2024-03-01T10:00:00Z,open
102,Slow,"It says ""timeout"" when I open reports, every time",Bo Ray,bo@red.example,Red Ltd,2024-03-02,solved
103,Nothing said,,Bo Ray,bo@red.example,Red Ltd,2024-03-02,solved
"""

SURVEY = """Company;Name;What nearly stopped you from buying?;Anything else;How likely are you to recommend us?;Date
Blue;Ann Field;We were not sure that it would pass our audit;;9;14/03/2024
Red;Bo Ray;The price was hard to explain to our board;More say in the roadmap please;7;02/04/2024
"""

WIN_LOSS = """Account,Stage,Owner,Close Date,Notes
Blue,Closed Won,Sam Hill,2024-01-01,They liked that it took a day to set up.
Red,Closed Lost,Sam Hill,2024-01-02,Lost on price. The CFO said it was twice what they pay.
"""

COMPANIES = """Company name,Website,Industry,Employees,Lifecycle stage,Owner,Contact email,Direct line,Region,Churned
Blue Corp,https://www.Blue.example/about,Retail,250,Customer,Sam Hill,ann@blue.example,+44 20 7946 0018,EMEA,no
Red Ltd,red.example,Logistics,40,Opportunity,Sam Hill,bo@red.example,+44 20 7946 0019,Americas,yes
Green,green.example,Logistics,12,Closed Lost,Sam Hill,cy@green.example,+44 20 7946 0020,EMEA,
"""

CHATS = """conversation_id,author_type,author,message,created
1,customer,Ann,the import hangs at 90%,2024-01-01
1,agent,Sam,Can you send me the file please?,2024-01-01
2,customer,Bo,i cannot find the invoice page anywhere,2024-01-02
1,customer,Ann,sent it just now,2024-01-03
"""


def read(name: str, text: str | bytes, **given_columns: dict[str, tuple[str, ...]]) -> Ingested:
    data = text if isinstance(text, bytes) else text.encode()
    return ingest(RawFile(path=name, data=data), columns=given_columns or None)


def said(block: Block) -> tuple[str, str | None, str]:
    return block.form, block.side, block.text


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- evidence


def test_a_ticket_table_gives_a_source_per_row_in_the_customers_words() -> None:
    found = read("tickets.csv", TICKETS)
    first, second = found.sources
    assert (first.ref, first.kind, first.account, first.date) == ("row 2", "ticket", "Blue Corp", date(2024, 3, 1))
    assert [said(block) for block in first.blocks] == [
        ("speech", "customer", "The export fails every night"),
        ("speech", "customer", "It stops at two.\n\nWe lose a day each week."),
    ]
    assert first.title == "The export fails every night"
    assert (first.blocks[0].speaker, first.blocks[0].email) == ("Ann Field", "ann@blue.example")
    assert first.names == ("Ann Field",)
    assert (first.participants[0].company, first.participants[0].side) == ("Blue Corp", "customer")
    assert second.ref == "row 3"
    assert found.rejects == ()  # row 4 says nothing: it is no evidence and no fault


def test_rows_count_as_a_spreadsheet_does_and_lines_as_an_editor_does() -> None:
    first, second = read("tickets.csv", TICKETS).sources
    assert [(b.locator.unit, b.locator.first, b.lines) for b in first.blocks] == [
        ("row", 2, (2, 2)),
        ("row", 2, (2, 4)),
    ]
    assert second.blocks[0].lines == (5, 5)
    assert second.blocks[1].lines is None  # the file doubles its quotes, so the text doesn't stand there unchanged


def test_a_survey_asks_its_headings_and_other_columns_name_theirs() -> None:
    found = read("q3.csv", SURVEY)
    first, second = found.sources
    assert found.columns[0].kind == "survey"
    assert found.columns[0].fields["text"] == ("What nearly stopped you from buying?", "Anything else")
    assert [said(block) for block in first.blocks] == [
        ("question", None, "What nearly stopped you from buying?"),
        ("speech", "customer", "We were not sure that it would pass our audit"),
    ]
    assert (first.blocks[0].locator.first, first.blocks[0].lines) == (
        1,
        (1, 1),
    )  # the question stands in the heading row
    assert second.blocks[2].heading == "Anything else"
    assert second.date == date(2024, 4, 2)  # 14/03 in the row above says that the day comes first


def test_a_survey_says_what_its_respondents_do() -> None:
    table = "Company,Job title,Why did you buy?\nBlue,CFO,We needed to cut the hours.\nRed,Head of IT,It broke every month.\n"
    found = ingest(RawFile(path="survey.csv", data=table.encode()), Manifest())
    assert [[who.title for who in source.participants] for source in found.sources] == [["CFO"], ["Head of IT"]]
    assert not any("CFO" in block.text for source in found.sources for block in source.blocks)


def test_win_loss_notes_are_left_for_the_roles_to_judge() -> None:
    won, lost = read("win_loss.csv", WIN_LOSS).sources
    assert (won.kind, won.outcome, lost.outcome) == ("win_loss", "won", "lost")
    assert [said(block) for block in won.blocks] == [("prose", None, "They liked that it took a day to set up.")]
    assert won.blocks[0].heading == "Notes"
    assert [(p.name, p.side) for p in won.participants] == [("Sam Hill", "us")]


def test_rows_of_one_conversation_become_one_source_even_if_they_are_interleaved() -> None:
    one, two = read("chats.csv", CHATS).sources
    assert (one.ref, two.ref) == ("1", "2")
    assert [(b.speaker, b.side, b.locator.first) for b in one.blocks] == [
        ("Ann", "customer", 2),
        ("Sam", "us", 3),
        ("Ann", "customer", 5),
    ]
    assert one.names == ("Ann", "Sam")


def test_a_transcript_in_a_table_is_one_source() -> None:
    (source,) = read(
        "call.csv", "Speaker,Start,Text\nAnn,00:00:01,we tried to build it\nSam,00:01:06,and how did that go\n"
    ).sources
    assert [(b.speaker, b.at) for b in source.blocks] == [("Ann", 1.0), ("Sam", 66.0)]
    assert source.ref == ""


def test_an_author_column_overrules_whose_words_a_ticket_holds() -> None:
    rows = (
        "Ticket ID,Author,Comment\n1,agent,We will call you back today.\n2,customer,It still fails after the update.\n"
    )
    assert [s.blocks[0].side for s in read("support.csv", rows).sources] == ["us", "customer"]


def test_a_kind_column_decides_for_each_row() -> None:
    rows = (
        "Account,Type,Text\nBlue,Support ticket,It fails every single night\nRed,Sales call,We would need it by May\n"
    )
    found = read("evidence_dump.csv", rows)
    assert [(s.kind, s.blocks[0].side) for s in found.sources] == [("ticket", "customer"), ("call", None)]


def test_markup_in_a_cell_is_taken_off_and_then_has_no_lines() -> None:
    rows = "hs_object_id,hs_note_body,Company name\n1,<p>They need <b>SSO</b> by May.</p>,Blue\n"
    (source,) = read("crm_notes.csv", rows).sources
    assert (source.kind, source.blocks[0].text, source.blocks[0].lines) == ("note", "They need SSO by May.", None)


def test_a_first_and_a_last_name_make_one_person() -> None:
    rows = "First Name,Last Name,Email,Feedback\nAnn,Field,ann@blue.example,It took us a week to set up\n"
    (source,) = read("feedback.csv", rows).sources
    assert (source.names, source.blocks[0].speaker, source.kind) == (("Ann Field",), "Ann Field", "survey")


def test_a_customer_column_beside_a_company_column_holds_people() -> None:
    rows = "Customer,Company,Review,Stars\nAnn Field,Blue,Simple and quick to set up,5\n"
    (source,) = read("g2.csv", rows).sources
    assert (source.account, source.names, source.kind, source.blocks[0].side) == (
        "Blue",
        ("Ann Field",),
        "review",
        "customer",
    )


def test_a_report_footer_and_a_title_above_the_headings_are_not_evidence() -> None:
    rows = (
        '"Closed lost, Q1"\n\n"Account Name","Opportunity","Loss Reason Details"\n'
        '"Blue","Renewal","The roadmap was too slow for them"\n'
        '\n"Grand Totals (1 records)"\n"Confidential Information - Do Not Distribute"\n'
    )
    (source,) = read("report.csv", rows).sources
    assert (source.ref, source.kind, source.blocks[0].lines) == ("row 4", "win_loss", (4, 4))


def test_a_survey_tools_second_heading_row_is_not_an_answer() -> None:
    rows = (
        "Respondent ID,What do you like most?,Which tools do you use?,\n,Open-Ended Response,Excel,Other\n"
        "1,That it is quick to learn,Excel,\n"
    )
    (source,) = read("monkey.csv", rows).sources
    assert [block.text for block in source.blocks] == ["What do you like most?", "That it is quick to learn"]
    assert source.ref == "row 3"


def test_a_row_with_too_many_cells_is_refused_by_its_line_and_the_others_stay() -> None:
    rows = "Ticket ID,Subject,Description\n1,Slow,It is slow, and it fails\n2,Export,The export stops at night\n"
    found = read("tickets.csv", rows)
    assert [s.ref for s in found.sources] == ["row 3"]
    assert (found.rejects[0].line, "double quotes" in found.rejects[0].advice) == (2, True)


def test_a_row_in_another_language_is_set_aside_by_its_row() -> None:
    rows = (
        "Company,Comment\nBlue,Der Export ist sehr langsam und wir haben nicht die Zeit um das jeden Tag zu machen\n"
        "Red,We do not have the time to do this every day\n"
    )
    found = read("comments.csv", rows)
    assert [s.account for s in found.sources] == ["Red"]
    assert (found.rejects[0].line, "looks like German" in found.rejects[0].reason) == (2, True)
    assert "Translate" in found.rejects[0].advice


def test_a_table_that_ends_inside_a_quote_is_refused_where_the_quote_opens() -> None:
    found = read("cut.csv", 'Company,Comment\nRed,We like it as it is\nBlue,"We do not have\nthe time')
    assert found.sources == ()
    assert (found.rejects[0].line, len(found.rejects)) == (3, 1)


def test_a_table_without_any_text_column_names_its_headings_and_the_way_out() -> None:
    (reject,) = read("contacts.csv", "First Name,Last Name,Email\nAnn,Field,ann@blue.example\n").rejects
    assert "'First Name', 'Last Name', 'Email'" in reject.reason
    assert "icp-synth columns contacts.csv --set text=HEADING" in reject.advice


# ---------------------------------------------------------------- mappings


def test_a_mapping_beats_detection() -> None:
    rows = "Firm,Internal memo,Bla\nBlue,Call them back before the end of May,No way\n"
    found = ingest(
        RawFile(path="odd.csv", data=rows.encode()), columns={"*.csv": {"text": ("Bla",), "account": ("firm",)}}
    )
    (source,) = found.sources
    assert (source.account, [block.text for block in source.blocks]) == ("Blue", ["No way"])


def test_the_manifest_maps_columns_and_names_the_kind_and_an_argument_beats_it() -> None:
    raw = RawFile(path="in/odd.csv", data=b"Firm,Bla\nBlue,It is too slow for all of us\n")
    mapped = Manifest(columns={"odd.csv": {"text": ("Bla",), "kind": ("survey",)}})
    assert ingest(raw, mapped).sources[0].kind == "survey"
    assert ingest(raw, mapped, {"in/*": {"kind": ("review",)}}).sources[0].kind == "review"
    listed = Manifest(sources=(ManifestSource(path="in/odd.csv", kind="ticket"),), columns={"*": {"text": ("Bla",)}})
    assert ingest(raw, listed).sources[0].blocks[0].side == "customer"


@pytest.mark.parametrize("mapping", [{"text": ("Comments",)}, {"prose": ("Bla",)}])
def test_a_mapping_of_what_is_not_there_is_refused_with_what_is(mapping: dict[str, tuple[str, ...]]) -> None:
    (reject,) = ingest(RawFile(path="odd.csv", data=b"Firm,Bla\nBlue,No\n"), columns={"*": mapping}).rejects
    assert "'Firm', 'Bla'" in reject.reason
    assert "text, question, account" in reject.advice


# ---------------------------------------------------------------- accounts


def test_a_table_of_companies_gives_account_rows_and_no_evidence() -> None:
    found = read("companies.csv", COMPANIES)
    assert (found.sources, found.columns[0].table) == ((), "accounts")
    blue, red, green = found.accounts
    assert (blue.name, blue.domain, blue.row) == ("Blue Corp", "blue.example", 2)
    assert [row.outcome for row in found.accounts] == ["active", "churned", "lost"]
    assert green.attributes == {"Industry": "Logistics", "Employees": "12", "Region": "EMEA"}


def test_nothing_personal_becomes_an_attribute() -> None:
    kept = json.dumps([row.attributes for row in read("companies.csv", COMPANIES).accounts])
    for personal in ("Sam", "@", "7946"):
        assert personal not in kept


def test_a_description_of_the_company_is_a_fact_not_a_voice() -> None:
    rows = "Name,Domain,Industry,Description\nBlue,blue.example,Retail,Blue sells shoes to families in all of Europe\n"
    found = read("hubspot.csv", rows)
    assert found.sources == ()
    assert found.accounts[0].attributes == {"Industry": "Retail"}


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("Closed Won", "won"),
        ("closed-lost", "lost"),
        ("Lost (price)", "lost"),
        ("Churn", "churned"),
        ("Cancelled", "churned"),
        ("Customer", "active"),
        ("Active customer", "active"),
        ("Negotiation", None),
        ("open", None),
        ("", None),
    ],
)
def test_outcomes_are_read_from_what_crms_call_them(cell: str, outcome: str | None) -> None:
    assert outcome_of(cell) == outcome


# ---------------------------------------------------------------- other makes of table


def test_a_workbook_is_read_sheet_by_sheet_with_its_own_row_numbers() -> None:
    data = workbook(
        Tickets=[["Ticket ID", "Description", "Created"], [1, "The export fails every night", datetime(2024, 5, 1)]],
        Accounts=[["Company", "Industry", "Outcome"], ["Blue", "Retail", "Closed Won"]],
        Empty=[],
    )
    found = ingest(RawFile(path="book.xlsx", data=data))
    (source,) = found.sources
    assert (source.format, source.ref, source.date, source.kind) == (
        "xlsx",
        "Tickets row 2",
        date(2024, 5, 1),
        "ticket",
    )
    assert (source.blocks[0].locator.first, source.blocks[0].lines) == (2, None)
    assert (found.accounts[0].name, found.accounts[0].outcome) == ("Blue", "won")
    assert [c.path for c in found.columns] == ["book.xlsx#Tickets", "book.xlsx#Accounts"]


def test_json_lines_are_rows_whose_row_is_their_line() -> None:
    lines = (
        '{"company": "Blue", "comment": "We lose a day each month."}\n\n'
        '{"company": "Red", "comment": "It is \\"fine\\" for us"}\nnot json\n'
    )
    found = read("comments.jsonl", lines)
    assert [(s.ref, s.account, s.blocks[0].lines) for s in found.sources] == [
        ("row 1", "Blue", (1, 1)),
        ("row 3", "Red", None),
    ]
    assert [r.line for r in found.rejects] == [4]


def test_a_json_list_of_flat_objects_is_a_table_too() -> None:
    found = read("r.json", json.dumps([{"id": 1, "company": "Blue", "review": "It is simple and quick", "stars": 4}]))
    assert [(s.ref, s.account, s.kind) for s in found.sources] == [("row 1", "Blue", "review")]


# ---------------------------------------------------------------- telling tables from prose, dates, times


def test_prose_with_commas_is_not_a_table_unless_its_name_says_so() -> None:
    prose = "Hello, this is Ann, and I am fine\nWe were, in short, not amused\n"
    assert sniff(prose, declared=False) is None
    assert sniff("Ticket ID;Description\n1;It fails\n2;It fails, too\n", declared=False) == ";"


def test_an_ambiguous_date_is_not_guessed() -> None:
    assert day_of("03/04/2024") is None
    assert day_of("03/04/2024", day_first=True) == date(2024, 4, 3)
    assert day_of("03/14/2024") == date(2024, 3, 14)
    assert day_of("3.4.2024") == date(2024, 4, 3)
    assert [day_of(d) for d in ("May 3, 2024", "3rd May 2024", "1714557600")] == [
        date(2024, 5, 3),
        date(2024, 5, 3),
        date(2024, 5, 1),
    ]
    assert day_of("2024-13-01") is None


def test_clocks_are_read_as_seconds() -> None:
    assert [seconds_of(t) for t in ("4.96", "1:02", "01:00:01,5", "[00:10]")] == [4.96, 62.0, 3601.5, 10.0]
    assert seconds_of("2024-05-01") is None


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('\n",;'), max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_whatever_csv_holds_the_lines_of_a_block_hold_its_text(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Company", "Description"])
    writer.writerows([(company, f"it is so that {text} fails") for company, text in rows])
    physical = out.getvalue().split("\n")
    found = ingest(RawFile(path="tickets.csv", data=out.getvalue().encode()), columns={"*": {"text": ("Description",)}})
    assert len(found.sources) + len(found.rejects) >= 1
    for source in found.sources:
        for block in source.blocks:
            if block.lines:
                for offset, part in enumerate(block.text.split("\n")):
                    assert part in physical[block.lines[0] - 1 + offset]
                assert block.lines[1] - block.lines[0] == block.text.count("\n")


def test_a_question_column_asks_what_the_row_answers() -> None:
    rows = "Participant,Company,Question,Answer\nP1,Blue,What made you look at us?,We had an audit coming up in March\n"
    (source,) = read("interviews.csv", rows).sources
    assert [said(block) for block in source.blocks] == [
        ("question", None, "What made you look at us?"),
        ("speech", "customer", "We had an audit coming up in March"),
    ]
    assert source.names == ()  # P1 is nobody's name


def test_a_sender_that_is_an_address_is_no_name() -> None:
    rows = "Date\tFrom\tMessage\n2024-05-01\tann@blue.example\tthe export is slow again today\n"
    (source,) = read("mails.tsv", rows).sources
    assert (source.blocks[0].email, source.names) == ("ann@blue.example", ())


def test_a_list_of_contacts_is_no_table_of_accounts() -> None:
    found = read("people.csv", "Name,Email,Company,Phone\nAnn Field,ann@blue.example,Blue,+44 20 7946 0018\n")
    assert (found.accounts, len(found.rejects)) == ((), 1)


def test_headings_alone_are_no_table() -> None:
    assert "no rows" in read("empty.csv", "Company,Comment\n").rejects[0].reason
