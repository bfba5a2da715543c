"""Decisions with feedback a second: takeup with its own client, beside MLflow's tracking server and
Phoenix with theirs, each on its default store, on the same machine, one after the other.

    python -m venv peers && peers/bin/pip install mlflow arize-phoenix arize-phoenix-client
    python benchmarks/peers.py --peers peers/bin/python --seconds 15

The peers are no dependencies of takeup; they are installed for this comparison alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from servers import free_port

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients" / "python" / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

_MLFLOW = """
import sys, time, logging
import mlflow
logging.disable(logging.WARNING)
url, seconds = sys.argv[1], float(sys.argv[2])
mlflow.set_tracking_uri(url)
mlflow.set_experiment("decisions")
n, end = 0, time.monotonic() + seconds
start = time.monotonic()
while time.monotonic() < end:
    traces = []
    for _ in range(20):
        with mlflow.start_span(name="recommend") as span:
            span.set_inputs({"case_id": f"c{n}", "segment": "thin"})
            span.set_outputs({"recommendation": "approve", "confidence": 0.81})
        traces.append(span.trace_id)
    mlflow.flush_trace_async_logging()
    for trace in traces:
        mlflow.log_feedback(trace_id=trace, name="choice", value="decline", rationale="info_model_lacks")
    n += len(traces)
print(n / (time.monotonic() - start))
"""
_PHOENIX = """
import sys, time, uuid
from datetime import datetime, timedelta, timezone
from phoenix.client import Client
url, seconds = sys.argv[1], float(sys.argv[2])
client = Client(base_url=url)
n, end = 0, time.monotonic() + seconds
start = time.monotonic()
while time.monotonic() < end:
    now = datetime.now(timezone.utc)
    ids = [(uuid.uuid4().hex, uuid.uuid4().hex[:16]) for _ in range(100)]
    client.spans.log_spans(project_identifier="default", spans=[
        {"name": "recommend", "context": {"trace_id": t, "span_id": s}, "span_kind": "CHAIN",
         "start_time": now.isoformat(), "end_time": (now + timedelta(milliseconds=5)).isoformat(),
         "status_code": "OK", "attributes": {"input.value": "c1", "output.value": "approve"}}
        for t, s in ids])
    client.spans.log_span_annotations(sync=False, span_annotations=[
        {"span_id": s, "name": "choice", "annotator_kind": "HUMAN",
         "result": {"label": "decline", "explanation": "info_model_lacks"}} for _, s in ids])
    n += 100
# Acknowledged is not kept: until the last ones can be read.
last = [s for _, s in ids]
def kept():
    try:
        return len(client.spans.get_span_annotations(span_ids=last, project_identifier="default", limit=1000))
    except Exception:
        return 0
while kept() < 100:
    time.sleep(0.05)
print(n / (time.monotonic() - start))
"""


def main() -> None:
    """Measure, print, and say the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", required=True, help="Python in which the peers are installed")
    parser.add_argument("--seconds", type=float, default=15.0)
    given = parser.parse_args()
    ours, by_client = _takeup(given.seconds)
    print(f"takeup: {ours:,.0f} decisions with feedback a second in batches of 100, "
          f"{by_client:,.0f} as three events each through its client")  # fmt: skip
    for name, command, script, ready in (
        ("MLflow", ["-m", "mlflow", "server", "--port", "{port}"], _MLFLOW, "/health"),
        ("Phoenix", ["-m", "phoenix.server.main", "serve"], _PHOENIX, "/healthz"),
    ):
        theirs = _peer(given.peers, command, script, ready, given.seconds)
        print(f"{name}: {theirs:,.1f} a second; takeup {ours / theirs:,.0f} times (bar 50), "
              f"through its client {by_client / theirs:,.0f}")  # fmt: skip


def _takeup(seconds: float) -> tuple[float, float]:
    """By the record API, from four connections; and by the client, until the server has
    acknowledged everything that it took in `seconds`."""
    import record_api

    from takeup_client import Client

    with tempfile.TemporaryDirectory() as folder:
        port, key, process = record_api._takeup(Path(folder) / "takeup")
        try:
            in_batches = record_api._rate(port, key, seconds)
            client = Client(
                f"http://127.0.0.1:{port}", key, "credit", Path(folder) / "spool", mode="assist"
            )
            n, start = 0, time.monotonic()
            while time.monotonic() - start < seconds:
                advice = client.recommend(
                    f"c{n}", "approve", person_id="p", confidence=0.81,
                    covariates={"segment": "thin"},
                )  # fmt: skip
                advice.viewed()
                advice.decided("decline", reason="info_model_lacks")
                n += 1
                # The host works on its cases: it does not outrun its own sender for ever.
                while client.counters.recorded - client.counters.acknowledged > 20_000:
                    time.sleep(0.01)
            client.close(timeout=600)
            assert client.counters.acknowledged == client.counters.recorded == 3 * n
            return in_batches, n / (time.monotonic() - start)
        finally:
            process.terminate()
            process.wait()


def _peer(python: str, command: list[str], script: str, ready: str, seconds: float) -> float:

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "PHOENIX_PORT": str(port), "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_GRPC_PORT": str(free_port()), "PHOENIX_WORKING_DIR": folder,
            "MLFLOW_DISABLE_TELEMETRY": "true", "PHOENIX_TELEMETRY_ENABLED": "false",
        }  # fmt: skip
        server = subprocess.Popen(
            [python, *(part.format(port=port) for part in command)], cwd=folder, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _until(lambda: urllib.request.urlopen(url + ready, timeout=5).status == 200)
            done = subprocess.run(
                [python, "-c", script, url, str(seconds)], cwd=folder, env=environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr[-2000:])
            return float(done.stdout.split()[-1])
        finally:
            os.killpg(server.pid, 9)
            server.wait()


def _until(there: Callable[[], bool]) -> None:
    for _ in range(600):
        try:
            if there():
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
