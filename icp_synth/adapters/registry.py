"""`provider:model` → a factory, called only when it is needed; a missing extra is named with how to install it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from icp_synth import assets
from icp_synth.errors import ModelError, NotFoundError
from icp_synth.ports import Analyst, Answerer, BatchEndpoint, ChatModel, Detector
from icp_synth.prompting import Prompt

if TYPE_CHECKING:
    from icp_synth.adapters.langchain import LangChainChat
    from icp_synth.adapters.limits import Limits

_OPENAI = "https://api.openai.com/v1"
_OLLAMA = "http://localhost:11434/v1"
_NO_KEY = "none"  # servers of one's own take any, but the client insists on one
_FORMS = "openai:MODEL, ollama:MODEL, gguf:PATH or http://host:port/v1#MODEL"

Load = Callable[[], Detector]


@dataclass(frozen=True)
class Address:
    """Where a model is, what the server calls it, and the key. `local` as in `LangChainChat`."""

    model: str
    base_url: str
    api_key: str = field(repr=False)
    local: bool = False


def _openai(model: str) -> Address:
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        raise ModelError("OpenAI needs a key.", "Set the environment variable OPENAI_API_KEY.")
    return Address(model, _OPENAI, key)


def _ollama(model: str) -> Address:
    return Address(model, _OLLAMA, _NO_KEY)


def _gguf(path: str) -> Address:
    from icp_synth.adapters.local_llm import serve

    if not path:
        raise ModelError("“gguf:” names no file.", "Write gguf:PATH.")
    served = serve(Path(path).expanduser().resolve())
    return Address(Path(path).name, served.base_url, served.api_key, local=True)


def _endpoint(scheme: str, rest: str) -> Address:
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
    return Address(url.fragment, base_url, os.environ.get("ICP_SYNTH_API_KEY") or _NO_KEY)


MODELS: dict[str, Callable[[str], Address]] = {
    "openai": _openai,
    "ollama": _ollama,
    "gguf": _gguf,
    "http": partial(_endpoint, "http"),
    "https": partial(_endpoint, "https"),
}
_EXTRACTIVE = "extractive"


def is_model(name: str) -> bool:
    """Whether the name of an analyst is that of a model."""
    return name.partition(":")[0] in MODELS


def make_chat(
    name: str, *, timeout: float | None = None, workers: int | None = None, limits: Limits | None = None
) -> LangChainChat:
    """The model that `name` says: `openai:MODEL`, `ollama:MODEL`, `gguf:PATH` or `http://host:port/v1#MODEL`.

    Raises NotFoundError, ModelError or MissingExtraError.
    """
    from icp_synth.adapters.langchain import TIMEOUT, LangChainChat
    from icp_synth.ledger import WORKERS

    at = _address(name)
    return LangChainChat(
        shown_name(name),
        model=at.model,
        base_url=at.base_url,
        api_key=at.api_key,
        timeout=timeout or TIMEOUT,
        workers=workers or WORKERS,
        limits=limits,
        local=at.local,
    )


def make_batches(name: str, timeout: float) -> BatchEndpoint:
    """The same model's Batch API, which OpenAI has and few other servers. Raises as `make_chat` does."""
    from icp_synth.adapters.batches import OpenAIBatches

    at = _address(name)
    return OpenAIBatches(shown_name(name), model=at.model, base_url=at.base_url, api_key=at.api_key, timeout=timeout)


def shown_name(name: str) -> str:
    """What a model is called in profiles and the ledger: a file by its name, since its folder may be somebody's."""
    provider, _, rest = name.partition(":")
    return f"{provider}:{Path(rest).name}" if provider == "gguf" else name


def _address(name: str) -> Address:
    provider, _, model = name.partition(":")
    factory = MODELS.get(provider)
    if factory is None:
        raise NotFoundError(
            f"No model is called “{name}”.", f"Known: {', '.join(f'{one}:…' for one in sorted(MODELS))}."
        )
    at = factory(model)
    if not at.model:
        raise ModelError(f"“{name}” names no model.", f"Write {_FORMS}.")
    return at


def prompts() -> dict[str, Prompt]:
    """The prompts of the model-driven analyst, by id. Raises PromptError."""
    from icp_synth import prompting
    from icp_synth.analysts.llm import INPUTS, OUTPUTS

    folder = assets.prompt_dir()
    return {name: prompting.load(folder / f"{name}.md", INPUTS[name], output) for name, output in OUTPUTS.items()}


def make_analyst(name: str, detector: Load, chat: Callable[[str], ChatModel] = make_chat) -> Analyst:
    """The analyst that `name` says: `extractive`, or a model as in `make_chat`, asked with those of `prompts/`.

    `detector` looks at what would be sent to a model, and `chat` gives the model. Raises NotFoundError, ModelError or
    MissingExtraError.
    """
    from icp_synth.analysts.extractive import ExtractiveAnalyst
    from icp_synth.analysts.llm import LlmAnalyst

    if not is_model(name):
        _must_be_known(name)
        return ExtractiveAnalyst()
    return LlmAnalyst(chat(name), prompts(), detector())


def make_answerer(
    name: str,
    detector: Load,
    clean: Callable[[str], str],
    on_text: Callable[[str], None] | None = None,
    chat: Callable[[str], ChatModel] = make_chat,
) -> Answerer:
    """What writes answers where the analyst is `name`: a model, else nothing does. `clean` and `on_text` as in `LlmAnswerer`.

    Raises NotFoundError, ModelError or MissingExtraError.
    """
    from icp_synth import prompting
    from icp_synth.analysts.llm import LlmAnswerer
    from icp_synth.analysts.llm.answer import INPUTS, Answers
    from icp_synth.stages.answer import Extractive

    if not is_model(name):
        _must_be_known(name)
        return Extractive()
    prompt = prompting.load(assets.prompt_dir() / "answer.md", INPUTS, Answers)
    return LlmAnswerer(chat(name), prompt, detector(), clean, on_text)


def _must_be_known(name: str) -> None:
    """Raises NotFoundError for a name that is neither the embedded reader's nor a model's."""
    if name.partition(":")[0] != _EXTRACTIVE and not is_model(name):
        known = ", ".join(sorted({_EXTRACTIVE, *MODELS}))
        raise NotFoundError(f"No analyst is called “{name}”.", f"Known: {known}.")
