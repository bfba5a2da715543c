"""What the log says of a use case, from its daily snapshots."""
