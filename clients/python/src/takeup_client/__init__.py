"""Record AI-assisted decisions where they are made."""

from takeup_client._version import __version__
from takeup_client.aio import AsyncClient, AsyncRecommendation
from takeup_client.client import Client, Recommendation
from takeup_client.sender import Counters

__all__ = [
    "AsyncClient", "AsyncRecommendation", "Client", "Counters", "Recommendation", "__version__",
]  # fmt: skip
