"""The store over SQLAlchemy: SQLite embedded, PostgreSQL by the same code."""

from icp_synth.adapters.sqlalchemy.engine import (
    delete_workspace,
    migrate,
    open_engine,
    shown,
    workspaces,
)
from icp_synth.adapters.sqlalchemy.ledger import SqlLedger
from icp_synth.adapters.sqlalchemy.store import SqlStore

__all__ = ["SqlLedger", "SqlStore", "delete_workspace", "migrate", "open_engine", "shown", "workspaces"]
