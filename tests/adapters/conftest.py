"""A PostgreSQL for the tests that ask for one: started once, a new database for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The folder of the socket of a running server."""
    pytest.importorskip("psycopg", reason="needs psycopg (the extra `postgres`)")
    with cluster() as socket:
        yield socket


@pytest.fixture
def postgres_url(postgres: Path) -> Iterator[str]:
    """The URL of an empty database, dropped at the end."""
    server = sa.create_engine(f"postgresql+psycopg://icp@/postgres?host={postgres}", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE test")
    yield f"postgresql://icp@/test?host={postgres}"
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE test WITH (FORCE)")
    server.dispose()
