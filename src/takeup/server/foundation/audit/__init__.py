"""Who changed or looked at what: append-only, hash-chained."""
