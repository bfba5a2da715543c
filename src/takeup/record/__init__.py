"""What a decision is: columns, words, validation, mapping. Imports nothing of takeup."""
