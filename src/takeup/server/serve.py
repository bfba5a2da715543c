"""`takeup serve`: everything in one process."""

from __future__ import annotations

import uvicorn

from takeup.server.start import log_of, start


def serve(host: str, port: int) -> None:
    """Answer on `host:port` and drain the inbox until told to stop."""
    settings = start()
    from takeup.server.jobs.drainer import Drainer

    log = log_of(settings)
    with Drainer(log, settings.drain_seconds).running():
        uvicorn.run(
            "takeup.server.asgi:application",
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
        )
