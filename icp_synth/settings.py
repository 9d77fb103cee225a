"""Settings: a schema only. It is instantiated at the edge (`wiring`), never at import."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment: `ICP_SYNTH_` and the name of the field in capitals.

    `database_url` is the SQLAlchemy URL of the store where that isn't the home's SQLite; it may hold a password.
    `prices` is a table that takes the place of the one that is shipped. `budget` (dollars) and `budget_tokens` hold for
    one run, `workspace_budget` and `workspace_budget_tokens` for all runs of a workspace. `concurrency` calls go to a
    model at a time; `timeout` is how many seconds an answer may take.
    """

    model_config = SettingsConfigDict(env_prefix="ICP_SYNTH_", frozen=True)

    home: Path = Path(".icp-synth")
    analyst: str = "extractive"
    max_bytes: int = 100_000_000
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    database_url: str | None = Field(default=None, repr=False)

    prices: Path | None = None
    budget: float | None = Field(default=None, ge=0)
    budget_tokens: int | None = Field(default=None, ge=0)
    workspace_budget: float | None = Field(default=None, ge=0)
    workspace_budget_tokens: int | None = Field(default=None, ge=0)
    concurrency: int = Field(default=8, ge=1, le=256)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    timeout: float = Field(default=300.0, gt=0)
    batch: bool = False
