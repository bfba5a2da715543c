"""What may be shown to whom. Everything shown passes through here."""

from takeup.disclosure.by_population import (
    disclose_benchmark,
    disclose_blind_spots,
    disclose_clusters,
    disclose_ledger,
    disclose_not_consulted,
    disclose_people,
    disclose_pilot,
    disclose_resistance,
    disclose_signals,
    disclose_value,
)
from takeup.disclosure.one_table import (
    Audience,
    coarse,
    disclose_adoption,
    disclose_comparison,
    disclose_disagreement,
    disclose_ladder,
    disclose_model_issue,
    disclose_paired,
    few,
    rounded_throughout,
)

__all__ = [
    "Audience",
    "coarse",
    "disclose_adoption",
    "disclose_benchmark",
    "disclose_blind_spots",
    "disclose_clusters",
    "disclose_comparison",
    "disclose_disagreement",
    "disclose_ladder",
    "disclose_ledger",
    "disclose_model_issue",
    "disclose_not_consulted",
    "disclose_paired",
    "disclose_people",
    "disclose_pilot",
    "disclose_resistance",
    "disclose_signals",
    "disclose_value",
    "few",
    "rounded_throughout",
]
