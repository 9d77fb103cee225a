"""Intercom conversations: the object of its REST API, retrieved one by one, listed, or one a line.

Used here: `source` (the first message: subject, body, author), `conversation_parts.conversation_parts[]` (body in HTML,
author, created_at in epoch seconds, `part_type`, of which `note` is an internal note), title, created_at, and
author.type: user, lead or contact write for the customer; admin, bot and team for us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from icp_synth.records import Block, Locator, Participant, Role, Source
from icp_synth.stages.ingest.values import Json, day_of, names_of, objects, text_of, words_of_html

_SIDES: dict[str, Role] = {
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "admin": "us",
    "bot": "us",
    "team": "us",
}


def conversations(document: Json) -> list[Mapping[str, Json]]:
    """The conversations in a document: one, a list, or a page (`conversations`, `data`)."""
    if isinstance(document, dict) and "conversation_parts" not in document:
        document = document.get("conversations") or document.get("data") or document
    candidates = objects(document if isinstance(document, list) else [document])
    return [
        c
        for c in candidates
        if "conversation_parts" in c or (isinstance(c.get("source"), dict) and "body" in c["source"])
    ]


def read(path: str, document: Json) -> tuple[Source, ...]:
    """One source per conversation (`ref` = its id), one block per message that has words."""
    return tuple(_source(path, conversation) for conversation in conversations(document))


def _source(path: str, conversation: Mapping[str, Json]) -> Source:
    blocks = []
    people: dict[str, Participant] = {}
    for number, message in enumerate(_messages(conversation), 1):
        text = words_of_html(text_of(message.get("body")))
        author = message["author"] if isinstance(message.get("author"), dict) else {}
        side: Role | None = (
            "us" if message.get("part_type") == "note" else _SIDES.get(text_of(author.get("type")).lower())
        )
        name, email = text_of(author.get("name")) or None, text_of(author.get("email")) or None
        if name or email:
            people.setdefault(email or name or "", Participant(name=name, email=email, side=side or "unknown"))
        if text:
            blocks.append(
                Block(
                    text=text,
                    locator=Locator(unit="item", first=number, last=number),
                    form="speech",
                    speaker=name or email,
                    email=email,
                    side=side,
                    date=day_of(message.get("created_at")),
                )
            )
    opening = conversation["source"] if isinstance(conversation.get("source"), dict) else {}
    title = words_of_html(text_of(conversation.get("title")) or text_of(opening.get("subject")))
    return Source(
        path=path,
        ref=text_of(conversation.get("id")),
        format="intercom",
        kind="ticket",
        blocks=tuple(blocks),
        title=title or None,
        date=day_of(conversation.get("created_at")),
        participants=tuple(people.values()),
        names=names_of(people.values()),
    )


def _messages(conversation: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """The opening message, then the parts. Retrieved conversations wrap the list of parts in an object."""
    opening = conversation.get("source")
    if isinstance(opening, dict):
        yield {"created_at": conversation.get("created_at"), **opening}
    parts = conversation.get("conversation_parts")
    yield from objects(parts.get("conversation_parts") if isinstance(parts, dict) else parts)
