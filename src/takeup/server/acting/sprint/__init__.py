"""The ninety days: milestones that check themselves, what they wait for, and three gates."""
