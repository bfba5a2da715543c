"""The week as managers read it together: population by population, what is due, what was decided."""
