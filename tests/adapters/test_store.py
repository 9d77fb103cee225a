"""The store, on real SQLite files and, where marked slow, on a real PostgreSQL: what is kept, replaced, and gone for good."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_synth.adapters.sqlalchemy import SqlStore, delete_workspace, migrate, open_engine, workspaces
from icp_synth.adapters.sqlalchemy.tables import Base
from icp_synth.errors import MissingExtraError, NotFoundError, StoreError
from icp_synth.ports import Store, Vectors
from icp_synth.records import (
    AccountRef,
    AccountRow,
    CleanBlock,
    CleanSource,
    CleanTurn,
    Locator,
    Overlay,
    Profile,
    ProfileSource,
    Sentence,
    Statement,
    Theme,
)

LINE = Locator(unit="line", first=1, last=1)


def a_source(name: str, text: str = "Reports take hours. We gave up.", path: str | None = None) -> CleanSource:
    """A one-turn interview whose id is its name."""
    return CleanSource(
        id=name,
        path=path or f"{name}.txt",
        format="txt",
        kind="interview",
        text=text,
        blocks=(CleanBlock(start=0, end=len(text), locator=LINE, lines=(1, 1)),),
        turns=(CleanTurn(start=0, end=len(text), role="customer", voice="verbatim", speaker="<PERSON_1>"),),
        account=AccountRef(id="acc-1", name="Northwind", known=True, why="folder"),
        date=date(2026, 3, 1),
    )


def its_sentences(source: CleanSource) -> list[Sentence]:
    """The sentences of `a_source`: what stands between full stops."""
    found, start = [], 0
    for ordinal, text in enumerate(part for part in source.text.split(". ") if part):
        identity = f"{source.id}-{ordinal}"
        place = {"turn": 0, "block": 0, "ordinal": ordinal, "start": start, "end": start + len(text)}
        found.append(Sentence(id=identity, source_id=source.id, text=text, **place))
        start += len(text) + 2
    return found


def vectors_of(sentences: list[Sentence]) -> Vectors:
    """Unit vectors that differ from sentence to sentence."""
    made = np.random.default_rng(len(sentences)).normal(size=(len(sentences), 384))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def put(store: SqlStore, source: CleanSource) -> list[Sentence]:
    """Store a source with its sentences."""
    sentences = its_sentences(source)
    store.put_source(source, sentences, vectors_of(sentences))
    return sentences


def a_statement(source: CleanSource, name: str) -> Statement:
    """A pain that quotes the whole source."""
    return Statement(
        id=name,
        kinds=("pain",),
        confidence={"pain": 0.75},
        tone="trouble",
        quote=source.text,
        source_id=source.id,
        sentence_ids=(f"{source.id}-0",),
        account_id=source.account.id,
        source_kind=source.kind,
        role="customer",
        voice="verbatim",
        start=0,
        end=len(source.text),
        lines=(1, 1),
        locator=LINE,
        date=source.date,
    )


def a_profile(*sources: CleanSource, product: str = "TitanCRM") -> Profile:
    """A profile that lists these sources, and names each in a gap by its words."""
    listed = [
        ProfileSource(
            id=source.id,
            path=source.text,
            ref="",
            format="txt",
            kind="interview",
            account="Northwind",
            date=source.date,
            outcome=None,
            inferred=(),
            words_customer=5,
            words_us=0,
            words_unknown=0,
        )
        for source in sources
    ]
    made = {"workspace": "titan", "product": product, "name": "reporting", "as_of": date(2026, 4, 1)}
    return Profile(**made, analyst="extractive", accounts=(), sources=tuple(listed), sections=())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'icp-synth.db'}"
    made: str = request.getfixturevalue("postgres_url")
    return made


only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # looks into the database's files


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """An empty database of the newest schema."""
    engine = open_engine(url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """The store of workspace `titan`."""
    return SqlStore(engine, "titan")


# ---------------------------------------------------------------- kept


def test_what_was_put_is_there_after_closing_and_opening_again(engine: sa.Engine, url: str) -> None:
    store: Store = SqlStore(engine, "titan")
    source = a_source("s1", "Repörts take hours — \U0001f525\x00. We gave up.")
    sentences = its_sentences(source)
    vectors = vectors_of(sentences)
    statement, theme = a_statement(source, "st1"), Theme(id="t1", kind="pain", founding="st1", members=("st1",))
    row = AccountRow(name="Northwind", path="accounts.csv", row=2, outcome="won", attributes={"size": "50", "b": "a"})
    overlay = Overlay(id="o1", action="account.rename", target="acc-1", value={"name": "North"})

    store.put_source(source, sentences, vectors)
    store.put_statements("extractive", "s1", [statement])
    store.put_themes([theme])
    store.put_account_rows("accounts.csv", [row])
    store.put_overlay(overlay)
    store.put_setting("product", "TitanCRM")
    assert store.put_profile(a_profile(source)) == 1
    engine.dispose()

    again: Store = SqlStore(open_engine(url), "titan")
    assert again.sources() == [source] and again.source("s1") == source
    assert again.sentences() == sentences
    kept = again.vectors([sentences[1].id, sentences[0].id])
    assert kept.dtype == np.float32 and np.array_equal(kept, vectors[::-1])
    assert again.statements("extractive") == [statement] and again.read_sources("extractive") == {"s1"}
    assert again.statements("llm") == [] and again.read_sources("llm") == set()
    assert again.themes() == [theme] and again.account_rows() == [row] and again.overlays() == [overlay]
    assert again.profile() == again.profile(1) == a_profile(source)
    assert again.setting("product") == "TitanCRM" and again.setting("other") is None


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(["b", "a", "C", "é", "d"]))
def test_lists_come_back_in_one_order_whatever_the_order_of_arrival(engine: sa.Engine, order: list[str]) -> None:
    store = SqlStore(engine, f"order-{'-'.join(order)}")
    for name in order:
        source = a_source(name, path="same.txt" if name in "ab" else None)
        put(store, source)
        store.put_statements("extractive", name, [a_statement(source, f"st-{name}")])
    store.put_themes([Theme(id=name, kind="pain", founding="st", members=()) for name in order])
    expected = ["C", "d", "a", "b", "é"]
    assert [source.id for source in store.sources()] == expected
    assert [each.id for each in store.sentences()] == [f"{name}-{i}" for name in expected for i in (0, 1)]
    assert [each.id for each in store.statements("extractive")] == sorted(f"st-{name}" for name in order)
    assert [each.id for each in store.themes()] == sorted(order)


def test_overlays_are_kept_in_the_order_of_deciding_and_a_repeated_one_is_the_latest(store: SqlStore) -> None:
    first = Overlay(id="z", action="theme.pin", target="t1")
    second = Overlay(id="a", action="theme.exclude", target="t1")
    store.put_overlay(first)
    store.put_overlay(second)
    assert store.overlays() == [first, second]
    store.put_overlay(first)
    assert store.overlays() == [second, first]
    store.remove_overlay("a")
    store.remove_overlay("nothing")
    assert store.overlays() == [first]


def test_a_profile_gets_a_new_version_only_when_it_says_something_new(store: SqlStore) -> None:
    assert store.put_profile(a_profile(product="A")) == 1
    assert store.put_profile(a_profile(product="A")) == 1
    assert store.put_profile(a_profile(product="B")) == 2
    assert store.put_profile(a_profile(product="A")) == 3, "what is current must be the latest version"
    assert store.profile().product == store.profile(1).product == "A" and store.profile(2).product == "B"
    assert store.profile_versions() == [1, 2, 3]
    with pytest.raises(NotFoundError, match="version 4"):
        store.profile(4)


def test_a_table_of_accounts_is_replaced_as_a_whole(store: SqlStore) -> None:
    def rows(names: str) -> list[AccountRow]:
        return [AccountRow(name=name, path="a.csv", row=n) for n, name in enumerate(names, 2)]

    store.put_account_rows("b.csv", [AccountRow(name="Other", path="b.csv", row=2)])
    store.put_account_rows("a.csv", rows("xyz"))
    store.put_account_rows("a.csv", rows("x"))
    assert [(row.path, row.name) for row in store.account_rows()] == [("a.csv", "x"), ("b.csv", "Other")]
    store.remove_account_rows("a.csv")
    assert [row.path for row in store.account_rows()] == ["b.csv"]
    with pytest.raises(NotFoundError, match=r"a\.csv"):
        store.remove_account_rows("a.csv")


def test_more_vectors_than_one_query_may_ask_for(store: SqlStore) -> None:
    source = a_source("big", ". ".join(str(number) for number in range(10_500)))
    sentences = put(store, source)
    ids = [sentence.id for sentence in reversed(sentences)]
    assert np.array_equal(store.vectors(ids), vectors_of(sentences)[::-1])


# ---------------------------------------------------------------- replaced and removed


def test_a_source_put_again_replaces_its_sentences_and_drops_what_was_read_in_it(store: SqlStore) -> None:
    source, other = a_source("s1"), a_source("s2")
    for each in (source, other):
        put(store, each)
        store.put_statements("extractive", each.id, [a_statement(each, f"st-{each.id}")])
    shorter = a_source("s1", "Reports take hours.")
    put(store, shorter)
    assert store.source("s1") == shorter
    assert [each.id for each in store.sentences("s1")] == ["s1-0"]
    assert [each.source_id for each in store.statements("extractive")] == ["s2"]
    assert store.read_sources("extractive") == {"s2"}


def test_an_analyst_that_reads_again_replaces_only_its_own_statements(store: SqlStore) -> None:
    source = a_source("s1")
    put(store, source)
    store.put_statements("extractive", "s1", [a_statement(source, "a"), a_statement(source, "b")])
    store.put_statements("llm", "s1", [a_statement(source, "a")])
    store.put_statements("extractive", "s1", [])
    assert store.statements("extractive") == [] and store.read_sources("extractive") == {"s1"}
    assert [each.id for each in store.statements("llm")] == ["a"]


def test_a_withdrawn_source_leaves_a_tombstone_which_a_return_lifts(store: SqlStore) -> None:
    for name in ("s1", "s2", "s3"):
        put(store, a_source(name))
    assert store.remove_source("s3") == ["s3-0", "s3-1"]
    assert store.remove_source("s1") == ["s1-0", "s1-1"]
    assert store.tombstones() == ["s3", "s1"]
    assert [source.id for source in store.sources()] == ["s2"]
    put(store, a_source("s3"))
    assert store.tombstones() == ["s1"] and len(store.sentences("s3")) == 2


def test_names_that_are_not_there_are_said(store: SqlStore) -> None:
    for call in (
        lambda: store.source("nope"),
        lambda: store.remove_source("nope"),
        lambda: store.vectors(["nope"]),
        lambda: store.put_statements("extractive", "nope", []),
    ):
        with pytest.raises(NotFoundError, match="'nope' in workspace 'titan'"):
            call()
    with pytest.raises(NotFoundError, match="no profile"):
        store.profile()
    assert store.tombstones() == [] and store.vectors([]).shape == (0, 0)


def test_nothing_is_kept_of_a_source_whose_sentences_and_vectors_dont_match(store: SqlStore) -> None:
    source = a_source("s1")
    sentences = its_sentences(source)
    with pytest.raises(ValueError, match="zip"):
        store.put_source(source, sentences, vectors_of(sentences)[:1])
    with pytest.raises(StoreError):
        store.put_source(source, [*sentences, sentences[0]], vectors_of([*sentences, sentences[0]]))
    assert store.sources() == []


# ---------------------------------------------------------------- erased


def secret(name: str, words: int) -> str:
    """Sentences of words that are found nowhere else, so that a byte of them left over can be told."""
    return ". ".join(f"zq{name}n{number}qz" for number in range(words))


def on_disk(folder: Path, marker: str) -> list[str]:
    """Files under `folder` that hold `marker`."""
    return [path.name for path in folder.rglob("*") if path.is_file() and marker.encode() in path.read_bytes()]


@only_sqlite
@pytest.mark.parametrize("words", [1, 40, 900])
def test_no_byte_of_a_withdrawn_source_stays_on_the_disk(store: SqlStore, tmp_path: Path, words: int) -> None:
    sources = [a_source(f"s{number}", secret(f"s{number}", words)) for number in range(6)]
    for source in sources:
        sentences = put(store, source)
        store.put_statements(
            "extractive",
            source.id,
            [
                a_statement(source, f"st-{sentence.id}").model_copy(update={"quote": sentence.text})
                for sentence in sentences
            ],
        )
        store.put_profile(a_profile(*sources[: sources.index(source) + 1]))
    assert on_disk(tmp_path, "zqs3n") == ["icp-synth.db"], "the test must be able to see it"
    for name in ("s1", "s3"):
        store.remove_source(name)
    assert on_disk(tmp_path, "zqs1n") == on_disk(tmp_path, "zqs3n") == []
    assert on_disk(tmp_path, "zqs2n") == ["icp-synth.db"]


def test_profiles_that_rest_on_a_withdrawn_source_lose_their_content_and_keep_their_numbers(store: SqlStore) -> None:
    kept, gone = a_source("kept"), a_source("gone")
    put(store, kept)
    put(store, gone)
    assert [store.put_profile(a_profile(kept)), store.put_profile(a_profile(kept, gone))] == [1, 2]
    store.remove_source("gone")
    assert store.profile() == store.profile(1) == a_profile(kept)
    with pytest.raises(NotFoundError, match="version 2"):
        store.profile(2)
    assert store.put_profile(a_profile(kept, product="again")) == 3


@only_sqlite
def test_words_that_better_scrubbing_took_out_leave_the_disk_and_unchanged_words_cost_no_profile(
    store: SqlStore, tmp_path: Path
) -> None:
    before, after = a_source("s1", "zqpersonqz said so."), a_source("s1", "<PERSON_1> said so.")
    put(store, before)
    store.put_profile(a_profile(before))
    put(store, before)
    assert store.profile() == a_profile(before)
    put(store, after)
    assert on_disk(tmp_path, "zqpersonqz") == []


def test_the_revision_grows_with_every_write_and_with_nothing_else(store: SqlStore) -> None:
    assert store.revision() == 0
    put(store, a_source("s1"))
    first = store.revision()
    assert store.sources() and store.revision() == first > 0
    store.put_setting("product", "TitanCRM")
    assert store.revision() == first + 1


def test_two_workspaces_dont_see_each_other_and_one_can_be_erased(engine: sa.Engine, tmp_path: Path) -> None:
    titan, nexa = SqlStore(engine, "titan"), SqlStore(engine, "nexa")
    for store in (titan, nexa):
        source = a_source("same-id", secret(store.workspace, 50))
        sentences = put(store, source)
        store.put_statements("extractive", "same-id", [a_statement(source, "st1")])
        store.put_account_rows("a.csv", [AccountRow(name=store.workspace, path="a.csv", row=2)])
        store.put_overlay(Overlay(id="o1", action="theme.pin", target=store.workspace))
        store.put_themes([Theme(id=store.workspace, kind="pain", founding="st1", members=())])
        store.put_setting("product", store.workspace)
        assert store.put_profile(a_profile(source, product=store.workspace)) == 1
    titan.remove_source("same-id")
    assert nexa.sources() and nexa.statements("extractive") and nexa.tombstones() == []
    assert nexa.vectors([sentences[0].id]).shape == (1, 384)
    assert [row.name for row in nexa.account_rows()] == ["nexa"] and nexa.setting("product") == "nexa"
    assert [each.target for each in nexa.overlays()] == [each.id for each in nexa.themes()] == ["nexa"]
    assert nexa.profile().product == "nexa"

    assert workspaces(engine) == ["nexa", "titan"]
    delete_workspace(engine, "nexa")
    assert workspaces(engine) == ["titan"] and nexa.sources() == [] and titan.setting("product") == "titan"
    assert on_disk(tmp_path, "zqnexan") == []
    with pytest.raises(NotFoundError, match="nexa"):
        delete_workspace(engine, "nexa")


KILLED_WHILE_WRITING = """
import os, signal, sys
sys.path.append(sys.argv[3])
from sqlalchemy import event
from icp_synth.adapters.sqlalchemy import SqlStore, open_engine
from test_store import a_source, its_sentences, vectors_of

