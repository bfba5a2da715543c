"""Programmes of people and models whose truth is known: for teaching and for tests."""

from takeup.simulate.bank import simulate_bank
from takeup.simulate.programme import Programme, write_programme
from takeup.simulate.recorded import simulate_recorded

SCENARIOS = {"bank": simulate_bank, "recorded": simulate_recorded}

__all__ = ["SCENARIOS", "Programme", "simulate_bank", "simulate_recorded", "write_programme"]
