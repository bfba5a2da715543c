"""The eight conditions: what is recorded and attested of them, how they stood, and readiness before go-live."""
