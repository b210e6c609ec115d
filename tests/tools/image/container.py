"""The image as a container engine would run it with everything taken away: by runc, from the image's own settings."""

import json
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

NAME = "three-circles-image-proof"
DATA = "/data"


class Container:
    """Read-only root, no capability, no new privileges; `data` is the one folder that can be written."""

    def __init__(self, folder: Path, root: Path, image: dict[str, Any], data: Path) -> None:
        self._bundle, self._state = folder / "bundle", folder / "runc"
        self._bundle.mkdir(parents=True)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port: int = taken.getsockname()[1]
        subprocess.run(["runc", "spec"], cwd=self._bundle, check=True)
        spec = json.loads((self._bundle / "config.json").read_text())
        spec["root"] = {"path": str(root), "readonly": True}
        spec["linux"]["namespaces"] = [kind for kind in spec["linux"]["namespaces"] if kind["type"] != "network"]
        spec["mounts"].append({"destination": DATA, "type": "bind", "source": str(data), "options": ["bind", "rw"]})
        user = int(image["User"])
        spec["process"] |= {
            "terminal": False,
            "user": {"uid": user, "gid": user},
            "args": [*image["Entrypoint"], *image["Cmd"][:-1], str(self.port)],
            "env": image["Env"],
            "cwd": image["WorkingDir"],
            "noNewPrivileges": True,
            "capabilities": {kind: [] for kind in spec["process"]["capabilities"]},
        }
        (self._bundle / "config.json").write_text(json.dumps(spec))

    def __enter__(self) -> "Container":
        self.started = time.monotonic()
        command = ["runc", "--root", str(self._state), "run", NAME]
        self.process = subprocess.Popen(command, cwd=self._bundle, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Stop with" in line:
                return self
        raise AssertionError(f"the container ended with {self.process.wait()} before it served")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            subprocess.run(["runc", "--root", self._state, "kill", NAME, "KILL"], check=False)
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command inside."""
        arguments = ["runc", "--root", str(self._state), "exec", NAME, *command]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    def terminate(self) -> tuple[int, float]:
        """Sends SIGTERM; its exit code, and the seconds until it had ended."""
        sent = time.monotonic()
        subprocess.run(["runc", "--root", self._state, "kill", NAME, "TERM"], check=True)
        code = self.process.wait(10)
        return code, time.monotonic() - sent
