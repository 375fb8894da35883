"""The standalone platform with its example network, loaded once for all tests that do not watch the loading."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from testkit.platforms import run_standalone, standalone


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the example network in it; nothing runs on it."""
    data = tmp_path_factory.mktemp("standalone") / "data"
    with standalone(data, keep=True):
        pass
    yield data
    run_standalone(data, "--reset").communicate(timeout=60)
