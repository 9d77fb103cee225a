"""Profile → Artifact[]: the one-pager as HTML, Markdown, PDF and DOCX, and the profile itself as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from icp_synth.records import Artifact, Profile
from icp_synth.stages.render.document import document
from icp_synth.stages.render.markdown import markdown
from icp_synth.stages.render.page import page
from icp_synth.stages.render.pdf import pdf
from icp_synth.stages.render.view import view

__all__ = ["profile_schema", "render"]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def render(profile: Profile, templates: Path) -> tuple[Artifact, ...]:
    """Render a profile with the templates under `templates`; the same profile gives the same bytes.

    Raises AdmissionError for a claim that doesn't cite statements of the profile.
    """
    shown = view(profile)
    folder = templates / "one_pager"
    return (
        Artifact(name="profile.json", media_type="application/json", data=_json(profile.model_dump(mode="json"))),
        Artifact(name="one-pager.html", media_type="text/html; charset=utf-8", data=page(shown, folder)),
        Artifact(name="one-pager.md", media_type="text/markdown; charset=utf-8", data=markdown(shown, folder)),
        Artifact(name="one-pager.pdf", media_type="application/pdf", data=pdf(shown, profile.as_of, folder)),
        Artifact(name="one-pager.docx", media_type=_DOCX, data=document(shown, profile.as_of)),
    )


def profile_schema() -> str:
    """The JSON Schema (draft 2020-12) of `profile.json`, published as docs/profile.schema.json."""
    schema = Profile.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return _json(schema).decode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
