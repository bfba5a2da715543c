"""Threads that keep their connection: Django gives each request a thread of its own, and a new
connection with it, which costs more than the insert."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

THREADS = 8
_P = ParamSpec("_P")
_T = TypeVar("_T")
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="takeup-record")


async def in_pool(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`work` in a thread of the pool, on that thread's own connection."""
    call = functools.partial(_on_a_sound_connection, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, call)


def _on_a_sound_connection(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()
