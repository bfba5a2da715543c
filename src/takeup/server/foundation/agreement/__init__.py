"""Works-council mode: what is measured is what was agreed, as long as it was agreed."""
