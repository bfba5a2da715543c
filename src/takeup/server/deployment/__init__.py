"""What a server stands on: its settings, locks, seals, health, and how a capability declares itself."""
