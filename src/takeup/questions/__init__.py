"""What can be asked of decisions: one folder per question (question.py says what is in it)."""
