"""`takeup serve`: everything in one process."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from takeup.record.errors import InputError
from takeup.server.deployment.connect import log_of
from takeup.server.deployment.log_lines import with_warnings
from takeup.server.running.start import start

_MOST_CONNECTIONS = 1_000
"""Connections at once; who comes beyond them is told to come again."""


def serve(
    host: str,
    port: int,
    sample: bool = False,
    upgrade: bool = False,
    step: Callable[[str], None] = lambda _: None,
    ready: Callable[[list[str]], None] = lambda _: None,
) -> None:
    """Answer on `host:port`, drain the inbox and do the nightly work until told to stop.

    `step` hears what is being set up; `ready` what to tell whoever started it. Raises InputError where the
    home is of an earlier version, but for `upgrade`: what is changed then has no way back but a backup.
    """
    settings = start(upgrade=upgrade)
    with_warnings()
    listening = _listen(host, port)
    from takeup.server.running.first_run import prepare_administrator, prepare_oversight
    from takeup.server.running.jobs.work import working

    log = log_of(settings)
    told = prepare_oversight(settings)
    if sample:
        from takeup.server.running.sample import fill

        sign_ins = fill(settings, log, step)
        widths = [max((len(one[i]) for one in sign_ins), default=0) for i in (0, 1)]
        told += [
            "A simulated bank; sign in as",
            *(
                f"  {role:<{widths[0]}}  {address:<{widths[1]}}  {password}"
                for role, address, password in sign_ins
            ),
        ]
    told += prepare_administrator(settings)
    told.append(f"takeup answers on {settings.public_url} (stop with Ctrl-C)")
    # uvicorn raises the signal again when it has ended: the worker is to be told before this
    # process goes.
    signal.signal(signal.SIGTERM, _end)
    with working():
        ready(told)
        config = uvicorn.Config(
            "takeup.server.running.asgi:application",
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            http="takeup.server.deployment.limits:Protocol",
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=10,
            h11_max_incomplete_event_size=64 * 1024,
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            # What was frozen (`asgi`) is cleared away with the rest, or DuckDB lists it as leaked.
            gc.unfreeze()


def _listen(host: str, port: int) -> socket.socket:
    """The port, taken before anybody is told that it answers. Raises InputError where it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio answers without delay only on sockets that name their protocol.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(2_048)
    except OSError as error:
        found.close()
        raise InputError(
            f"cannot answer on {host}:{port}: {(error.strerror or str(error)).lower()}. Stop what uses it, or "
            "choose another with --port"
        ) from None
    return found


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
