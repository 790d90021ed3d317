"""Tests of what reads submissions."""

import pytest

pytest.register_assert_rewrite("tests.extraction.bad_files")
