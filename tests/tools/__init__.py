"""Tools about the tests, run by hand: where their time goes, whether they catch planted faults."""
