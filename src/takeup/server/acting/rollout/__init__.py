"""Who sees advice, since when and why: modes by cohort, the draw, stops, gates, shadow reports."""
