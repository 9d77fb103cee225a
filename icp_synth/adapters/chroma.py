"""Nearest sentences of one workspace in embedded Chroma. Implements `ports.VectorIndex`.

Chroma keeps deleted vectors in its files, so that erasing means writing the index anew. The folder of a workspace holds
generations `1`, `2` …, of which the highest is the index. A new one is written as `2.new` and renamed once it is whole:
that rename is the swap. Whatever a crash left beside the highest generation is removed when the index is next opened.
The package's `__init__` sees to it that Chroma's files hold nothing else of the process's memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from icp_synth.errors import StoreError
from icp_synth.ports import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_COLLECTION = "sentences"

# Wider than Chroma's default of 100: a few milliseconds more, and hardly ever a near sentence missed.
_EF_SEARCH = 400


class ChromaIndex:
    """An index in `folder`, which is made if it isn't there. Close it, or use it in a `with` statement.

    Only one process may have it open (Chroma loses vectors otherwise): hold the home's lock. What Chroma holds is
    ids, vectors and metadata, never text.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._generation = max((int(each.name) for each in folder.iterdir() if each.name.isdecimal()), default=1)
        self._remove_leftovers()
        self._open()

    def __enter__(self) -> ChromaIndex:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let Chroma go of its files, which it does within a moment. Closing again does nothing."""
        self._client.close()

    def upsert(self, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, str]]) -> None:
        """Add sentences, or replace those of the same ids. `vectors` has shape (len(ids), dimensions)."""
        _write(self._client, self._collection, ids, vectors, metadatas)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove sentences; unknown ids are ignored. Their vectors stay in the files until `rebuild`."""
        size = self._client.get_max_batch_size()
        for first in range(0, len(ids), size):
            self._collection.delete(ids=list(ids[first : first + size]))

    def count(self) -> int:
        """How many sentences there are."""
        return self._collection.count()

    def nearest(self, vector: Vectors, n: int, sources: Iterable[str] | None = None) -> list[tuple[str, float]]:
        """Ids with cosine similarity, best first and ties by id, for one vector of shape (dimensions,).

        With `sources`, of these alone.
        """
        among = None if sources is None else sorted(sources)
        if n < 1 or among == []:
            return []
        found = self._collection.query(
            query_embeddings=np.asarray(vector, dtype=np.float32),
            n_results=n,
            include=["distances"],
            where=None if among is None else {"source": {"$in": among}},  # type: ignore[dict-item]
        )
        distances = found["distances"] or [[]]
        pairs = [(each, 1.0 - float(distance)) for each, distance in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def rebuild(self, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, str]]) -> None:
        """Write a fresh index and drop the old files, so that what was removed is gone from the disk.

        Until the fresh one is whole, the old one stays in place.
        """
        fresh = self._folder / f"{self._generation + 1}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        client, collection = _open(fresh)
        try:
            _write(client, collection, ids, vectors, metadatas)
        finally:
            client.close()
        self.close()
        fresh.rename(fresh.with_suffix(""))
        self._generation += 1
        self._remove_leftovers()
        self._open()

    def _open(self) -> None:
        folder = self._folder / str(self._generation)
        try:
            self._client, self._collection = _open(folder)
        except Exception as error:  # Chroma's own errors share no base with those of its database
            raise StoreError(
                f"The vector index at {folder} can't be opened: {error}.",
                "Remove the folder: it is made again from the store.",
            ) from error

    def _remove_leftovers(self) -> None:
        for each in self._folder.iterdir():
            if each.name != str(self._generation):
                shutil.rmtree(each)


def _open(folder: Path) -> tuple[Client, Collection]:
    import chromadb
    from chromadb.config import Settings

    # `_env_file`: Chroma would otherwise take settings from a `.env` in whatever folder the user stands.
    settings = Settings(anonymized_telemetry=False, _env_file=None)
    client = cast("Client", chromadb.PersistentClient(path=folder, settings=settings))
    collection = client.get_or_create_collection(
        _COLLECTION,
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
    )
    return client, collection


def _write(
    client: Client,
    collection: Collection,
    ids: Sequence[str],
    vectors: Vectors,
    metadatas: Sequence[Mapping[str, str]],
) -> None:
    if not len(ids) == len(vectors) == len(metadatas):
        raise ValueError(f"{len(ids)} ids, {len(vectors)} vectors and {len(metadatas)} metadatas were given")
    size = client.get_max_batch_size()
    for first in range(0, len(ids), size):
        part = slice(first, first + size)
        collection.upsert(
            ids=list(ids[part]),
            embeddings=np.asarray(vectors[part], dtype=np.float32),
            metadatas=[dict(each) for each in metadatas[part]],
        )
