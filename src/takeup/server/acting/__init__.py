"""What is done about adoption: rollout, feedback, signals."""
