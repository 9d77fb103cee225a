"""When a workspace last changed, the calls of its ledger apart: what was laid out to be asked holds until then."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Take the last write of any kind for it where there are some."""
    op.add_column("workspaces", sa.Column("changed", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE workspaces SET changed = revision")
