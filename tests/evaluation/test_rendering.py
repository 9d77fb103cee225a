"""What is rendered is read back: the real render is right, and each way in which it could lie is noticed by its figure."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from icp_synth import assets
from icp_synth.evaluation import rendering
from icp_synth.evaluation.results import Result
from icp_synth.records import Artifact, Profile
from icp_synth.stages.render import render
from tests.conftest import Cli
from tests.evaluation.conftest import RIGHT, Read, Scripted

ROTA = "Planning the rota took me nine hours each week."
NURSES = "We lost two nurses because shifts came too late."
INVENTED = "Everybody loves Rotalark."
Change = Callable[[bytes], bytes]
Rendered = Callable[..., Result]


@pytest.fixture
def rendered(read: Read, monkeypatch: pytest.MonkeyPatch) -> Rendered:
    """`rendered("one-pager.md", change)`: how a render does whose Markdown is changed so. Without arguments, the real one."""

    def done(name: str = "", change: Change = bytes) -> Result:
        def altered(profile: Profile, templates: Path) -> tuple[Artifact, ...]:
            made = render(profile, templates)
            before = next((one.data for one in made if one.name == name), b"")
            assert not name or change(before) != before, "the fault was not planted"
            return tuple(one.model_copy(update={"data": change(one.data)}) if one.name == name else one for one in made)

        monkeypatch.setattr(rendering, "render", altered)
        return rendering.measure(read(Scripted(RIGHT)), assets.template_dir())

    return done


def values(result: Result) -> dict[str, float | None]:
    return {name: figure.value for name, figure in result.figures.items()}


def swapped(data: bytes, first: str, second: str) -> bytes:
    return data.replace(first.encode(), b"\0").replace(second.encode(), first.encode()).replace(b"\0", second.encode())


def without_first(text: str) -> Change:
    """The first time that a text is there, it is gone."""
    return lambda data: data.replace(text.encode(), b"", 1)


def without_last(text: str) -> Change:
    """The last time that a text is there, it is gone."""
    return lambda data: b"".join(data.rpartition(text.encode())[::2])


def without_paragraph(data: bytes) -> bytes:
    """A Word file without the first paragraph that says how long the rota took."""
    document, made = Document(io.BytesIO(data)), io.BytesIO()
    next(one for one in document.paragraphs if ROTA in one.text).clear()
    document.save(made)
    return made.getvalue()


def test_the_real_render_says_what_the_profile_says(rendered: Rendered) -> None:
    told = rendered()
    assert values(told) == {"claims_shown": 1.0, "citations_match": 1.0, "nothing_else": 1.0, "on_first_page": 1.0}
    assert told.cases == () and told.facts["claims_on_page_one"] == 5
    assert told.figures["claims_shown"].units == {
        f"one-pager.{name}": (5.0, 5.0) for name in ("docx", "html", "md", "pdf")
    }
    assert all(told.figures[name].exact for name in ("claims_shown", "citations_match", "nothing_else"))


def test_two_quotes_that_change_places_are_noticed(rendered: Rendered) -> None:
    """Every word is still there, and under the wrong claim."""
    found = values(
        rendered("one-pager.html", lambda data: swapped(data, f"<mark>{ROTA}</mark>", f"<mark>{NURSES}</mark>"))
    )
    assert found["citations_match"] == 0.6, "of five claims two have a quote that isn't theirs"
    assert found["nothing_else"] == found["claims_shown"] == 1.0


def test_a_quote_that_is_left_out_is_noticed(rendered: Rendered) -> None:
    assert values(rendered("one-pager.html", without_last(f"<mark>{ROTA}</mark>")))["citations_match"] == 0.8


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("one-pager.html", without_first(f">{ROTA}</q>")),
        ("one-pager.md", without_first(ROTA)),
        ("one-pager.docx", without_paragraph),
    ],
)
def test_a_claim_that_one_format_leaves_out_is_noticed_though_it_is_quoted_further_down(
    rendered: Rendered, name: str, change: Change
) -> None:
    told = rendered(name, change)
    shown = told.figures["claims_shown"]
    assert shown.value == 0.95 and shown.units[name] == (4.0, 5.0)
    (case,) = told.cases
    assert (case.what, case.kind, case.where, case.text) == ("not shown", "pain", name, ROTA)


def test_a_pdf_of_another_profile_is_noticed(rendered: Rendered, read: Read) -> None:
    other = read(Scripted({"The weather": "pain"})).profile
    pdf = next(one.data for one in render(other, assets.template_dir()) if one.name == "one-pager.pdf")
    told = rendered("one-pager.pdf", lambda _: pdf)
    assert told.figures["claims_shown"].units["one-pager.pdf"] == (0.0, 5.0)
    assert values(told)["on_first_page"] == 0.0


def test_an_invented_sentence_is_noticed(rendered: Rendered) -> None:
    def insert(data: bytes) -> bytes:
        return data.replace(b"</main>", f'<q class="ours">{INVENTED}</q></main>'.encode())

    found = values(rendered("one-pager.html", insert))
    assert (found["nothing_else"] or 0) < 1.0 and found["citations_match"] == 1.0


def test_a_word_that_is_changed_in_a_claim_is_noticed(rendered: Rendered) -> None:
    found = values(rendered("one-pager.html", lambda data: data.replace(b"nine hours each", b"ninety hours each")))
    assert (found["nothing_else"] or 0) < 1.0 and found["citations_match"] == 0.8
    assert found["claims_shown"] == 0.95


def test_the_command_reads_back_every_format(cli: Cli, folder: Path) -> None:
    ended = cli("eval", "render", "--data", folder, "--json")
    assert ended.code == 0, ended.err
    (told,) = ended.json["results"]
    assert {name: figure["value"] for name, figure in told["figures"].items() if figure["exact"]} == {
        "claims_shown": 1.0, "citations_match": 1.0, "nothing_else": 1.0,
    }  # fmt: skip