engine = open_engine(sys.argv[1])

@event.listens_for(engine, "after_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO " + sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

source = a_source("s1", ". ".join(f"new {number}" for number in range(3000)))
sentences = its_sentences(source)
SqlStore(engine, "titan").put_source(source, sentences, vectors_of(sentences))
"""


@pytest.mark.parametrize("table", ["sources", "sentences"])
def test_a_process_killed_while_it_writes_a_source_leaves_the_earlier_one_whole(
    store: SqlStore, url: str, tmp_path: Path, table: str
) -> None:
    source = a_source("s1")
    sentences = put(store, source)
    store.put_statements("extractive", "s1", [a_statement(source, "st1")])
    arguments = [url, table, str(Path(__file__).parent)]
    ended = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, *arguments], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    if url.startswith("sqlite"):
        assert (tmp_path / "icp-synth.db-journal").stat().st_size > 0, "it must have been killed within the transaction"
    assert store.sources() == [source] and store.sentences() == sentences
    assert np.array_equal(store.vectors(["s1-0", "s1-1"]), vectors_of(sentences))
    assert store.read_sources("extractive") == {"s1"}


def test_sentences_come_back_as_they_stand_in_the_text_though_ordinals_count_within_blocks(store: SqlStore) -> None:
    source = a_source("s1", "One. Two. Three. Four.")
    said = [s.model_copy(update={"block": n // 2, "ordinal": n % 2}) for n, s in enumerate(its_sentences(source))]
    store.put_source(source, said[::-1], vectors_of(said))
    assert [sentence.ordinal for sentence in said] == [0, 1, 0, 1] and store.sentences(
        "s1"
    ) == store.sentences() == said


# ---------------------------------------------------------------- schema and trouble


def test_the_migrations_make_the_tables_that_the_code_declares(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    declared = {table.name: [column.name for column in table.primary_key] for table in Base.metadata.sorted_tables}
    inspector = sa.inspect(engine)
    for table, key in declared.items():
        found = inspector.get_pk_constraint(table)["constrained_columns"]
        assert sorted(found) == sorted(key)
        assert table == "workspaces" or found[0] == "workspace", "every row is keyed by its workspace first"


def test_migrating_again_changes_nothing(store: SqlStore, engine: sa.Engine) -> None:
    put(store, a_source("s1"))
    migrate(engine)
    assert len(store.sources()) == 1


def test_a_migration_that_breaks_off_leaves_nothing_half_made(url: str) -> None:
    engine = open_engine(url)

    def break_off(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE themes" in statement:
            raise KeyboardInterrupt

    sa.event.listen(engine, "before_cursor_execute", break_off)
    with pytest.raises(KeyboardInterrupt):
        migrate(engine)
    sa.event.remove(engine, "before_cursor_execute", break_off)
    assert sa.inspect(engine).get_table_names() == []
    migrate(engine)
    assert SqlStore(engine, "titan").sources() == []
    engine.dispose()


def test_a_newer_store_is_refused_by_name(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"schema 9999, .* no schema after 0003"):
        migrate(engine)


def test_a_file_that_is_no_database_and_a_store_that_was_never_made_are_store_errors(tmp_path: Path) -> None:
    (tmp_path / "note.db").write_text("not a database at all", encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        migrate(open_engine(f"sqlite:///{tmp_path / 'note.db'}"))
    with pytest.raises(StoreError, match="no such table"):
        SqlStore(open_engine(f"sqlite:///{tmp_path / 'empty.db'}"), "titan").sources()


def test_errors_never_carry_a_customers_words(store: SqlStore) -> None:
    source = a_source("s1", "zqsecretqz")
    twice = its_sentences(source) * 2
    with pytest.raises(StoreError) as caught:
        store.put_source(source, twice, vectors_of(twice))
    assert "zqsecretqz" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(
    "address",
    ["zqsecretqz", "postgresql://me:a@zqsecretqz@host/db", "postgresql://host:zqsecretqz/db", "mysql://me@host/db"],
)
def test_an_address_that_names_no_database_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(StoreError, match="ICP_SYNTH_DATABASE_URL") as caught:
        open_engine(address)
    assert "zqsecretqz" not in f"{caught.value} {caught.value.__cause__}"


def test_the_driver_of_postgresql_is_an_extra_that_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'icp-synth\[postgres\]'"):
        open_engine("postgresql://me@host/db")
