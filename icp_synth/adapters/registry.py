"""`provider:model` → a factory, called only when it is needed; a missing extra is named with how to install it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from icp_synth import assets
from icp_synth.errors import ModelError, NotFoundError
from icp_synth.ports import Analyst, Detector

_OPENAI = "https://api.openai.com/v1"
_OLLAMA = "http://localhost:11434/v1"
_NO_KEY = "none"  # servers of one's own take any, but the client insists on one

Load = Callable[[], Detector]


def _extractive(_: str, __: Load) -> Analyst:
    from icp_synth.analysts.extractive import ExtractiveAnalyst

    return ExtractiveAnalyst()


def _openai(model: str, detector: Load) -> Analyst:
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        raise ModelError("OpenAI needs a key.", "Set the environment variable OPENAI_API_KEY.")
    return _llm(f"openai:{model}", model, _OPENAI, key, detector)


def _ollama(model: str, detector: Load) -> Analyst:
    return _llm(f"ollama:{model}", model, _OLLAMA, _NO_KEY, detector)


def _endpoint(scheme: str, rest: str, detector: Load) -> Analyst:
    """Any server of the protocol. It never sees OPENAI_API_KEY: that key is for OpenAI alone."""
    name = f"{scheme}:{rest}"
    try:
        url = urlsplit(name)
    except ValueError as error:
        raise ModelError(f"“{name}” isn't an address ({error}).", "Write http://host:port/v1#MODEL.") from error
    if url.username or url.password or url.query:
        raise ModelError("An address with a key or a query in it isn't taken.", "Set ICP_SYNTH_API_KEY to the key.")
    if not url.hostname:
        raise ModelError(f"“{name}” isn't an address.", "Write http://host:port/v1#MODEL.")
    base_url, _, _ = name.partition("#")
    return _llm(name, url.fragment, base_url, os.environ.get("ICP_SYNTH_API_KEY") or _NO_KEY, detector)


def _llm(name: str, model: str, base_url: str, key: str, detector: Load) -> Analyst:
    from icp_synth import prompting
    from icp_synth.adapters.langchain import LangChainChat
    from icp_synth.analysts.llm import INPUTS, Extraction, LlmAnalyst

    if not model:
        raise ModelError(f"“{name}” names no model.", "Write openai:MODEL, ollama:MODEL or http://host:port/v1#MODEL.")
    prompt = prompting.load(assets.prompt_dir() / "extract.md", INPUTS, Extraction)
    return LlmAnalyst(LangChainChat(name, model=model, base_url=base_url, api_key=key), prompt, detector())


ANALYSTS: dict[str, Callable[[str, Load], Analyst]] = {
    "extractive": _extractive,
    "openai": _openai,
    "ollama": _ollama,
    "http": partial(_endpoint, "http"),
    "https": partial(_endpoint, "https"),
}


def _presidio() -> Detector:
    from icp_synth.adapters.presidio import PresidioDetector

    return PresidioDetector()


def make_analyst(name: str, detector: Load = _presidio) -> Analyst:
    """The analyst that `name` says: `extractive`, `openai:MODEL`, `ollama:MODEL` or `http://host:port/v1#MODEL`.

    `detector` looks at what would be sent to a model. Raises NotFoundError, ModelError or MissingExtraError.
    """
    provider, _, model = name.partition(":")
    factory = ANALYSTS.get(provider)
    if factory is None:
        raise NotFoundError(f"No analyst is called “{name}”.", f"Known: {', '.join(sorted(ANALYSTS))}.")
    return factory(model, detector)
