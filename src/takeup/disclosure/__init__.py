"""What may be shown to whom: the rules of group size, rounding, linked tables and days, on figures of any kind."""
