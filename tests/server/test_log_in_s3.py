"""A team's deployment keeps its log in an object store: everything the folder can do, it does there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.server.running import Sending, decision, free_port, running, select_nothing

S3 = Path(__file__).resolve().parents[2] / "build" / "s3" / "bin"


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """An S3 in a process of its own with an empty bucket `takeup`; the environment that reaches it."""
    if not (S3 / "moto_server").exists():
        pytest.skip("no S3 on this machine (make build/s3/.made installs one)")
    port = free_port()
    reached = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
    }  # fmt: skip
    make = "import boto3; boto3.client('s3').create_bucket(Bucket='takeup')"
    with subprocess.Popen(
        [S3 / "moto_server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as s3:
        # boto3 asks again, with growing pauses, until the server listens.
        more = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "12"}
        subprocess.run([S3 / "python", "-c", make], env={**reached, **more}, check=True)
        yield reached
        s3.terminate()


def test_what_a_killed_server_acknowledged_is_in_the_bucket_exactly_once(bucket, tmp_path):
    with running("sqlite", tmp_path, begin=False) as (server, _):
        server.environment |= bucket | {"TAKEUP_LOG_URL": "s3://takeup/log"}
        server.start()
        key = server.command("key", "make", "host").stdout.strip()
        with Sending(server, key) as sending:
            while sending.acknowledged < 500:
                select_nothing()
        server.kill()
        server.start()
        server.command("log", "drain")
        verified = server.command("log", "verify", check=False)
        assert verified.returncode == 0, verified.stdout
        log = DeltaTable("s3://takeup/log/decisions", storage_options=bucket)
        ids = log.to_pyarrow_table(columns=["decision_id"])["decision_id"].to_pylist()
        assert len(ids) == len(set(ids)) >= sending.acknowledged
        assert not (server.home / "log").exists()


def test_a_log_in_a_bucket_is_compacted_diagnosed_backed_up_and_restored(bucket, tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path / "old", begin=False) as (server, _):
        server.environment |= bucket | {"TAKEUP_LOG_URL": "s3://takeup/old"}
        server.start()
        key = server.command("key", "make", "host").stdout.strip()
        for first in (0, 100, 200):
            rows = [decision(i) for i in range(first, first + 100)]
            assert server.send("/api/v1/decisions", rows, key)[0] == 200
            server.command("log", "drain")
        again = [decision(0, choice="approve", revision=2)]
        _, answer = server.send("/api/v1/decisions", again, key)
        assert [one["status"] for one in answer["results"]] == ["revised"]
        server.command("log", "drain")
        assert server.command("log", "compact").returncode == 0
        assert server.command("log", "retain").returncode == 0
        told = tmp_path / "log.json"
        server.command("diagnose", "log:", "--json", str(told), "--out", str(tmp_path / "r.html"))
        (diagnosis,) = json.loads(told.read_text())["diagnoses"]
        assert diagnosis["measures"]["adoption"]["counts"] == {"followed": 226, "overridden": 74}
        assert server.command("backup", str(archive)).returncode == 0
    with running("sqlite", tmp_path / "new", begin=False, first_start=True) as (server, _):
        server.environment |= bucket | {"TAKEUP_LOG_URL": "s3://takeup/new"}
        restored = server.command("restore", "--without-secret", str(archive), check=False)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert "every row exactly once" in restored.stdout
        copied = DeltaTable("s3://takeup/new/decisions", storage_options=bucket)
        assert copied.to_pyarrow_table().num_rows >= 300
