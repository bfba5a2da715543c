"""Asks every measure, ranks what they found, says what to do first."""
