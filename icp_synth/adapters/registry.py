"""`provider:model` → a factory, called only when it is needed; a missing extra is named with how to install it."""

from __future__ import annotations

from collections.abc import Callable

from icp_synth.errors import NotFoundError
from icp_synth.ports import Analyst


def _extractive(_: str) -> Analyst:
    from icp_synth.analysts.extractive import ExtractiveAnalyst

    return ExtractiveAnalyst()


ANALYSTS: dict[str, Callable[[str], Analyst]] = {"extractive": _extractive}


def make_analyst(name: str) -> Analyst:
    """The analyst that `name` (`provider` or `provider:model`) says. Raises NotFoundError."""
    provider, _, model = name.partition(":")
    factory = ANALYSTS.get(provider)
    if factory is None:
        raise NotFoundError(f"No analyst is called “{name}”.", f"Known: {', '.join(sorted(ANALYSTS))}.")
    return factory(model)
