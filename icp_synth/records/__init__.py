"""The records of the flow, in its order: frozen, validated, without behaviour beyond what they are.

    bytes → Source(blocks) → Turn[] → CleanSource → Sentence[] → Statement[] → Theme[] → Profile → Artifact
    raw ────────────────────────────  clean ─────────────────── found ───────────────── profile ───────────

Offsets are Python string offsets (code points); line numbers are 1-based and inclusive.
"""

from icp_synth.records.answer import Answer, AnswerClaim
from icp_synth.records.calls import Call, CallState, Completion, LedgerEntry, Reply, Tokens
from icp_synth.records.clean import AccountRef, CleanBlock, CleanSource, CleanTurn, Redaction, Sentence
from icp_synth.records.found import Candidate, Statement, Support, Theme, Usage
from icp_synth.records.privacy import PrivacyRules
from icp_synth.records.profile import (
    Artifact,
    Cell,
    Claim,
    Criterion,
    Gap,
    Overlay,
    Profile,
    ProfileAccount,
    ProfileSource,
    ProfileStatement,
    Section,
)
from icp_synth.records.raw import (
    AccountRow,
    Block,
    Columns,
    Ingested,
    Manifest,
    ManifestSource,
    Participant,
    Passage,
    RawFile,
    Reject,
    Source,
    Turn,
    Utterance,
)
from icp_synth.records.words import (
    Form,
    Kind,
    LineRange,
    Locator,
    Outcome,
    Record,
    Role,
    SourceKind,
    Status,
    Tone,
    Unit,
    Voice,
)

__all__ = [
    "AccountRef",
    "AccountRow",
    "Answer",
    "AnswerClaim",
    "Artifact",
    "Block",
    "Call",
    "CallState",
    "Candidate",
    "Cell",
    "Claim",
    "CleanBlock",
    "CleanSource",
    "CleanTurn",
    "Columns",
    "Completion",
    "Criterion",
    "Form",
    "Gap",
    "Ingested",
    "Kind",
    "LedgerEntry",
    "LineRange",
    "Locator",
    "Manifest",
    "ManifestSource",
    "Outcome",
    "Overlay",
    "Participant",
    "Passage",
    "PrivacyRules",
    "Profile",
    "ProfileAccount",
    "ProfileSource",
    "ProfileStatement",
    "RawFile",
    "Record",
    "Redaction",
    "Reject",
    "Reply",
    "Role",
    "Section",
    "Sentence",
    "Source",
    "SourceKind",
    "Statement",
    "Status",
    "Support",
    "Theme",
    "Tokens",
    "Tone",
    "Turn",
    "Unit",
    "Usage",
    "Utterance",
    "Voice",
]
