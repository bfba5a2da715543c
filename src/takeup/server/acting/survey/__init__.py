"""The pulse survey of reasons: a round for one population, answered by people nobody can tell apart."""
