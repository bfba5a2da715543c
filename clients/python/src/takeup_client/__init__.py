"""Record AI-assisted decisions where they are made."""

from takeup_client.client import Client, Recommendation
from takeup_client.sender import Counters

__all__ = ["Client", "Counters", "Recommendation"]
