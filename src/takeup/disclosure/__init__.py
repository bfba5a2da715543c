"""What may be shown to whom. Everything shown passes through here."""

from takeup.disclosure.one_table import (
    Audience,
    disclose_adoption,
    disclose_comparison,
    disclose_disagreement,
    disclose_ladder,
    disclose_model_issue,
    disclose_paired,
)

__all__ = [
    "Audience",
    "disclose_adoption",
    "disclose_comparison",
    "disclose_disagreement",
    "disclose_ladder",
    "disclose_model_issue",
    "disclose_paired",
]
