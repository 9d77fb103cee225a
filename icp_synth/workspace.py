"""What a person does with one workspace: add evidence, remove it, correct it, draft a profile.

Everything durable is written one source at a time, so that an interrupt leaves a consistent store: what was finished
stays, what was in flight is done again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from icp_synth import pipeline
from icp_synth.errors import NotFoundError, ScrubError
from icp_synth.ports import Analyst, Detector, Embedder, Progress, Store, VectorIndex, Vectors
from icp_synth.records import (
    CleanSource,
    Columns,
    Ingested,
    Manifest,
    Overlay,
    RawFile,
    Reject,
    Sentence,
)
from icp_synth.stages import scrub, segment
from icp_synth.stages.accounts import Accounts, resolve
from icp_synth.stages.ingest import ingest
from icp_synth.stages.roles import with_roles

PIPELINE = "1"  # part of what a file's fingerprint covers: raise it when cleaning changes, and files are read again


@dataclass
class Added:
    """What `add` did: ids of sources that are new, files that had not changed, sources withdrawn, and what was refused."""

    new: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unchanged: int = 0
    withdrawn: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)
    account_rows: int = 0


@dataclass
class Ports:
    """The outside, as factories: a command that needs no model loads none."""

    store: Store
    index: Callable[[], VectorIndex]
    detector: Callable[[], Detector]
    embedder: Callable[[], Embedder]
    analyst: Callable[[], Analyst]
    keyed: Callable[..., str]
    progress: Progress


class Workspace:
    """One workspace, over its ports."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.store = ports.store

    # ------------------------------------------------------------ adding

    def add(
        self,
        items: Iterable[RawFile | Reject],
        manifest: Manifest,
        root: str,
        *,
        lift: bool = True,
        mirror: bool = False,
        total: int = 0,
    ) -> Added:
        """Take files in. `root` says where they lie, so that a changed file replaces what it gave before.

        `lift` takes back in what was removed by hand; `mirror` withdraws what `root` no longer holds.
        """
        done = Added()
        seen: set[str] = set()
        progress = self._ports.progress
        progress.start("add", total)
        if self.store.sources() and not self.index_is_whole():
            self.rebuild_index()  # an earlier run was stopped between the store and the index
        for item in items:
            progress.advance("add", item.path)
            if isinstance(item, Reject):
                done.rejects.append(item)
                continue
            origin = self._ports.keyed("origin", root, item.path)
            seen.add(origin)
            self._add_file(item, manifest, origin, done, lift=lift)
        if mirror:
            self._withdraw_missing(root, seen, done)
        self._note_files(root, seen)
        progress.finish("add")
        return done

    def _add_file(self, raw: RawFile, manifest: Manifest, origin: str, done: Added, *, lift: bool) -> None:
        mapped = self.saved_columns()
        fingerprint = self._ports.keyed(
            "file", PIPELINE, raw.data, raw.path, manifest.model_dump_json(), json.dumps(mapped)
        )
        known = json.loads(self.store.setting(f"file:{origin}") or "{}")
        here = {source.id for source in self.store.sources()}
        gone = set(self.store.tombstones())
        if known.get("fingerprint") == fingerprint and all(
            i in here or (i in gone and not lift) for i in known["sources"]
        ):
            done.unchanged += 1
            return
        found = ingest(raw, manifest, mapped)
        done.rejects.extend(found.rejects)
        done.columns.extend(found.columns)
        self._add_accounts(found, done)
        ids = []
        for source in found.sources:
            try:
                clean = pipeline.clean(source, manifest, self._ports.detector(), self._ports.keyed)
            except ScrubError as error:
                where = f"{source.path} {source.ref}".strip()
                done.rejects.append(Reject(path=where, reason=error.message, advice=error.advice))
                continue
            ids.append(clean.id)
            if clean.id in gone and not lift:
                continue
            self._keep(clean.model_copy(update={"origin": origin}), here, done)
        for stale in sorted(set(known.get("sources", ())) - set(ids)):
            if stale in here and self.store.source(stale).origin == origin:
                self._withdraw(stale, done)
        self.store.put_setting(f"file:{origin}", json.dumps({"fingerprint": fingerprint, "sources": ids}))

    def _add_accounts(self, found: Ingested, done: Added) -> None:
        if not found.accounts:
            return
        rows = [scrub.clean_row(row, self._ports.detector().find) for row in found.accounts]
        self.store.put_account_rows(rows[0].path, rows)
        done.account_rows += len(rows)

    def _keep(self, source: CleanSource, here: set[str], done: Added) -> None:
        """Store, embed, read and index one source; of two with the same content the one with the first path stays."""
        if source.id in here:
            other = self.store.source(source.id)
            done.duplicates.append(f"{source.path} {source.ref}".strip())
            if other == source or (
                other.origin != source.origin and (other.path, other.ref) <= (source.path, source.ref)
            ):
                return
        else:
            done.new.append(source.id)
        sentences = segment.segment(source)
        vectors = pipeline.embed(sentences, self._ports.embedder())
        self.store.put_source(source, sentences, vectors)
        here.add(source.id)
        self._read(source, sentences, vectors)
        self._index(source, sentences, vectors)

    def _read(self, source: CleanSource, sentences: list[Sentence] | tuple[Sentence, ...], vectors: Vectors) -> None:
        analyst = self._ports.analyst()
        corrected = with_roles(source, self.store.overlays())
        statements = pipeline.read(corrected, sentences, vectors, analyst, self._ports.embedder())
        self.store.put_statements(analyst.name, source.id, statements)

    def _index(self, source: CleanSource, sentences: tuple[Sentence, ...], vectors: Vectors) -> None:
        if sentences:
            self._ports.index().upsert([s.id for s in sentences], vectors, [_metadata(source, s) for s in sentences])

    def _withdraw(self, source_id: str, done: Added) -> None:
        self._ports.index().delete(self.store.remove_source(source_id))
        done.withdrawn.append(source_id)

    def _withdraw_missing(self, root: str, seen: set[str], done: Added) -> None:
        before = json.loads(self.store.setting(f"root:{self._ports.keyed('root', root)}") or "[]")
        missing = set(before) - seen
        for source in self.store.sources():
            if source.origin in missing:
                self._withdraw(source.id, done)

    def _note_files(self, root: str, seen: set[str]) -> None:
        key = f"root:{self._ports.keyed('root', root)}"
        before = json.loads(self.store.setting(key) or "[]")
        self.store.put_setting(key, json.dumps(sorted({*before, *seen})))

    def saved_columns(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Mappings of columns that a person saved: name of a table → field → headings."""
        mapped: dict[str, dict[str, tuple[str, ...]]] = {}
        for overlay in self.store.overlays():
            if overlay.action == "columns.set":
                mapped.setdefault(overlay.target, {}).update(
                    {name: tuple(headings.split("\x1f")) for name, headings in overlay.value.items()}
                )
        return mapped

    # ------------------------------------------------------------ removing and correcting

    def find(self, name: str) -> list[CleanSource]:
        """Sources by id, path, or path and ref. Raises NotFoundError."""
        found = [
            source
            for source in self.store.sources()
            if name in (source.id, source.path, f"{source.path} {source.ref}".strip())
        ]
        if not found:
            raise NotFoundError(f"No source is called “{name}”.", "`icp-synth sources` lists them.")
        return found

    def remove(self, name: str) -> list[str]:
        """Withdraw sources and what rested on them; the index is written afresh, so that nothing stays on the disk."""
        removed = [source.id for source in self.find(name)]
        for source_id in removed:
            self.store.remove_source(source_id)
        self.rebuild_index()
        return removed

    def overlay(self, overlay: Overlay) -> None:
        """Keep a person's decision. A role that changes has its source read again."""
        self.store.put_overlay(overlay)
        if overlay.action == "role.set":
            source = self.store.source(overlay.target)
            sentences = tuple(self.store.sentences(source.id))
            self._read(source, sentences, self.store.vectors([s.id for s in sentences]))

    def rebuild_index(self) -> None:
        """Write the vector index afresh from the store."""
        sources = {source.id: source for source in self.store.sources()}
        sentences = self.store.sentences()
        self._ports.index().rebuild(
            [s.id for s in sentences],
            self.store.vectors([s.id for s in sentences]),
            [_metadata(sources[s.source_id], s) for s in sentences],
        )

    def index_is_whole(self) -> bool:
        """Whether the index holds as many sentences as the store."""
        return self._ports.index().count() == len(self.store.sentences())

    # ------------------------------------------------------------ drafting

    def sources(self) -> tuple[CleanSource, ...]:
        """All sources, with the roles that were corrected by hand."""
        overlays = self.store.overlays()
        return tuple(with_roles(source, overlays) for source in self.store.sources())

    def accounts(self) -> Accounts:
        """Who is who, over all sources."""
        return resolve(self.store.sources(), self.store.account_rows(), self.store.overlays())

    def state(self) -> pipeline.State:
        """Everything that a draft is a function of; sources that this analyst hasn't read yet are read first."""
        analyst = self._ports.analyst()
        read = self.store.read_sources(analyst.name)
        sources = self.sources()
        for source in sources:
            if source.id not in read:
                sentences = tuple(self.store.sentences(source.id))
                self._read(source, sentences, self.store.vectors([s.id for s in sentences]))
        return pipeline.State(
            workspace=self.store.workspace,
            sources=sources,
            statements=tuple(self.store.statements(analyst.name)),
            rows=tuple(self.store.account_rows()),
            overlays=tuple(self.store.overlays()),
            earlier=tuple(self.store.themes()),
        )

    def draft(self, product: str, as_of: dt.date) -> pipeline.Draft:
        """A profile of what the evidence says now; its themes and the profile itself are kept."""
        state = self.state()
        made = pipeline.draft(
            state, self._statement_vectors(state), product=product, analyst=self._ports.analyst().name, as_of=as_of
        )
        self.store.put_themes(made.themes)
        self.store.put_profile(made.profile)
        return made

    def _statement_vectors(self, state: pipeline.State) -> dict[str, Vectors]:
        wanted = sorted({sentence for statement in state.statements for sentence in statement.sentence_ids})
        by_sentence = dict(zip(wanted, self.store.vectors(wanted), strict=True)) if wanted else {}
        out = {}
        for statement in state.statements:
            mean = np.mean([by_sentence[s].astype(np.float64) for s in statement.sentence_ids], axis=0)
            out[statement.id] = (mean / np.linalg.norm(mean)).astype(np.float32)
        return out


def _metadata(source: CleanSource, sentence: Sentence) -> dict[str, str]:
    turn = source.turns[sentence.turn]
    return {"source": source.id, "account": source.account.id, "kind": source.kind, "role": turn.role}
