"""Settings: a schema only. It is instantiated at the edge (`wiring`), never at import."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment: `ICP_SYNTH_` and the name of the field in capitals.

    `database_url` is the SQLAlchemy URL of the store where that isn't the home's SQLite; it may hold a password.
    """

    model_config = SettingsConfigDict(env_prefix="ICP_SYNTH_", frozen=True)

    home: Path = Path(".icp-synth")
    analyst: str = "extractive"
    max_bytes: int = 100_000_000
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    database_url: str | None = Field(default=None, repr=False)
