"""Zendesk tickets with their comments: the Tickets API with side-loaded users, or the JSON export (a ticket a line).

Used here: id, subject, description, created_at, requester_id, submitter_id (who wrote the description), assignee_id,
`comments[]{author_id, plain_body | body | html_body, public, created_at}`, and users (name, email, role: end-user,
agent, admin) and organizations (name), which stand beside the tickets or, in the export, inside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from icp_synth.records import Block, Locator, Participant, Role, Source
from icp_synth.stages.ingest.values import Json, day_of, names_of, objects, text_of, words_of_html

_SIDES: dict[str, Role] = {"end-user": "customer", "agent": "us", "admin": "us"}
_EMBEDDED = ("requester", "submitter", "assignee")


class Desk(NamedTuple):
    """What stands beside the tickets: users and organizations by id."""

    users: dict[str, Mapping[str, Json]]
    organizations: dict[str, str]


def tickets(document: Json) -> list[Mapping[str, Json]]:
    """The tickets in a document: `tickets`, one `ticket` with `comments` beside it, or a list of tickets."""
    if isinstance(document, dict):
        if isinstance(ticket := document.get("ticket"), dict):
            document = [{"comments": document.get("comments"), **ticket}]
        else:
            document = document.get("tickets") or [document]
    return [
        ticket
        for ticket in objects(document)
        if ("requester_id" in ticket or "requester" in ticket or "submitter_id" in ticket)
        and ("description" in ticket or "comments" in ticket)
    ]


def read(path: str, document: Json) -> tuple[Source, ...]:
    """One source per ticket (`ref` = its id), one block per comment, the description first."""
    beside = document if isinstance(document, dict) else {}
    desk = Desk(
        users={text_of(user.get("id")): user for user in objects(beside.get("users"))},
        organizations={text_of(o.get("id")): text_of(o.get("name")) for o in objects(beside.get("organizations"))},
    )
    return tuple(_source(path, ticket, desk) for ticket in tickets(document))


def _source(path: str, ticket: Mapping[str, Json], desk: Desk) -> Source:
    embedded = [ticket[key] for key in _EMBEDDED if isinstance(ticket.get(key), dict)]
    users = desk.users | {text_of(user.get("id")): user for user in embedded}
    requester = _id(ticket, "requester")
    organization = ticket.get("organization")
    account = text_of(organization.get("name")) if isinstance(organization, dict) else ""
    account = account or desk.organizations.get(text_of(ticket.get("organization_id")), "")
    blocks: list[Block] = []
    people: dict[str, Participant] = {}
    for number, comment in enumerate(_comments(ticket, requester), 1):
        author = text_of(comment.get("author_id"))
        user = users.get(author, {})
        side = _side(comment, author, text_of(user.get("role")), ticket, requester)
        name, email = text_of(user.get("name")) or None, text_of(user.get("email")) or None
        if name or email:
            company = account if side == "customer" and account else None
            people.setdefault(author, Participant(name=name, email=email, company=company, side=side or "unknown"))
        if text := _words(comment):
            blocks.append(
                Block(
                    text=text,
                    locator=Locator(unit="item", first=number, last=number),
                    form="speech",
                    speaker=name or email or (f"User {author}" if author else None),
                    email=email,
                    side=side,
                    date=day_of(comment.get("created_at")),
                )
            )
    return Source(
        path=path,
        ref=text_of(ticket.get("id")),
        format="zendesk",
        kind="ticket",
        blocks=tuple(blocks),
        title=text_of(ticket.get("subject")) or None,
        account=account or None,
        date=day_of(ticket.get("created_at")),
        participants=tuple(people.values()),
        names=names_of(people.values()),
    )


def _id(ticket: Mapping[str, Json], who: str) -> str:
    embedded = ticket.get(who)
    return text_of(ticket.get(f"{who}_id")) or (text_of(embedded.get("id")) if isinstance(embedded, dict) else "")


def _comments(ticket: Mapping[str, Json], requester: str) -> Iterable[Mapping[str, Json]]:
    """The comments, with the description before them unless the first comment repeats it (as Zendesk's own does)."""
    comments = objects(ticket.get("comments"))
    description = text_of(ticket.get("description"))
    opening = _words(comments[0]) if comments else ""
    if not description or " ".join(description.split()) == " ".join(opening.split()):
        return comments
    author = _id(ticket, "submitter") or requester
    return [{"author_id": author, "body": description, "created_at": ticket.get("created_at")}, *comments]


def _words(comment: Mapping[str, Json]) -> str:
    plain = text_of(comment.get("plain_body")) or text_of(comment.get("body"))
    return plain or words_of_html(text_of(comment.get("html_body")))


def _side(
    comment: Mapping[str, Json], author: str, role: str, ticket: Mapping[str, Json], requester: str
) -> Role | None:
    if comment.get("public") is False:
        return "us"
    if side := _SIDES.get(role):
        return side
    if author and author == requester:
        return "customer"
    return "us" if author and author == _id(ticket, "assignee") else None
