"""Measurements: each row is a ratio to a named baseline, taken in the same run on the same servers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))  # servers and databases come from there
