"""The review of the first thirty days of use: twelve parts from what is recorded, comments, signed decisions."""
