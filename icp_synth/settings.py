"""Settings: a schema only. It is instantiated at the edge (`wiring`), never at import."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment: `ICP_SYNTH_HOME`, `ICP_SYNTH_ANALYST`, `ICP_SYNTH_MAX_BYTES`."""

    model_config = SettingsConfigDict(env_prefix="ICP_SYNTH_", frozen=True)

    home: Path = Path(".icp-synth")
    analyst: str = "extractive"
    max_bytes: int = 100_000_000
