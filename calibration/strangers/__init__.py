"""Generators written without a look at takeup's own: plain NumPy, known truth, other conditions.

Each function draws one programme from a seed and returns its rows beside the truth.
"""
