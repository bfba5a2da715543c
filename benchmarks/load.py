"""What a heavy batch costs everybody else: how long `/health` takes and how much memory the server needs
while batches of 4 MB come, of lines that are no JSON and of 1,000 long rows.

    python benchmarks/load.py --seconds 8
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
from pathlib import Path

from record_api import _takeup

BODIES = {
    "lines that are no JSON": b"x\n" * (2 * 1024 * 1024),
    "one line that is no JSON": b"x" * (4 * 1024 * 1024),
    "1,000 rows of 4 kB": b"\n".join(
        json.dumps(
            {
                "decision_id": f"long-{i}", "use_case": "credit", "case_id": f"c{i}", "mode": "assist",
                "decided_at": "2026-11-03T09:12:04Z", "recommendation": "approve", "choice": "decline",
                "x_note": "word " * 390, "x_more": "more " * 390,
            }
        ).encode()
        for i in range(1_000)
    ),
}  # fmt: skip


def main() -> None:
    """Measure each body, one after the other, on one server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port, key, process = _takeup(Path(folder) / "takeup")
        try:
            _send(port, key, b'[{"decision_id": "warm"}]', "application/json")
            before = _memory(process.pid)
            for name, body in BODIES.items():
                waits, sent, most = _during(port, key, body, given.seconds, process.pid)
                waits.sort()
                print(
                    f"{name}: {sent} sent; /health p50 {1e3 * waits[len(waits) // 2]:.1f} ms, "
                    f"p99 {1e3 * waits[int(0.99 * len(waits))]:.1f} ms, most {1e3 * waits[-1]:.1f} ms of "
                    f"{len(waits)}; memory {most - before:+.0f} MB"
                )
        finally:
            process.terminate()
            process.wait()


def _during(
    port: int, key: str, body: bytes, seconds: float, pid: int
) -> tuple[list[float], int, float]:
    """Seconds of each `/health` while one sender sends `body`, how often it was sent, and the most
    memory (MB)."""
    end, sent, most = time.monotonic() + seconds, [0], [0.0]

    def send() -> None:
        while time.monotonic() < end:
            _send(port, key, body, "application/x-ndjson")
            sent[0] += 1

    sender = threading.Thread(target=send)
    sender.start()
    waits = []
    while sender.is_alive():
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/health")
        connection.getresponse().read()
        connection.close()
        waits.append(time.perf_counter() - start)
        most[0] = max(most[0], _memory(pid))
        time.sleep(0.005)
    sender.join()
    return waits, sent[0], most[0]


def _send(port: int, key: str, body: bytes, kind: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(
        "POST", "/api/v1/decisions", body, {"Authorization": f"Bearer {key}", "Content-Type": kind}
    )
    connection.getresponse().read()
    connection.close()


def _memory(pid: int) -> float:
    """Resident memory, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
