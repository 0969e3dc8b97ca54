"""Where a daemon listens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Endpoints:
    """The daemon's sockets; the defaults are those of `osier serve` on this machine."""

    samples: str = "tcp://127.0.0.1:5701"
    learn: str = "tcp://127.0.0.1:5702"
    predict: str = "tcp://127.0.0.1:5703"
    status: str = "tcp://127.0.0.1:5704"
    control: str = "tcp://127.0.0.1:5705"

    @classmethod
    def on(cls, host: str, first_port: int = 5701) -> Endpoints:
        """Five ports in a row on another machine."""
        name = f"[{host}]" if ":" in host else host
        return cls(*(f"tcp://{name}:{first_port + offset}" for offset in range(5)))

    @classmethod
    def from_port_file(cls, path: str | Path) -> Endpoints:
        """What `osier serve --port-file PATH` wrote; a socket that is switched off is left empty."""
        ports = json.loads(Path(path).read_text(encoding="utf-8"))
        names = ("samples", "learn", "predict", "status", "control")
        return cls(**{name: (ports.get(name) or [""])[0] for name in names})
