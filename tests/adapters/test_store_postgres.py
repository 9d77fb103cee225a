"""PostgreSQL as the store, through the command line. What any store must do is in `test_store.py`, for both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from icp_synth.adapters.sqlalchemy import open_engine, workspaces
from tests.conftest import ROOT, Cli

pytestmark = pytest.mark.slow

CALL = """\
Customer interview, recorded 12 January 2026
Nora (Plotwise) with Ingrid (Oakline)

Nora (Plotwise): What was hard before you had us?
Ingrid (Oakline): Every month two of us spent four days gluing spreadsheets together, and half of the numbers were wrong.
Nora (Plotwise): And now?
Ingrid (Oakline): The same report takes ten minutes. Last quarter we caught a wrong order before it cost us 40,000 euros.
"""
REVIEWS = """\
date,company,review
2026-02-03,Harrow Mills,We spent three days every month copying numbers between spreadsheets and half of them were wrong.
2026-02-09,Fenwick Paper,Setup took us nine weeks because nobody could tell us which columns to import.
"""


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Two small sources about a product that doesn't exist."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "call.txt").write_text(CALL, encoding="utf-8")
    (folder / "reviews.csv").write_text(REVIEWS, encoding="utf-8")
    return folder


def drafted(cli: Cli, evidence: Path, out: Path) -> bytes:
    """The profile.json of a draft of the evidence."""
    arguments = ("--product", "Plotwise", "--workspace", "plots", "--as-of", "2026-04-01", "--out", out)
    ended = cli("draft", evidence, *arguments)
    assert ended.code == 0, ended.err
    return (out / "profile.json").read_bytes()


def test_a_draft_is_the_same_bytes_on_postgresql_as_on_sqlite(
    cli: Cli, evidence: Path, home: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_sqlite = drafted(cli, evidence, tmp_path / "sqlite")
    assert len(json.loads(on_sqlite)["statements"]) >= 2 and (home / "icp-synth.db").exists()

    other = tmp_path / "other"
    monkeypatch.setenv("ICP_SYNTH_HOME", str(other))
    monkeypatch.setenv("ICP_SYNTH_DATABASE_URL", postgres_url)
    assert drafted(cli, evidence, tmp_path / "postgresql") == on_sqlite
    assert drafted(cli, evidence, tmp_path / "again") == on_sqlite
    assert sorted(path.name for path in other.iterdir()) == [".gitignore", "chroma", "key", "lock"], "no SQLite"

    (store,) = (row for row in cli("doctor", "--json").json if row["part"] == "store")
    assert store["ok"] and store["says"].startswith("postgresql+psycopg://icp@/test?host=")
    assert store["says"].endswith(", 1 workspace")
    assert cli("remove", "reviews.csv", "--workspace", "plots").code == 0
    assert {source["path"] for source in cli("sources", "--json").json} == {"call.txt"}


def test_a_server_that_cant_be_reached_is_one_line_without_the_password(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="needs psycopg (the extra `postgres`)")
    options = "password=zqsecretqz&connect_timeout=5"
    monkeypatch.setenv("ICP_SYNTH_DATABASE_URL", f"postgresql://me:zqsecretqz@127.0.0.1:1/plots?{options}")
    ended = cli("sources")
    assert ended.code == 1 and len(ended.err.splitlines()) == 1
    assert "The store at postgresql+psycopg://me:***@127.0.0.1:1/plots could not be used" in ended.err
    assert "refused" in ended.err and "zqsecretqz" not in ended.err
    doctor = cli("doctor")
    assert doctor.code == 1 and "✗ store" in doctor.out and "zqsecretqz" not in doctor.out + doctor.err
    assert not (home / "icp-synth.db").exists(), "nothing goes to SQLite instead"


BEGINS = """
import sys
from icp_synth.adapters.sqlalchemy import SqlStore, migrate, open_engine

engine = open_engine(sys.argv[1])
sys.stdin.readline()
migrate(engine)
SqlStore(engine, sys.argv[2]).put_setting("product", "Plotwise")
"""


def test_processes_that_make_the_schema_at_the_same_time_dont_trip_over_each_other(postgres_url: str) -> None:
    names = ["one", "three", "two"]
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    begun = [
        subprocess.Popen([sys.executable, "-c", BEGINS, postgres_url, name], stdin=subprocess.PIPE, env=environment)
        for name in names
    ]
    for process in begun:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(60) for process in begun] == [0, 0, 0]
    engine = open_engine(postgres_url)
    assert workspaces(engine) == names
    engine.dispose()
