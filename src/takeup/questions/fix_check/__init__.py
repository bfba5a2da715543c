"""Whether a mended model issue is gone."""
