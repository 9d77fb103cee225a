"""A stored workspace that is asked: laid out once for each revision of the store, and questions that are kept.

A kept question is stored without personal data, with the ids of what was cited, never the words: what was removed from
the evidence is then nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from icp_synth import asking
from icp_synth.errors import NotFoundError
from icp_synth.pipeline import State
from icp_synth.ports import Answerer, Embedder, Library, Store, VectorIndex, Vectors
from icp_synth.records import Answer, Filters, ProfileStatement, Record
from icp_synth.stages.answer import Extractive

_KEPT = "questions"


class Stored:
    """Implements `ports.Library` over the vector index and the store."""

    def __init__(self, store: Store, index: Callable[[], VectorIndex]) -> None:
        self._store, self._index = store, index

    def nearest(self, vector: Vectors, n: int, sources: Iterable[str] | None = None) -> list[str]:
        """Ids of the nearest sentences, best first."""
        return [name for name, _ in self._index().nearest(vector, n, sources)]

    def vectors(self, sentence_ids: Sequence[str]) -> Vectors:
        """Vectors in the order of the ids."""
        return self._store.vectors(sentence_ids)


class Kept(Record):
    """A question that is asked again when evidence arrives, and how it was answered last: ids of the citations."""

    id: str
    question: str
    filters: Filters = Filters()
    abstained: bool
    accounts: int
    of_accounts: int
    cited: tuple[str, ...]


class Changed(Record):
    """How the answer to a kept question changed: before and after, what is newly cited, how many citations are gone."""

    before: Kept
    after: Kept
    new: tuple[ProfileStatement, ...]
    gone: int


class EvidenceBase:
    """Answers questions from a workspace; several threads may ask. `state` says what there is, at the store's revision."""

    def __init__(
        self,
        store: Store,
        index: Callable[[], VectorIndex],
        embedder: Callable[[], Embedder],
        state: Callable[[], State],
    ) -> None:
        self._store, self._embedder, self._state = store, embedder, state
        self._library: Library = Stored(store, index)
        self._lock = Lock()
        self._laid_out: tuple[int, asking.Base] | None = None

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008
        answerer: Answerer = Extractive(),  # noqa: B008
    ) -> Answer:
        """What customers said to that, cited, or that the evidence doesn't say. Raises NotFoundError for an unknown account."""
        return asking.respond(question, self._base(), self._library, self._embedder(), filters, answerer)

    def follow_ups(self, given: Answer, filters: Filters = Filters()) -> tuple[str, ...]:  # noqa: B008
        """Questions near to an answered one that the evidence answers too."""
        return asking.follow_ups(given, self._base(), self._library, self._embedder(), filters)

    def _base(self) -> asking.Base:
        """The evidence as it is now: laid out anew where the store was written to."""
        with self._lock:
            revision = self._store.revision()
            if self._laid_out is None or self._laid_out[0] != revision:
                state = self._state()
                if self._store.revision() != revision:  # what nobody had read yet was read for it, and kept
                    revision, state = self._store.revision(), self._state()
                made = asking.base(state, self._store.sentences(), self._library)
                self._laid_out = (revision, made)
            return self._laid_out[1]

    # ------------------------------------------------------------ kept questions

    def kept(self) -> tuple[Kept, ...]:
        """The questions that are kept, in the order in which they were."""
        return tuple(map(Kept.model_validate, json.loads(self._store.setting(_KEPT) or "[]")))

    def keep(self, question: str, answered: Answer, filters: Filters = Filters()) -> Kept:  # noqa: B008
        """Keep a question that holds no personal data. One that is kept already keeps its place."""
        name = hashlib.sha256(f"{question.lower()}\x00{filters.model_dump_json()}".encode()).hexdigest()[:8]
        made = _kept(f"q-{name}", question, filters, answered)
        others = {one.id: one for one in self.kept()}
        self._write((others | {made.id: made}).values())
        return made

    def forget(self, name: str) -> Kept:
        """No longer keep a question, by its id or its words. Raises NotFoundError."""
        gone = next((one for one in self.kept() if name.strip().lower() in (one.id, one.question.lower())), None)
        if gone is None:
            raise NotFoundError(f"No question is called “{name}”.", "`icp-synth questions` lists them.")
        self._write(one for one in self.kept() if one != gone)
        return gone

    def reword(self, clean: Callable[[str], str]) -> None:
        """Have words removed from the kept questions too."""
        kept = self.kept()
        now = [one.model_copy(update={"question": clean(one.question)}) for one in kept]
        if [*kept] != now:
            self._write(now)

    def ask_again(self) -> list[Changed]:
        """Ask every kept question again, of no model, remember the answers, and say which changed."""
        changed, now = [], []
        for before in self.kept():
            try:
                answered = self.ask(before.question, before.filters)
            except NotFoundError:  # an account that its filter names is gone, and what it said with it
                answered = Answer(question=before.question, abstained=True, answer=asking.SILENT, confidence=0.0)
            after = _kept(before.id, before.question, before.filters, answered)
            now.append(after)
            if after != before:
                new = tuple(one for one in answered.citations if one.id not in before.cited)
                changed.append(Changed(before=before, after=after, new=new, gone=len({*before.cited} - {*after.cited})))
        if changed:
            self._write(now)
        return changed

    def _write(self, questions: Iterable[Kept]) -> None:
        self._store.put_setting(_KEPT, json.dumps([one.model_dump(mode="json") for one in questions]))


def _kept(name: str, question: str, filters: Filters, answered: Answer) -> Kept:
    return Kept(
        id=name,
        question=question,
        filters=filters,
        abstained=answered.abstained,
        accounts=answered.support.accounts if answered.support else 0,
        of_accounts=answered.support.of_accounts if answered.support else 0,
        cited=tuple(sorted(one.id for one in answered.citations)),
    )
