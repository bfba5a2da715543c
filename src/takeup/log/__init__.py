"""Where decisions live and what computes on them. This release: the embedded engine."""

from takeup.log.engine import (
    Engine,
    adopt,
    engine_of,
    fetch,
    hash_of,
    identifier,
    keep,
    quote,
    stage,
)
from takeup.log.prepared import Prepared

__all__ = [
    "Engine",
    "Prepared",
    "adopt",
    "engine_of",
    "fetch",
    "hash_of",
    "identifier",
    "keep",
    "quote",
    "stage",
]
