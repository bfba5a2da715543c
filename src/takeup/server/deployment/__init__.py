"""What a server stands on: its settings, start, locks, sealed files, and how a capability declares itself."""
