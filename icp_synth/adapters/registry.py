"""`provider:model` → a factory, called only when it is needed; a missing extra is named with how to install it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from icp_synth import assets
from icp_synth.errors import ModelError, NotFoundError
from icp_synth.ports import Analyst, ChatModel, Detector
from icp_synth.prompting import Prompt

_OPENAI = "https://api.openai.com/v1"
_OLLAMA = "http://localhost:11434/v1"
_NO_KEY = "none"  # servers of one's own take any, but the client insists on one

Load = Callable[[], Detector]


def _openai(model: str) -> ChatModel:
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        raise ModelError("OpenAI needs a key.", "Set the environment variable OPENAI_API_KEY.")
    return _chat(f"openai:{model}", model, _OPENAI, key)


def _ollama(model: str) -> ChatModel:
    return _chat(f"ollama:{model}", model, _OLLAMA, _NO_KEY)


def _endpoint(scheme: str, rest: str) -> ChatModel:
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
    return _chat(name, url.fragment, base_url, os.environ.get("ICP_SYNTH_API_KEY") or _NO_KEY)


def _chat(name: str, model: str, base_url: str, key: str) -> ChatModel:
    from icp_synth.adapters.langchain import LangChainChat

    if not model:
        raise ModelError(f"“{name}” names no model.", "Write openai:MODEL, ollama:MODEL or http://host:port/v1#MODEL.")
    return LangChainChat(name, model=model, base_url=base_url, api_key=key)


MODELS: dict[str, Callable[[str], ChatModel]] = {
    "openai": _openai,
    "ollama": _ollama,
    "http": partial(_endpoint, "http"),
    "https": partial(_endpoint, "https"),
}
_EXTRACTIVE = "extractive"


def make_chat(name: str) -> ChatModel:
    """The model that `name` says: `openai:MODEL`, `ollama:MODEL` or `http://host:port/v1#MODEL`.

    Raises NotFoundError, ModelError or MissingExtraError.
    """
    provider, _, model = name.partition(":")
    factory = MODELS.get(provider)
    if factory is None:
        raise NotFoundError(
            f"No model is called “{name}”.", f"Known: {', '.join(f'{one}:…' for one in sorted(MODELS))}."
        )
    return factory(model)


def prompts() -> dict[str, Prompt]:
    """The prompts of the model-driven analyst, by id. Raises PromptError."""
    from icp_synth import prompting
    from icp_synth.analysts.llm import INPUTS, OUTPUTS

    folder = assets.prompt_dir()
    return {name: prompting.load(folder / f"{name}.md", INPUTS[name], output) for name, output in OUTPUTS.items()}


def make_analyst(name: str, detector: Load) -> Analyst:
    """The analyst that `name` says: `extractive`, or a model as in `make_chat`, asked with those of `prompts/`.

    `detector` looks at what would be sent to a model. Raises NotFoundError, ModelError or MissingExtraError.
    """
    from icp_synth.analysts.extractive import ExtractiveAnalyst
    from icp_synth.analysts.llm import LlmAnalyst

    provider = name.partition(":")[0]
    if provider == _EXTRACTIVE:
        return ExtractiveAnalyst()
    if provider not in MODELS:
        known = ", ".join(sorted({_EXTRACTIVE, *MODELS}))
        raise NotFoundError(f"No analyst is called “{name}”.", f"Known: {known}.")
    model = make_chat(name)
    return LlmAnalyst(model, prompts(), detector())
