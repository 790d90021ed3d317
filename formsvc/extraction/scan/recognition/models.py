"""The recogniser and the detector of PP-OCRv6, out of the installed OCR wheel, and a small recogniser of figures.

The rule: exactly these files, told by their SHA-256, and nothing from the network. The wheel's own code is never
imported; onnxruntime alone runs them. The small one is our own (`training/`) and knows nothing but the signs of dates,
numbers and addresses: a second witness, that learnt from other faces.

A session runs on one thread and keeps no arena: workers are many, and each stays small. `load_models` is
called once in a server process; its forked children share what it returns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, metadata, resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]
"""What the recogniser says of a line: shape (steps, signs); each row adds up to 1, column 0 is the blank of CTC."""
Features = NDArray[np.float32]
"""What the recogniser makes of a line before it names signs: shape (steps, features), a step for each of its answer."""

_WHEEL = "rapidocr"
_RECOGNISER = ("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884")
_DETECTOR = ("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f")
_FIGURES = ("figures.onnx", "4c7265544d47ed4117e9703fa1d1078b708cb9e7ba5448c2c0b8d51090acdf77")
_OTHER = "□"
"""The sign the small recogniser tells for everything it does not know."""
_ERRORS_ONLY = 3
_FEATURES = "p2o.pd_op.transpose.8.0"
"""The recogniser's last layer but one, which this program makes an output of it."""
_GRAPH, _OUTPUT, _NAME = 7, 12, 1
"""Numbers of the parts of ONNX's messages (onnx.proto) that name an output."""


class ModelsMissingError(Exception):
    """The scan extra is not installed, or not with the models this program knows; `what` names what is lacking."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Reads(Protocol):
    """What tells signs by columns."""

    @property
    def signs(self) -> tuple[str, ...]:
        """What each column stands for; the blank of CTC, column 0, is empty text."""

    @property
    def columns(self) -> Mapping[str, int]:
        """The column of each sign."""


@dataclass(frozen=True)
class Figures:
    """The small recogniser, loaded."""

    recogniser: Any
    signs: tuple[str, ...]
    """What each column of its answer stands for; the blank of CTC, column 0, is empty text."""

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each sign."""
        return _columns(self.signs)

    def probabilities(self, line: NDArray[np.float32]) -> Probabilities:
        """Run it on one prepared line of shape (32, width), 0 for white and 1 for black; unknown signs are blanks."""
        steps: Probabilities = self.recogniser.run(None, {"x": line[None, None]})[0]
        known = steps[:, : len(self.signs)].copy()
        known[:, 0] += steps[:, len(self.signs) :].sum(axis=1)
        return known


@dataclass(frozen=True)
class Models:
    """The models, loaded."""

    recogniser: Any
    detector: Any
    signs: tuple[str, ...]
    """What each column of the recogniser's answer stands for; the blank of CTC, column 0, is empty text."""
    figures: Figures | None = None

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each sign."""
        return _columns(self.signs)

    def look(self, line: NDArray[np.float32]) -> tuple[Probabilities, Features]:
        """Run the recogniser on one prepared line of shape (48, width), values from -1 to 1."""
        answer, features = self.recogniser.run(None, {"x": _planes(line)})
        return answer[0], features[0]

    def text_map(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the detector on a picture whose sides are multiples of 32; returns how likely each pixel is text."""
        answer: NDArray[np.float32] = self.detector.run(None, {"x": _planes(picture)})[0][0, 0]
        return answer


def load_models(wheel: str = _WHEEL) -> Models:
    """Load the models; takes about 0.2 s and 150 MB. Raises ModelsMissingError."""
    for part in ("onnxruntime", "cv2"):
        if find_spec(part) is None:
            raise ModelsMissingError(part)
    engine = import_module("onnxruntime")
    recogniser = _session(engine, _file(wheel, _RECOGNISER[0]), _RECOGNISER[1], shown=_FEATURES)
    detector = _session(engine, _file(wheel, _DETECTOR[0]), _DETECTOR[1])
    known = recogniser.get_modelmeta().custom_metadata_map.get("character", "")
    signs = ("", *known.split("\n"), " ")
    if len(signs) != recogniser.get_outputs()[0].shape[-1]:
        raise ModelsMissingError(_RECOGNISER[0])
    return Models(recogniser, detector, signs, _figures(engine))


def _figures(engine: Any) -> Figures:
    name, sha256 = _FIGURES
    session = _session(engine, Path(str(resources.files(__package__).joinpath(name))), sha256)
    signs = ("", *session.get_modelmeta().custom_metadata_map["signs"].removesuffix(_OTHER))
    return Figures(session, signs)


def _columns(signs: tuple[str, ...]) -> Mapping[str, int]:
    return {sign: column for column, sign in enumerate(signs) if sign}


def _session(engine: Any, path: Path, sha256: str, *, shown: str | None = None) -> Any:
    """Return a model ready to run, with what one of its layers says as one more output."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelsMissingError(path.name)
    if shown is not None:
        # Protocol buffers that follow each other are merged: an output more is a few bytes more.
        data += _part(_GRAPH, _part(_OUTPUT, _part(_NAME, shown.encode("ascii"))))
    options = engine.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = engine.ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False
    options.log_severity_level = _ERRORS_ONLY
    return engine.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _part(number: int, content: bytes) -> bytes:
    """Return a part of a protocol buffer; content of up to 127 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def _file(wheel: str, name: str) -> Path:
    """Return where the wheel put a model, without importing the wheel."""
    try:
        installed = metadata.distribution(wheel)
    except metadata.PackageNotFoundError as error:
        raise ModelsMissingError(wheel) from error
    path = Path(str(installed.locate_file(f"{wheel}/models/{name}")))
    if not path.is_file():
        raise ModelsMissingError(path.name)
    return path


def _planes(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a grey picture as the three equal planes the models want."""
    return np.broadcast_to(grey, (1, 3, *grey.shape)).copy()
