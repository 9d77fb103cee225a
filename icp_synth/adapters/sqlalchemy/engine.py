"""Opening a database, bringing its schema up to date, and the workspaces in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from icp_synth.adapters.sqlalchemy.tables import WorkspaceRow
from icp_synth.errors import MissingExtraError, NotFoundError, StoreError

# A rollback journal that is cut to nothing at each commit, not WAL: what was deleted is gone when the commit returns,
# without a checkpoint. Freed bytes are overwritten, and nothing is spilled to files in the system's temporary folder.
_SQLITE_PRAGMAS = (
    "journal_mode = TRUNCATE",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "busy_timeout = 30000",
)

# Understood alike by SQLite (3.35 or later) and PostgreSQL; SQLAlchemy has no common construct for it.
_NEXT_REVISION = text(
    "INSERT INTO workspaces (id, revision, changed) VALUES (:id, 1, :counts)"
    " ON CONFLICT (id) DO UPDATE SET revision = workspaces.revision + 1,"
    " changed = CASE WHEN :counts = 1 THEN workspaces.revision + 1 ELSE workspaces.changed END RETURNING revision"
)

_SECONDS_TO_CONNECT = "10"
_LOCK_OF_MIGRATIONS = 4_937_002_604_417  # any number that others who use the database don't take


def open_engine(url: str) -> Engine:
    """Open the SQLite or PostgreSQL database at an SQLAlchemy URL. Nothing is read or written before first use.

    Errors never carry parameters, since these are customers' words, nor the password. Raises StoreError for what is no
    such URL, and MissingExtraError where the driver isn't installed.
    """
    try:
        engine = create_engine(_parsed(url), hide_parameters=True)
    except ImportError as error:
        raise MissingExtraError(
            "PostgreSQL as the store needs a package that isn't installed.", "pip install 'icp-synth[postgres]'"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _parsed(address: str) -> URL:
    """The URL, with the one driver that is used for PostgreSQL. What can't be read isn't shown: it may be a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise _no_address() from None
    if url.get_backend_name() == "sqlite":
        return url
    if url.get_backend_name() not in ("postgresql", "postgres") or "@" in (url.host or ""):
        raise _no_address()
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": _SECONDS_TO_CONNECT})
    return url.set(drivername="postgresql+psycopg")


def _no_address() -> StoreError:
    return StoreError(
        "What is set as the store's address (ICP_SYNTH_DATABASE_URL) names no PostgreSQL database.",
        "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE; in a password, write @ as %40, / as %2F and % as %25.",
    )


def shown(url: URL) -> str:
    """A database's URL as people may see it: no password, and of the options only the host (a socket's folder)."""
    options = {name: value for name, value in url.query.items() if name == "host"}
    return url.set(query=options).render_as_string(hide_password=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # The driver's own BEGIN would come only before the first row is written, after tables were created.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads. Raises StoreError for whatever the database says."""
    with _as_store_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is the only one to write: all of it is kept, or nothing. Raises StoreError."""
    with _as_store_errors(engine), engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        yield connection


@contextmanager
def revised(engine: Engine, workspace: str, *, changes: bool = True) -> Iterator[tuple[Connection, int]]:
    """A transaction that writes to a workspace, with the revision that it makes; `changes` where that is to what is known.

    Raises StoreError.
    """
    with writing(engine) as connection:
        told = {"id": workspace, "counts": int(changes)}
        yield connection, connection.execute(_NEXT_REVISION, told).scalar_one()


@contextmanager
def _as_store_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause, *_ = str(error.orig if isinstance(error, DBAPIError) else error).splitlines() or [type(error).__name__]
        raise StoreError(
            f"The store at {shown(engine.url)} could not be used: {cause}.",
            "See that it can be reached and written, has space, and that no other process holds it; then try again.",
        ) from error


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version, in one transaction. Raises StoreError where the store is newer still."""
    config = Config()
    # Alembic interpolates `%` in option values.
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_OF_MIGRATIONS})")
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            raise StoreError(
                f"The store at {shown(engine.url)} has schema {found}, and this version"
                f" of icp-synth knows no schema after {script.get_current_head()}.",
                "Install the version of icp-synth that wrote it, or a later one.",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def workspaces(engine: Engine) -> list[str]:
    """Names of the workspaces that hold anything, in order."""
    with reading(engine) as connection:
        return sorted(connection.scalars(select(WorkspaceRow.id)))


def delete_workspace(engine: Engine, workspace: str) -> None:
    """Erase a workspace with everything in it. Raises NotFoundError."""
    with writing(engine) as connection:
        gone = connection.execute(delete(WorkspaceRow).where(WorkspaceRow.id == workspace))
    if gone.rowcount == 0:
        raise NotFoundError(f"There is no workspace '{workspace}'.", "Choose one from the list of workspaces.")
