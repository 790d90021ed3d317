"""What writes the index takes nothing along that it does not need."""

from __future__ import annotations

import subprocess
import sys


def test_writing_the_index_loads_no_numpy_and_leaves_it_to_be_loaded() -> None:
    program = "import sys; import formsvc.index.writing; assert 'numpy' not in sys.modules; import numpy"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
