"""What is done for people: declared before it starts, delivered step by step, judged on its day."""
