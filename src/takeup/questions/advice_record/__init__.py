"""How often advice of a kind was right; shown beside the advice."""

from takeup.questions.advice_record.measure import CERTAINTY_WORDS, certainty_of

__all__ = ["CERTAINTY_WORDS", "certainty_of"]
