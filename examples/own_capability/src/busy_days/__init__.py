"""On which weekdays most cases are decided."""
