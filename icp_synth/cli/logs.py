"""Log lines on stderr, each looked at by the last gate; and what is said of an error that nobody foresaw."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import icp_synth
from icp_synth import gate
from icp_synth.records import PrivacyRules

_PACKAGE = Path(icp_synth.__file__).parent


class GatedFormatter(logging.Formatter):
    """Holds back a line that looks personal, with what of it may be told: logger, level and entities."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or that it was held back."""
        line = super().format(record)
        entities = gate.personal(line, PrivacyRules())
        if not entities:
            return line
        return (
            f"{record.levelname} {record.name}: a line was held back, it looks personal ({', '.join(sorted(entities))})"
        )


def configure(level: str) -> None:
    """Send every log line of this process, from `level` on, through the gate to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(GatedFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def unforeseen(error: Exception) -> str:
    """Which error happened where, without its message: that may quote what was being read."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)] or list(frames)
    where = " ← ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(ours[-3:]))
    return f"Something unforeseen: {type(error).__name__} at {where}. This is a fault of icp-synth; please report that line."
