"""How often a password may be tried: by person and by address, so that nobody locks out an office.

Who signed in from an address before is not held up there by what others do, at that address or
elsewhere; only their own mistakes there count.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache

_HERE, _HERE_SECONDS = 5, 300
"""Mistakes of one person at one address, and for how long they count."""
_PERSON, _PERSON_SECONDS = 50, 3600
"""Mistakes with one person's name, wherever they are made."""
_ADDRESS, _ADDRESS_SECONDS = 100, 300
"""Mistakes at one address, whoever's name they are made with."""
_KNOWN_SECONDS = 30 * 24 * 3600
"""How long it counts that somebody signed in from an address."""


def may_try(name: str, address: str) -> bool:
    """Whether this person may try a password at this address now."""
    if _count("here", name, address) >= _HERE:
        return False
    if cache.get(_key("known", name, address)):
        return True
    return _count("person", name) < _PERSON and _count("address", address) < _ADDRESS


def failed(name: str, address: str) -> None:
    """A password was wrong."""
    _add(_HERE_SECONDS, "here", name, address)
    _add(_PERSON_SECONDS, "person", name)
    _add(_ADDRESS_SECONDS, "address", address)


def succeeded(name: str, address: str) -> None:
    """A password was right: earlier mistakes of this person here are forgotten."""
    cache.delete(_key("here", name, address))
    cache.set(_key("known", name, address), True, _KNOWN_SECONDS)


def _count(*what: str) -> int:
    found: int = cache.get(_key(*what), 0)
    return found


def _add(seconds: int, *what: str) -> None:
    """One more; the time runs from the first."""
    key = _key(*what)
    cache.add(key, 0, seconds)
    try:
        cache.incr(key)
    except ValueError:
        # It ended in between.
        cache.set(key, 1, seconds)


def _key(*what: str) -> str:
    return (
        "sign-in:" + hashlib.blake2b("\x1f".join(what).lower().encode(), digest_size=16).hexdigest()
    )
