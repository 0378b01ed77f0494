import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a `virga serve` of these tests."""
    folder = tmp_path_factory.mktemp("serve")
    with (folder / "log").open("w") as log:
        command: list[str | Path] = [ROOT / "apps" / "cli" / "bin" / "virga", "serve", "--listen", "127.0.0.1:0", "--home", folder / "home"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | {"VIRGA_POLL_MS": "500"})
        try:
            assert process.stdout is not None
            line = process.stdout.readline()  # ends with the process where it does not start
            assert "listening on" in line, (folder / "log").read_text()
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
