"""The models come out of the installed wheel, and nothing else does."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import onnxruntime
import pytest

from formsvc.extraction.scan.recognition.models import _RECOGNISER, ModelsMissingError, _file, load_models
from tests.extraction.scan.recognisers import models

_LOADS = """
import sys
from formsvc.extraction.scan.recognition.models import load_models
load_models()
print("rapidocr" in sys.modules)
"""


def test_the_wheel_that_brings_the_models_is_never_imported() -> None:
    ran = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_a_wheel_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModelsMissingError) as raised:
        load_models("no-such-wheel")
    assert raised.value.what == "no-such-wheel"


def test_a_wheel_without_the_models_names_the_file_that_lacks() -> None:
    with pytest.raises(ModelsMissingError) as raised:
        load_models("pytest")
    assert raised.value.what.endswith(".onnx")


def test_what_the_recogniser_makes_of_a_line_is_shown_and_changes_nothing_it_says() -> None:
    line = np.random.default_rng(0).uniform(-1, 1, (48, 96)).astype(np.float32)
    told, features = models().look(line)
    plain = onnxruntime.InferenceSession(_file("rapidocr", _RECOGNISER[0]).read_bytes())
    (answer,) = plain.run(None, {"x": np.broadcast_to(line, (1, 3, 48, 96)).copy()})
    assert np.allclose(told, answer[0], atol=1e-6)
    assert features.shape == (len(told), 120)
    assert features.std() > 0


def test_rare_signs_of_names_have_a_column() -> None:
    assert all(sign in models().columns for sign in "赟婳翀鋆忞溦龑戌戍")
