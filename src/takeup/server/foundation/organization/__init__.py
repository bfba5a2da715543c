"""People, teams, populations, cohorts and use cases: who was where on which day, who may what."""
