"""What comes when, in everybody's own calendar."""
