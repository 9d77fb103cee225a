"""What a person does with one workspace: add evidence, remove it, correct it, draft a profile.

Everything durable is written one source at a time, so that an interrupt leaves a consistent store: what was finished
stays, what was in flight is done again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from icp_synth import blocklist, gate, pipeline, privacy
from icp_synth.curation import Curation
from icp_synth.errors import ModelError, NotFoundError, ScrubError
from icp_synth.ports import Analyst, Answerer, Detector, Embedder, Progress, Store, VectorIndex, Vectors
from icp_synth.questions import EvidenceBase, Kept
from icp_synth.records import (
    AccountRow,
    Answer,
    Artifact,
    CleanSource,
    Columns,
    Filters,
    Ingested,
    Manifest,
    Overlay,
    Partial,
    PrivacyRules,
    Profile,
    Proposed,
    RawFile,
    Reject,
    Sentence,
    Source,
    Statement,
)
from icp_synth.stages import scrub, segment
from icp_synth.stages.accounts import Accounts, resolve
from icp_synth.stages.ingest import ingest
from icp_synth.stages.render import render
from icp_synth.stages.roles import with_roles

_TOGETHER = 250_000  # bytes of files that are scrubbed together
_READ_TOGETHER = 200  # sources; enough to keep a model server busy, few enough to lose little when stopped
PIPELINE = "3"  # part of what a file's fingerprint covers: raise it when cleaning changes, and files are read again


@dataclass
class Added:
    """What `add` did: ids of sources that are new, changed or withdrawn, files left alone, and what was refused."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unchanged: int = 0
    withdrawn: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)
    account_rows: int = 0


@dataclass
class _Run:
    """One call of `add`: what it was given and did so far; ids of the sources that are there, and that it took in."""

    manifest: Manifest
    root: str
    lift: bool
    rules: PrivacyRules
    mapped: Mapping[str, Mapping[str, tuple[str, ...]]]
    here: set[str]
    taken: set[str] = field(default_factory=set)
    done: Added = field(default_factory=Added)


class _Looked(NamedTuple):
    """What a file holds: as it was read, and each of its sources as scrubbed, or why it can't be."""

    found: Ingested
    cleaned: list[tuple[Source, CleanSource | ScrubError]]


