"""What writes the index takes nothing along that it does not need."""

from __future__ import annotations

import subprocess
import sys


def test_writing_the_index_loads_no_numpy_and_leaves_it_to_be_loaded() -> None:
    program = "import sys; import formsvc.index.building; assert 'numpy' not in sys.modules; import numpy"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_noting_records_loads_no_library() -> None:
    unwanted = "{'sqlite_utils', 'pypinyin', 'html', 'http'}"
    program = f"import sys; import formsvc.index.writing; print({unwanted} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "set()"
