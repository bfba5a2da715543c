"""Where decisions live and what computes on them. This release: the embedded engine."""

from takeup.log.engine import Engine, adopt, fetch, keep, quote

__all__ = ["Engine", "adopt", "fetch", "keep", "quote"]