@dataclass
class Ports:
    """The outside, as factories: a command that needs no model loads none.

    `analyst` is the one that was chosen, and `embedded` the reader that costs nothing. `answerer` is given what takes personal
    data out of a question, and who is told how an answer comes.
    """

    store: Store
    index: Callable[[], VectorIndex]
    detector: Callable[[], Detector]
    embedder: Callable[[], Embedder]
    analyst: Callable[[], Analyst]
    embedded: Callable[[], Analyst]
    answerer: Callable[[Callable[[str], str], Callable[[str], None] | None], Answerer]
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
        items: Callable[[], Iterable[RawFile | Reject]],
        manifest: Manifest,
        root: str,
        *,
        lift: bool = True,
        mirror: bool = False,
        total: int = 0,
    ) -> Added:
        """Take files in. `root` says where they lie, so that a changed file replaces what it gave before.

        `items` begins the files anew at each call. `lift` takes back in what was removed by hand; `mirror` withdraws
        what `root` no longer holds.
        """
        before = {source.id for source in self.store.sources()}
        run = _Run(
            manifest=manifest,
            root=root,
            lift=lift,
            rules=privacy.rules(self.store),
            mapped=self.saved_columns(),
            here=set(before),
        )
        if before and not self.index_is_whole():
            self.rebuild_index()  # an earlier run was stopped between the store and the index
        self._ports.progress.start("add", total)
        try:
            seen = self._take(items(), run)
            if mirror:
                self._withdraw_missing(set(seen.values()), run)
            self._take_copies(items(), seen, run)
        finally:
            self._ports.progress.finish("add")
        run.done.new = sorted(run.here - before)
        run.done.withdrawn = sorted(before - run.here)
        if run.done.withdrawn or run.done.updated:
            self.rebuild_index()  # what is gone shall be gone from the disk
            Curation(self.store).forget_unborne_wordings()
        return run.done

    def _take(self, items: Iterable[RawFile | Reject], run: _Run) -> dict[str, str]:
        """Take each file in. Returns path → origin of the files that could be opened."""
        seen: dict[str, str] = {}
        for some in _batches(items):
            files = [item for item in some if isinstance(item, RawFile)]
            seen |= {item.path: self._origin(item, run) for item in files}
            looked = self._look_at([item for item in files if not self._unchanged(item, run)], run)
            for item in some:
                self._ports.progress.advance("add", item.path)
                if isinstance(item, Reject):
                    run.done.rejects.append(item)
                else:
                    self._add_file(item, looked.get(item.path), run)
        return seen

    def _look_at(self, files: Sequence[RawFile], run: _Run) -> dict[str, _Looked]:
        """Read and scrub some files together: path → what they hold."""
        found = [ingest(raw, run.manifest, run.mapped) for raw in files]
        sources = [source for one in found for source in one.sources]
        cleaned = iter(
            pipeline.clean_all(sources, run.manifest, self._ports.detector(), self._ports.keyed, run.rules)
            if sources
            else ()
        )
        return {
            raw.path: _Looked(one, [(source, next(cleaned)) for source in one.sources])
            for raw, one in zip(files, found, strict=True)
        }

    def _origin(self, raw: RawFile, run: _Run) -> str:
        return f"{self._place(run.root)}-{self._ports.keyed('origin', run.root, raw.path)}"

    def _fingerprint(self, raw: RawFile, run: _Run) -> str:
        """What a file gives depends on: the file, how it is cleaned, what the manifest and a person said."""
        said = (run.manifest.model_dump_json(), json.dumps(run.mapped), privacy.beyond_text(run.rules))
        return self._ports.keyed("file", PIPELINE, raw.data, raw.path, *said)

    def _unchanged(self, raw: RawFile, run: _Run) -> bool:
        """Whether a file was read as it is, and what it gave is still here or was removed by hand."""
        known = self._known(self._origin(raw, run))
        gave = {*known["sources"], *known["tables"]}
        return bool(
            known["fingerprint"] == self._fingerprint(raw, run)
            and gave <= run.here | self._tables().keys() | self._kept_out(run)
        )

    def _take_copies(self, items: Iterable[RawFile | Reject], seen: Mapping[str, str], run: _Run) -> None:
        """Read files again whose sources went with another file that had held the same."""
        present = run.here | self._kept_out(run)
        lost = {path for path, origin in seen.items() if not present.issuperset(self._known(origin)["sources"])}
        again = replace(run, done=Added())
        for item in items if lost else ():
            if isinstance(item, RawFile) and item.path in lost:
                self._add_file(item, None, again)

    def _add_file(self, raw: RawFile, looked: _Looked | None, run: _Run) -> None:
        """Take one file in; `looked` is what it holds, where that is known already."""
        origin, kept_out, done = self._origin(raw, run), self._kept_out(run), run.done
        known = self._known(origin)
        if self._unchanged(raw, run):
            done.unchanged += bool(known["sources"] or known["tables"])
            if known["refused"]:
                done.rejects.extend(ingest(raw, run.manifest, run.mapped).rejects)
            return
        found, cleaned = looked or self._look_at([raw], run)[raw.path]
        done.rejects.extend(found.rejects)
        done.columns.extend(found.columns)
        tables = self._add_accounts(found, origin, kept_out, run)
        ids, whole = [], True
        for source, clean in cleaned:
            if isinstance(clean, ScrubError):
                where, whole = privacy.label(source), False
                done.rejects.append(Reject(path=where, reason=clean.message, advice=clean.advice))
                continue
            ids.append(clean.id)
            if clean.id not in kept_out:
                self._keep(clean.model_copy(update={"origin": origin}), run)
        for stale in sorted({*known["sources"]} - {*ids}):
            if stale in run.here and self.store.source(stale).origin == origin:
                self._withdraw(stale, run)
        for stale in sorted({*known["tables"]} - {*tables}):
            self._drop_table(stale)
        if run.lift:
            self._note_removed(self._removed() - {*ids, *tables})
        record = {
            "fingerprint": self._fingerprint(raw, run) if whole else None,
            "sources": ids,
            "tables": tables,
            "under": privacy.beyond_text(run.rules),
        }
        self.store.put_setting(f"file:{origin}", json.dumps({**record, "refused": bool(found.rejects)}))

    def _add_accounts(self, found: Ingested, origin: str, kept_out: set[str], run: _Run) -> list[str]:
        """Keep the account tables of a file. Returns their keys: the file's origin and a number."""
        by_path: dict[str, list[AccountRow]] = {}
        for row in found.accounts:
            clean = pipeline.clean_row(row, self._ports.detector(), self._ports.keyed, run.rules)
            by_path.setdefault(row.path, []).append(clean)
        keys = []
        for number, rows in enumerate(by_path.values()):
            key = f"{origin}-{number}"
            keys.append(key)
            if key not in kept_out:
                self.store.put_account_rows(key, rows)
                self.store.put_setting("tables", json.dumps(self._tables() | {key: rows[0].path}))
                run.done.account_rows += len(rows)
        return keys

    def _keep(self, source: CleanSource, run: _Run) -> None:
        """Store, embed, read and index one source; of two with the same content the one with the first path stays."""
        if source.id in run.here:
            other = self.store.source(source.id)
            if other == source:
                run.taken.add(source.id)
                return
            if other.origin != source.origin or source.id in run.taken:
                run.done.duplicates.append(privacy.label(source))
                if (other.path, other.ref) <= (source.path, source.ref):
                    return
            if source.id not in run.taken:
                run.done.updated.append(source.id)
            self._ports.index().delete([sentence.id for sentence in self.store.sentences(source.id)])
        sentences, vectors = self._put(source)
        run.here.add(source.id)
        run.taken.add(source.id)
        self._index(source, sentences, vectors)

    def _put(self, source: CleanSource) -> tuple[tuple[Sentence, ...], Vectors]:
        """Store and embed a source; it is read when a draft needs it. Returns its sentences with vectors, for the index."""
        sentences = segment.segment(source)
        vectors = pipeline.embed(sentences, self._ports.embedder())
        self.store.put_source(source, sentences, vectors)
        return sentences, vectors

    def _read(self, sources: Sequence[CleanSource], analyst: Analyst) -> list[Proposed[tuple[Statement, ...]]]:
        """Have an analyst read sources, some at a time. Whole readings are kept; returned are those that aren't whole."""
        overlays, parts = self.store.overlays(), []
        for start in range(0, len(sources), _READ_TOGETHER):
            unread = []
            for source in sources[start : start + _READ_TOGETHER]:
                sentences = tuple(self.store.sentences(source.id))
                rows = self.store.vectors([s.id for s in sentences])
                unread.append((with_roles(source, overlays), sentences, rows))
            found = pipeline.read_all(unread, analyst, self._ports.embedder())
            for (source, _, _), read in zip(unread, found, strict=True):
                if read.partial:
                    parts.append(read)
                else:
                    self.store.put_statements(analyst.name, source.id, read.what)
        return parts

    def _index(self, source: CleanSource, sentences: tuple[Sentence, ...], vectors: Vectors) -> None:
        if sentences:
            self._ports.index().upsert([s.id for s in sentences], vectors, [_metadata(source, s) for s in sentences])

    def _withdraw(self, source_id: str, run: _Run) -> None:
        self._ports.index().delete(self.store.remove_source(source_id))
        run.here.discard(source_id)

    def _drop_table(self, key: str) -> None:
        self.store.put_account_rows(key, ())
        self.store.put_setting("tables", json.dumps({k: path for k, path in self._tables().items() if k != key}))

    def _withdraw_missing(self, seen: set[str], run: _Run) -> None:
        place = f"{self._place(run.root)}-"
        for source in self.store.sources():
            if source.origin.startswith(place) and source.origin not in seen:
                self._withdraw(source.id, run)
                self._forget(source.origin)
        for key in self._tables():
            if key.startswith(place) and key.rpartition("-")[0] not in seen:
                self._drop_table(key)
                self._forget(key.rpartition("-")[0])

    def _forget(self, origin: str) -> None:
        """A file that went is read anew when it comes back, though a copy of it may have kept its sources here."""
        self.store.put_setting(f"file:{origin}", "null")

    def _place(self, root: str) -> str:
        return self._ports.keyed("root", root)

    def _known(self, origin: str) -> dict[str, Any]:
        """What a file gave when it was last read: its fingerprint, ids of sources, keys of tables, whether it was refused."""
        nothing: dict[str, Any] = {"fingerprint": None, "sources": [], "tables": [], "refused": False, "under": ""}
        known: dict[str, Any] = json.loads(self.store.setting(f"file:{origin}") or "null") or nothing
        return known

    def _removed(self) -> set[str]:
        """Ids of sources and keys of tables that a person removed."""
        return set(json.loads(self.store.setting("removed") or "[]"))

    def _kept_out(self, run: _Run) -> set[str]:
        return set() if run.lift else self._removed()

    def _note_removed(self, removed: set[str]) -> None:
        if removed != self._removed():
            self.store.put_setting("removed", json.dumps(sorted(removed)))

    def _tables(self) -> dict[str, str]:
        """Key → path of the account tables that are kept."""
        tables: dict[str, str] = json.loads(self.store.setting("tables") or "{}")
        return tables

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

    def named(self, name: str) -> list[CleanSource]:
        """Sources by id, path, or path and ref."""
        return [one for one in self.store.sources() if name in (one.id, one.path, privacy.label(one))]

    def find(self, name: str) -> list[CleanSource]:
        """Sources by id, path, or path and ref. Raises NotFoundError where there is none."""
        found = self.named(name)
        if not found:
            raise NotFoundError(f"No source is called “{name}”.", "`icp-synth sources` lists them.")
        return found

    def original(self, source_id: str, near: Path) -> Path | None:
        """The file that a source was read from, where that lies at, in or right below `near`; nothing says where it was."""
        origin = self.store.source(source_id).origin
        here = near.resolve()
        below = sorted(here.iterdir()) if here.is_dir() else []
        for root in (here, *below):
            if not origin.startswith(f"{self._place(str(root))}-"):
                continue
            for file in sorted(root.rglob("*")) if root.is_dir() else [root]:
                path = file.relative_to(root).as_posix() if root.is_dir() else file.name
                if origin == f"{self._place(str(root))}-{self._ports.keyed('origin', str(root), path)}":
                    return file
        return None

    def remove(self, name: str) -> list[str]:
        """Withdraw sources, or a table of accounts, and what rested on them. Raises NotFoundError.

        They stay out until they are added again by hand. The index is written afresh: nothing stays on the disk.
        """
        tables = [key for key, path in self._tables().items() if path == name]
        removed = tables or [source.id for source in self.find(name)]
        self._note_removed({*self._removed(), *removed})
        for one in removed:
            if tables:
                self._drop_table(one)
            else:
                self.store.remove_source(one)
        self.rebuild_index()
        Curation(self.store).forget_unborne_wordings()
        return removed

    def overlay(self, overlay: Overlay) -> None:
        """Keep a person's decision. A role that changes has its source read again."""
        self.store.put_overlay(overlay)
        if overlay.action == "role.set":
            self._put(self.store.source(overlay.target))  # written afresh, nobody has read it

    # ------------------------------------------------------------ personal data

    def privacy_report(self) -> privacy.PrivacyReport:
        """What was removed from the sources, what of it is doubtful, and which sources were read under other rules."""
        rules = privacy.rules(self.store)
        under = privacy.beyond_text(rules)
        sources = self.store.sources()
        stale = [privacy.label(one) for one in sources if self._known(one.origin)["under"] != under]
        return privacy.report(sources, self.store.overlays(), stale, rules)

    def hide(self, text: str) -> int:
        """Have words removed from every source and table, here and in what comes later; returns how many changed.

        The words themselves are not kept, only a keyed hash. Profiles that were stored lose their content: they may
        hold the words. Raises NotFoundError where `text` holds no words.
        """
        key, words = blocklist.entry(text, self._ports.keyed)
        if not words:
            raise NotFoundError("There are no words to remove in that.", "Give a name or a number as it is written.")
        self.store.put_overlay(
            Overlay(id=f"privacy.add:{key}", action="privacy.add", target=key, value={"words": str(words)})
        )
        rules, changed = privacy.rules(self.store), 0
        for source in self.store.sources():
            without = pipeline.without_added(source, rules, self._ports.keyed)
            if without != source:
                changed += 1
                self._put(without)
        for table in self._tables():
            rows = self.store.account_rows(table)
            without_rows = [pipeline.row_without_added(row, rules, self._ports.keyed) for row in rows]
            if without_rows != rows:
                changed += 1
                self.store.put_account_rows(table, without_rows)
                self.store.put_setting("tables", json.dumps(self._tables() | {table: without_rows[0].path}))
        blocked = partial(blocklist.blocked, rules=rules, keyed=self._ports.keyed)
        self.questions.reword(lambda kept: scrub.clean_text(kept, blocked, rules))
        if changed:
            self.store.forget_profiles()
            self.rebuild_index()
            Curation(self.store).forget_unborne_wordings()
        return changed

    def dismiss(self, text: str) -> None:
        """Leave words in from now on: they are no personal data. What was read before needs its original."""
        said = " ".join(text.split())
        self.store.put_overlay(Overlay(id=f"privacy.dismiss:{said.lower()}", action="privacy.dismiss", target=said))

    def accept(self, finding: str) -> None:
        """Take a finding for right: it is no longer doubtful. Raises NotFoundError."""
        known = {one.id for source in self.store.sources() for one in privacy.findings(source)}
        if finding not in known:
            raise NotFoundError(f"No finding is called “{finding}”.", "`icp-synth privacy report` lists them.")
        self.store.put_overlay(Overlay(id=f"privacy.accept:{finding}", action="privacy.accept", target=finding))

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
        return resolve(self.store.sources(), self._account_rows(), self.store.overlays())

    def _account_rows(self) -> list[AccountRow]:
        """Rows of all account tables; of tables with the same path, in an order that doesn't depend on arrival."""
        return sorted(self.store.account_rows(), key=lambda row: (row.path, row.row, row.model_dump_json()))

    def state(self) -> pipeline.State:
        """Everything that a draft is a function of; sources that this analyst hasn't read yet are read first."""
        parts = self._read_new(self._ports.analyst())
        partial = [missing for part in parts for missing in part.partial]
        if partial and len(parts) == len(self.sources()) and not any(part.what for part in parts):
            raise ModelError(f"Nothing was read: {partial[0].why}")
        read = self.store.statements(self._ports.analyst().name)
        return self._state([*read, *(statement for part in parts for statement in part.what)], partial)

    def known(self) -> pipeline.State:
        """What a question is put to: what the analyst hasn't read yet is as the embedded reader reads it, which costs nothing."""
        embedded = self._ports.embedded()
        self._read_new(embedded)
        chosen = self._ports.analyst().name
        read = self.store.read_sources(chosen)
        rest = [one for one in self.store.statements(embedded.name) if one.source_id not in read]
        return self._state([*self.store.statements(chosen), *rest])

    def _read_new(self, analyst: Analyst) -> list[Proposed[tuple[Statement, ...]]]:
        """Have sources read that this analyst hasn't read yet. Returned are the readings that aren't whole."""
        read = self.store.read_sources(analyst.name)
        return self._read([source for source in self.sources() if source.id not in read], analyst)

    def _state(self, statements: Sequence[Statement], partial: Sequence[Partial] = ()) -> pipeline.State:
        return pipeline.State(
            workspace=self.store.workspace,
            sources=self.sources(),
            statements=tuple(statements),
            rows=tuple(self._account_rows()),
            overlays=tuple(self.store.overlays()),
            earlier=tuple(self.store.themes()),
            partial=tuple(partial),
        )

    def draft(self, product: str, as_of: dt.date) -> pipeline.Draft:
        """A profile of what the evidence says now; its themes and the profile itself are kept."""
        made = self._drafted(self.state(), product, as_of)
        self.store.put_themes(made.themes)
        self.store.put_profile(made.profile)
        return made

    def _drafted(self, state: pipeline.State, product: str, as_of: dt.date) -> pipeline.Draft:
        return pipeline.draft(
            state,
            self._statement_vectors(state),
            product=product,
            analyst=self._ports.analyst(),
            embedder=self._ports.embedder(),
            as_of=as_of,
        )

    def plan(self, instead: str) -> None:
        """Have the analyst ask all that a draft would ask, of a model that answers nothing (`PlanningChat`).

        What the analyst called `instead` has read stands for what the model would find.
        """
        self._read_new(self._ports.analyst())
        self._drafted(self._state(self.store.statements(instead)), "", dt.date.min)

    @cached_property
    def questions(self) -> EvidenceBase:
        """The workspace as somebody asks it."""
        return EvidenceBase(self.store, self._ports.index, self._ports.embedder, self.known)

    def ask(self, question: str, filters: Filters, on_text: Callable[[str], None] | None = None) -> Answer:
        """The answer of the analyst. `on_text` is told how a model's answer comes: words that nobody has checked yet."""
        return self.questions.ask(question, filters, self._ports.answerer(self._without_personal_data, on_text))

    def keep_question(self, question: str, filters: Filters) -> Kept:
        """Keep a question without personal data: as such it is asked now and when evidence arrives, of no model."""
        clean = self._without_personal_data(question)
        return self.questions.keep(clean, self.questions.ask(clean, filters), filters)

    def _without_personal_data(self, question: str) -> str:
        """A question as others may see it; the product and the accounts keep their names."""
        rules = privacy.rules(self.store)
        names = [self.store.setting("product") or "", *(account.name for account in self.accounts().by_id.values())]
        blocked = partial(blocklist.blocked, rules=rules, keyed=self._ports.keyed)
        return scrub.clean_text(scrub.clean_text(question, blocked, rules), self._ports.detector().find, rules, names)

    def artifacts(self, profile: Profile, templates: Path) -> tuple[Artifact, ...]:
        """The profile rendered, for whoever writes it. Raises GateError where something in it still looks personal."""
        names = [profile.product, *(account.name for account in profile.accounts)]
        gate.let_out("The profile", profile.model_dump(mode="json"), privacy.rules(self.store), names)
        return render(profile, templates)

    def _statement_vectors(self, state: pipeline.State) -> dict[str, Vectors]:
        wanted = sorted({sentence for statement in state.statements for sentence in statement.sentence_ids})
        by_sentence = dict(zip(wanted, self.store.vectors(wanted), strict=True)) if wanted else {}
        out = {}
        for statement in state.statements:
            mean = np.mean([by_sentence[s].astype(np.float64) for s in statement.sentence_ids], axis=0)
            out[statement.id] = (mean / np.linalg.norm(mean)).astype(np.float32)
        return out


def _batches(items: Iterable[RawFile | Reject]) -> Iterator[list[RawFile | Reject]]:
    """Files gathered up to `_TOGETHER` bytes, so that the scrubber's processes have enough to share."""
    some: list[RawFile | Reject] = []
    size = 0
    for item in items:
        some.append(item)
        size += len(item.data) if isinstance(item, RawFile) else 0
        if size >= _TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def _metadata(source: CleanSource, sentence: Sentence) -> dict[str, str]:
    turn = source.turns[sentence.turn]
    return {"source": source.id, "account": source.account.id, "kind": source.kind, "role": turn.role}
