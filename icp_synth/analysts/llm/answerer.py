"""Implements `ports.Answerer` with a chat model: one call a question, which may be watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icp_synth.analysts.llm import answer
from icp_synth.analysts.llm.lines import shown
from icp_synth.analysts.llm.sending import Sender
from icp_synth.errors import ModelError
from icp_synth.ports import ChatModel, Detector
from icp_synth.prompting import Prompt
from icp_synth.records import Dropped, Part, Partial, Proposed, Response

_LONGEST_ASKED = 500  # characters of a question


class LlmAnswerer:
    """What one source says to the model can't silence another.

    A sentence is checked against what it rests on, and what no sentence rests on is cited all the same. That nothing
    answers is believed where the model finds so in each source alone.
    """

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        detector: Detector,
        clean: Callable[[str], str],
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """`clean` takes what is personal out of a question; `on_text` is told how an answer comes, before it is checked."""
        self.name = f"{model.name} ({prompt.id} {prompt.version})"
        self._sender, self._prompt, self._clean, self._on_text = Sender(model, detector), prompt, clean, on_text

    def answer(
        self, questions: Sequence[str], parts: Mapping[str, Part], refused: Sequence[Dropped]
    ) -> Proposed[Response]:
        """The model's sentences about the passages, or that none of them answers."""
        told = self._ask(questions, [parts], refused)
        apart = answer.by_source(parts)
        doubtful = told.what.silent and len(apart) > 1 and not refused
        return self._ask(questions, apart, refused) if doubtful else told

    def _ask(
        self, questions: Sequence[str], several: Sequence[Mapping[str, Part]], refused: Sequence[Dropped]
    ) -> Proposed[Response]:
        """What is answered to these passages, each lot in a call of its own."""
        asked = [shown(self._clean(one), _LONGEST_ASKED) for one in questions]
        masked = self._sender.masked([text for parts in several for text in answer.texts(parts)])
        requests = [answer.request(self._prompt, asked, parts, masked, refused) for parts in several]
        found, missing = [], []
        for request, reply in zip(
            requests, self._sender.ask([one.call for one in requests], self._on_text), strict=True
        ):
            try:
                if isinstance(reply, ModelError):
                    raise reply
                found.append(answer.read(reply, request, self._sender.unsigned))
            except ModelError as error:
                missing.append(Partial(task="answer", about=" ".join(asked), why=str(error)))
        return Proposed(what=_together(found, len(questions), whole=not missing), partial=tuple(missing))


def _together(found: Sequence[Response], questions: int, *, whole: bool) -> Response:
    """Several responses to the same questions as one; unanswered is what none of them answers."""
    silent = whole and all(one.silent for one in found)
    open_ = [{*range(questions)} if one.silent else {*one.unanswered} for one in found]
    unanswered = {*range(questions)}.intersection(*open_) if found and whole and not silent else ()
    return Response(
        sentences=tuple(sentence for one in found for sentence in one.sentences),
        unanswered=tuple(sorted(unanswered)),
        silent=silent,
    )
