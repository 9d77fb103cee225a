"""Counts of the training sentences, for the datasheet: `python -m evals.training.count`.

Prints one table and writes it between the marks of `DATASHEET.md`; exits with 1 where a sentence breaks the format.
`--check` writes nothing and exits with 1 where the page isn't what the sentences give.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from evals.pages.marks import fill
from icp_synth.analysts.extractive import KINDS, TONES
from icp_synth.records import Outcome, SourceKind, Voice

HERE = Path(__file__).parent
PAGE = HERE / "DATASHEET.md"
FIELDS = frozenset(
    "text kinds tone question heading source_kind voice outcome register industry company product".split()
)
REGISTERS = ("spoken", "note", "survey", "email", "ticket", "review", "chat")
# Told by consumers about something they use themselves. Every other industry is told by companies (some mix both).
CONSUMER = frozenset(
    "audiobooks_kids baby_nappies coffee_subscription dating_app denim_online ebike_city eyewear_online fitness_app "
    "fresh_dog_food grocery_delivery hair_care_curly home_energy home_insurance_direct house_plants language_app "
    "mattress_online meal_kits meditation_sleep neobank_personal personal_training pet_insurance photo_books rail_travel_app "
    "robot_vacuum secondhand_kidswear skincare tutoring_marketplace".split()
)
# Written in the second round (see the datasheet); those of no other round are of the first.
SECOND = frozenset(
    "audiobooks_kids baby_nappies church_charity_giving coffee_subscription crm_small_teams dating_app "
    "denim_online dental_practice ebike_city event_ticketing eyewear_online farm_records freelance_invoicing "
    "fresh_dog_food grocery_delivery gym_boutique_software hair_care_curly home_insurance_direct house_plants "
    "investor_updates language_app lead_outreach mattress_online meditation_sleep neobank_personal "
    "newsletter_creators photo_books product_feedback_saas quote_builder rail_travel_app recruiting_startups "
    "robot_vacuum sales_call_notes salon_booking secondhand_kidswear skincare startup_crm startup_spend_cards "
    "tutoring_marketplace vet_practice_software".split()
)
# Written in the third round: whole conversations.
THIRD = frozenset(
    "artifact_registries document_signing event_streaming feature_flags heat_pumps_installers home_care_scheduling "
    "log_analytics personal_training policy_engines_audit procurement_suites sales_forecasting secrets_management "
    "service_discovery test_environments workflow_schedulers".split()
)
ALIKE = 0.7  # share of words in common above which two sentences count as alike
Row = dict[str, object]


def rows() -> Iterator[tuple[str, Row]]:
    """Where each sentence stands (`file:line`) and what is there."""
    for file in sorted((HERE / "statements").glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{file.name}:{number}", json.loads(line)


def faults(row: Row, industry: str) -> list[str]:
    """What breaks the format in one sentence."""
    if set(row) != FIELDS:
        return ["fields"]
    kinds = row["kinds"]
    kinds = kinds if isinstance(kinds, list) else [None]
    sound = {
        "text": isinstance(row["text"], str) and bool(row["text"].strip()),
        "kinds": set(kinds) <= set(KINDS) and len(set(kinds)) == len(kinds),
        "tone": row["tone"] in TONES,
        "source_kind": row["source_kind"] in get_args(SourceKind),
        "voice": row["voice"] in get_args(Voice),
        "outcome": row["outcome"] in (None, *get_args(Outcome)),
        "register": row["register"] in REGISTERS,
        "industry": row["industry"] == industry,
        "names": all(row[name] is None or isinstance(row[name], str) for name in ("question", "heading", "company")),
    }
    return [name for name, holds in sound.items() if not holds]


def alike(texts: Sequence[str]) -> list[bool]:
    """Which sentences have an earlier one with more than `ALIKE` of the words of both in common."""
    words = [frozenset(re.findall(r"[\w'’]+", text.lower())) for text in texts]
    having: dict[str, list[int]] = {}
    found = []
    for index, mine in enumerate(words):
        common = Counter(other for word in mine for other in having.get(word, ()))
        found.append(any(shared / len(mine | words[other]) > ALIKE for other, shared in common.items()))
        for word in mine:
            having.setdefault(word, []).append(index)
    return found


def table(data: Sequence[Row]) -> str:
    """The counts as a Markdown table: each round, then all."""
    round_of = [1 if row["industry"] in SECOND else 2 if row["industry"] in THIRD else 0 for row in data]
    texts = [str(row["text"]) for row in data]
    marks = [row["kinds"] if isinstance(row["kinds"], list) else [] for row in data]
    lines = ["| | first round | second round | third round | all |", "| --- | ---: | ---: | ---: | ---: |"]

    def row_of(name: str, counts: Sequence[int]) -> None:
        lines.append(f"| {name} | {' | '.join(f'{count:,}' for count in (*counts, sum(counts)))} |")

    def line(name: str, matches: Sequence[bool]) -> None:
        by_round = Counter(number for hit, number in zip(matches, round_of, strict=True) if hit)
        row_of(name, [by_round[number] for number in range(3)])

    named = {str(row["industry"]) for row in data}
    rounds = (named - SECOND - THIRD, named & SECOND, named & THIRD)
    row_of("industries", [len(some) for some in rounds])
    row_of("industries of consumers", [len(some & CONSUMER) for some in rounds])
    line("sentences", [True] * len(data))
    line("sentences in industries of consumers", [row["industry"] in CONSUMER for row in data])
    line("of no kind", [not kinds for kinds in marks])
    line("of several kinds", [len(kinds) > 1 for kinds in marks])
    for kind in KINDS:
        line(kind, [kind in kinds for kinds in marks])
    for field in ("tone", "source_kind", "voice", "outcome", "register"):
        for value in sorted({str(row[field]) for row in data}):
            shown = "unknown" if value == "None" else value
            line(f"{field.replace('_', ' ')}: {shown}", [str(row[field]) == value for row in data])
    line(f"like an earlier one (over {ALIKE:.0%} of the words)", alike(texts))
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Check the format, print the table, fill the page."""
    found = list(rows())
    broken = [(place, bad) for place, row in found if (bad := faults(row, place.split(".")[0]))]
    for place, bad in broken:
        print(f"{place}: {', '.join(bad)}", file=sys.stderr)
    if broken:
        return 1
    made = table([row for _, row in found])
    if "--check" in arguments:
        return int(made not in PAGE.read_text(encoding="utf-8"))
    print(made)
    fill(PAGE, {"counts": made})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
