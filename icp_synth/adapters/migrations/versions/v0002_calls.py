"""The ledger: calls to models with what they cost and their answers, and the sources that they showed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create its two tables."""
    op.create_table(
        "calls",
        *_texts("workspace", "key"),
        *_numbers("revision"),
        *_texts("prompt", "model", "reported", "state", "why", "batch"),
        *_numbers("version", "characters", "uncached", "cached", "output", "latency_ms", "tries", "replays"),
        sa.Column("price", sa.BigInteger),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("workspace", "key", "revision", name="pk_calls"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], "fk_calls_workspaces", ondelete="CASCADE"),
    )
    op.create_table(
        "call_sources",
        *_texts("workspace", "key", "source_id"),
        sa.PrimaryKeyConstraint("workspace", "key", "source_id", name="pk_call_sources"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], "fk_call_sources_workspaces", ondelete="CASCADE"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False, autoincrement=False) for name in names]
