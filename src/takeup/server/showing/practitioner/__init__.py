"""What is for one person alone: my decisions, my calibration, my level."""
