"""The composition root: settings → adapters → a workspace. The only place that knows which adapter serves a port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icp_synth import assets
from icp_synth.adapters.home import Home, keyed_hash
from icp_synth.costs import Budget, Limit, Prices, read_prices
from icp_synth.ledger import LedgeredChat, call_key
from icp_synth.ports import Analyst, Answerer, ChatModel, Detector, Embedder, Ledger, Progress, VectorIndex
from icp_synth.records import Call, LedgerEntry
from icp_synth.settings import Settings
from icp_synth.workspace import Ports, Workspace

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from icp_synth.adapters.langchain import LangChainChat
    from icp_synth.adapters.scrub_workers import ScrubWorkers
    from icp_synth.adapters.stock_presidio import StockPresidio


@cache
def scrub_workers() -> ScrubWorkers:
    """The detector in processes of its own; loading takes some seconds, once a process of ours."""
    from icp_synth.adapters.scrub_workers import ScrubWorkers

    return ScrubWorkers()


def detector() -> Detector:
    """What finds personal data."""
    return scrub_workers()


def stock_presidio() -> StockPresidio:
    """Presidio as it comes, to measure against."""
    from icp_synth.adapters.stock_presidio import StockPresidio

    return StockPresidio()


@cache
def embedder() -> Embedder:
    """The ONNX sentence model."""
    from icp_synth.adapters.onnx import OnnxEmbedder

    return OnnxEmbedder()


@cache
def analyst(name: str) -> Analyst:
    """The analyst of that name. Raises NotFoundError for a name that isn't known."""
    from icp_synth.adapters.registry import make_analyst

    return make_analyst(name, detector)


def chat_model(name: str) -> ChatModel:
    """The language model of that name, without a ledger. Raises NotFoundError, ModelError or MissingExtraError."""
    return _endpoint(name, Settings())


@cache
def _endpoint(name: str, settings: Settings) -> LangChainChat:
    """A model as the settings say; its limits are shared by all that use it in this process."""
    from icp_synth.adapters.limits import Limits
    from icp_synth.adapters.registry import make_chat

    limits = Limits(settings.requests_per_minute, settings.tokens_per_minute)
    return make_chat(name, timeout=settings.timeout, workers=settings.concurrency, limits=limits)


def prices(settings: Settings) -> Prices:
    """What models cost: the table that the settings name, else ours. Raises PriceError."""
    return read_prices(settings.prices or assets.price_file())


def ledgered_chat(name: str, ledger: Ledger, keyed: Callable[..., str], settings: Settings) -> LedgeredChat:
    """The language model of that name, every call of it accounted for. Raises as `chat_model` does."""
    from icp_synth.adapters.registry import make_batches

    endpoint = _endpoint(name, settings)
    budget = Budget(
        run=_limit(settings.budget, settings.budget_tokens),
        workspace=_limit(settings.workspace_budget, settings.workspace_budget_tokens),
        before=ledger.entries(),
    )
    return LedgeredChat(
        endpoint,
        ledger,
        keyed,
        price=prices(settings).of(endpoint.name),
        budget=budget,
        workers=settings.concurrency,
        batches=make_batches(name, settings.timeout) if settings.batch else None,
    )


def _limit(dollars: float | None, tokens: int | None) -> Limit:
    return Limit(money=None if dollars is None else round(dollars * 1_000_000), tokens=tokens)


def call_name(settings: Settings, workspace: str, model: str) -> Callable[[Call[Any]], str]:
    """What the ledger of a workspace calls a call to a model."""
    keyed: Callable[..., str] = partial(keyed_hash, Home(settings.home).key())
    return partial(call_key, keyed, workspace, model)


def ledger_entries(settings: Settings, name: str) -> list[LedgerEntry]:
    """The calls that a workspace has made; none where it isn't there."""
    from icp_synth.adapters.sqlalchemy import SqlLedger

    if name not in workspace_names(settings):
        return []
    with _database(settings) as engine:
        return SqlLedger(engine, name).entries()


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    """The database of the store, its schema up to date: the one that the settings name, else the home's SQLite."""
    from icp_synth.adapters.sqlalchemy import migrate, open_engine

    engine = open_engine(_database_url(settings))
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _database_url(settings: Settings) -> str:
    return settings.database_url or Home(settings.home).database_url


def store_address(settings: Settings) -> str:
    """Which database is the store: its URL without a password. Raises StoreError or MissingExtraError."""
    from icp_synth.adapters.sqlalchemy import open_engine, shown

    return shown(open_engine(_database_url(settings)).url)


@contextmanager
def open_workspace(
    settings: Settings, name: str, progress: Progress, chat: ChatModel | None = None
) -> Iterator[Workspace]:
    """A workspace of the home, locked for writing while it is open; its index is mended first where it fell behind.

    `chat` takes the place of the model that the settings name.
    """
    from icp_synth.adapters.chroma import ChromaIndex
    from icp_synth.adapters.registry import is_model, make_analyst, make_answerer
    from icp_synth.adapters.sqlalchemy import SqlLedger, SqlStore

    home = Home(settings.home)
    with home.writer(), _database(settings) as engine:
        opened: list[ChromaIndex] = []

        def index() -> VectorIndex:
            if not opened:
                opened.append(ChromaIndex(home.index_folder(name)))
            return opened[0]

        keyed: Callable[..., str] = partial(keyed_hash, home.key())

        @cache
        def model() -> ChatModel:
            return chat or ledgered_chat(settings.analyst, SqlLedger(engine, name), keyed, settings)

        @cache
        def reader() -> Analyst:
            if not is_model(settings.analyst):
                return analyst(settings.analyst)
            return make_analyst(settings.analyst, detector, lambda _: model())

        def answerer(clean: Callable[[str], str], on_text: Callable[[str], None] | None) -> Answerer:
            return make_answerer(settings.analyst, detector, clean, on_text, lambda _: model())

        workspace = Workspace(
            Ports(
                store=SqlStore(engine, name),
                index=index,
                detector=detector,
                embedder=embedder,
                analyst=reader,
                embedded=partial(analyst, "extractive"),
                answerer=answerer,
                keyed=keyed,
                progress=progress,
            )
        )
        try:
            yield workspace
        finally:
            for one in opened:
                one.close()


def workspace_names(settings: Settings) -> list[str]:
    """Workspaces of the store."""
    from icp_synth.adapters.sqlalchemy import workspaces

    if not settings.database_url and not Home(settings.home).exists():
        return []
    with _database(settings) as engine:
        return workspaces(engine)


def name_for(path: Path, settings: Settings) -> str:
    """The workspace of a PATH that was given none: the folder's name without personal data, and a keyed hash of where it is."""
    import re

    home = Home(settings.home)
    home.create()
    resolved = path.resolve()
    shown = re.sub(r"[_.-]+", " ", resolved.name).title()
    for found in sorted(detector().find(shown), key=lambda f: f.start, reverse=True):
        shown = shown[: found.start] + shown[found.end :]
    slug = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-")[:40] or "evidence"
    return f"{slug}-{keyed_hash(home.key(), 'workspace', str(resolved), length=6)}"
