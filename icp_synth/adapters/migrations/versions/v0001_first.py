"""The first schema: every row is keyed by its workspace, and goes with its workspace or its source."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table("workspaces", text("id"), number("revision"), sa.PrimaryKeyConstraint("id", name="pk_workspaces"))
    of_workspace(
        "sources",
        ["id"],
        *map(text, ("id", "path", "ref", "kind", "account_id")),
        sa.Column("date", sa.Text),
        text("payload"),
    )
    of_source(
        "sentences",
        ["id"],
        text("id"),
        text("source_id"),
        number("ordinal"),
        text("payload"),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_sentences", "sentences", ["workspace", "source_id", "ordinal"])
    of_source("readings", ["source_id", "analyst"], text("source_id"), text("analyst"))
    of_source("statements", ["source_id", "analyst", "id"], *map(text, ("source_id", "analyst", "id", "payload")))
    of_workspace("themes", ["id"], text("id"), text("payload"))
    of_workspace("account_rows", ["path", "row"], text("path"), number("row"), text("payload"))
    of_workspace("overlays", ["id"], text("id"), number("sequence"), text("payload"))
    of_workspace("tombstones", ["source_id"], text("source_id"), number("withdrawn"))
    of_workspace("profiles", ["version"], number("version"), text("sha256"), sa.Column("payload", sa.Text))
    of_workspace("settings", ["key"], text("key"), text("value"))


def text(name: str) -> sa.Column[Any]:
    """A column of text, never null."""
    return sa.Column(name, sa.Text, nullable=False)


def number(name: str) -> sa.Column[Any]:
    """A column of whole numbers, never null."""
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def of_workspace(table: str, key: list[str], *columns: sa.Column[Any]) -> None:
    """Create a table whose rows are keyed within a workspace and go with it."""
    owner = sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], f"fk_{table}_workspaces", ondelete="CASCADE")
    primary = sa.PrimaryKeyConstraint("workspace", *key, name=f"pk_{table}")
    op.create_table(table, text("workspace"), *columns, primary, owner)


def of_source(table: str, key: list[str], *columns: sa.Column[Any]) -> None:
    """Create a table whose rows are keyed within a workspace and go with their source."""
    parent = ["sources.workspace", "sources.id"]
    owner = sa.ForeignKeyConstraint(["workspace", "source_id"], parent, f"fk_{table}_sources", ondelete="CASCADE")
    primary = sa.PrimaryKeyConstraint("workspace", *key, name=f"pk_{table}")
    op.create_table(table, text("workspace"), *columns, primary, owner)
