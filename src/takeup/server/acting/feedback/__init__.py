"""What users report of the advice: flags, topics, the queue, releases, and whether a fix worked."""
