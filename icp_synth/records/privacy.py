"""What a workspace decided about personal data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from icp_synth.records.words import Record

Action = Literal["pseudonymise", "remove", "keep"]

# What can be found, and so be given an action; `REDACTED` is what a person had removed by hand.
ENTITIES = (
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "STREET_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "ACCOUNT_NUMBER",
    "DATE_OF_BIRTH", "SECRET", "HANDLE", "IP_ADDRESS", "MAC_ADDRESS",
)  # fmt: skip
REDACTED = "REDACTED"
ACCOUNT = "ACCOUNT"


class PrivacyRules(Record):
    """The policy of a workspace, and the words that a person had removed or left in.

    `actions`: entity → what is done with it; what isn't named is pseudonymised. `mask_accounts` hides the customers'
    companies too. `dismissed` are words that are no personal data; `added` are keyed hashes of words that must go
    (no list of them is kept), the longest of them `longest` words long.
    """

    actions: dict[str, Action] = Field(default_factory=dict)
    mask_accounts: bool = False
    dismissed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    longest: int = 0

    def action(self, entity: str) -> Action:
        """What is done with findings of this entity."""
        return self.actions.get(entity, "pseudonymise")
