"""What goes to the model, and how: no personal data, many calls at once, and an error in the place of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from icp_synth.analysts.llm.lines import shown
from icp_synth.errors import ModelError
from icp_synth.ports import ChatModel, Detector, Watched
from icp_synth.records import Call, Redaction, Reply

_NUMBER = re.compile(r"\d+ |")  # of a line: "12 Grove Street" is no address
_LOOKS = 3  # at a message: what is masked changes how the tagger sees the words around it
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")
_LONGEST_WRITTEN = 500  # characters
_TOGETHER = 20_000  # characters that the detector looks at together


class Sender:
    """Masks, looks once more, asks.

    What still looks like a person's name to the detector is masked in what is sent (the tagger's guess depends on the words
    around it, and the scrubber saw others). A message in which it finds anything after that is not sent.
    """

    def __init__(self, model: ChatModel, detector: Detector) -> None:
        self.model = model
        self._detector = detector

    def masked(self, texts: Sequence[str]) -> dict[str, str]:
        """Each text as the model may see it."""
        plain = {text: shown(text) for text in texts}
        some: list[str] = []
        masked: dict[str, str] = {}
        for one in dict.fromkeys(plain.values()):
            some.append(one)
            if sum(map(len, some)) > _TOGETHER:
                masked.update(self._without_names(some))
                some = []
        masked.update(self._without_names(some))
        return {text: masked[one] for text, one in plain.items()}

    def unsigned(self, text: str) -> str:
        """What a model wrote, as it may be kept: on one line, without emphasis, and without anything personal that it made up."""
        plain = shown(text, _LONGEST_WRITTEN).replace("`", "").replace("*", "")
        for start, end, entity in reversed(_apart(self._findings(plain))):
            plain = f"{plain[:start]}<{entity}>{plain[end:]}"
        return plain

    def ask(
        self, calls: Sequence[Call[Reply]], on_text: Callable[[str], None] | None = None
    ) -> list[Reply | ModelError]:
        """An answer or an error for each call, in their order; those that may not be sent are errors from the start.

        `on_text` is told of a single call all of the answer that there is so far, where the model can be watched.
        """
        ready = [self._ready(call) for call in calls]
        if on_text and len(ready) == 1 and isinstance(self.model, Watched) and not isinstance(ready[0], ModelError):
            try:
                return [self.model.ask_one(ready[0], on_text)]
            except ModelError as error:
                return [error]
        sent = [call for call in ready if not isinstance(call, ModelError)]
        answers = iter(self.model.ask_all(sent) if sent else ())
        return [call if isinstance(call, ModelError) else next(answers) for call in ready]

    def _ready(self, call: Call[Reply]) -> Call[Reply] | ModelError:
        """A call as it may be sent, or why it may not."""
        lines = call.user.split("\n")
        numbers = [found.group() for one in lines if (found := _NUMBER.match(one))]
        texts = [one[len(number) :] for number, one in zip(numbers, lines, strict=True)]
        for _ in range(_LOOKS):
            entities = sorted({found.entity for found in self._findings("\n".join(texts))})
            if "PERSON" not in entities:
                break
            texts = self._nameless(texts)
        if entities:
            return ModelError(
                f"It wasn't sent: it still holds personal data ({', '.join(entities)}).",
                "Take it out of the file and add it again, or read with --analyst extractive.",
            )
        user = "\n".join(number + text for number, text in zip(numbers, texts, strict=True))
        return call.model_copy(update={"user": user})

    def _without_names(self, texts: Sequence[str]) -> dict[str, str]:
        return dict(zip(texts, self._nameless(texts), strict=True)) if texts else {}

    def _nameless(self, texts: Sequence[str]) -> list[str]:
        """These lines with names masked; as many as there were."""
        joined = "\n".join(texts)
        names = [found for found in self._findings(joined) if found.entity == "PERSON"]
        for start, end, _ in reversed(_apart(names)):
            breaks = "\n" * joined.count("\n", start, end)
            joined = f"{joined[:start]}<PERSON>{breaks}{joined[end:]}"
        return joined.split("\n")

    def _findings(self, text: str) -> list[Redaction]:
        """What the detector finds outside placeholders."""
        placeholders = [match.span() for match in _PLACEHOLDER.finditer(text)]
        return [
            found
            for found in self._detector.find(text)
            if not any(start <= found.start and found.end <= end for start, end in placeholders)
        ]


def _apart(findings: Sequence[Redaction]) -> list[tuple[int, int, str]]:
    """Start, end and kind of findings in order, those that overlap made one."""
    spans: list[tuple[int, int, str]] = []
    for found in sorted(findings, key=lambda f: (f.start, -f.end)):
        if spans and found.start < spans[-1][1]:
            start, end, entity = spans[-1]
            spans[-1] = (start, max(end, found.end), entity)
        else:
            spans.append((found.start, found.end, found.entity))
    return spans
