"""What several questions lean on."""
