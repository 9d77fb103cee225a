"""The command line: one file per group of commands."""

from __future__ import annotations

import os

# LangSmith would trace, and Chroma would phone home, if the environment said so: evidence never leaves by a side door.
for _name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
    os.environ[_name] = "false"
os.environ["ANONYMIZED_TELEMETRY"] = "False"

from icp_synth.cli.app import main  # noqa: E402

__all__ = ["main"]
