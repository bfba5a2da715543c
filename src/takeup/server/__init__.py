"""The living half: decisions recorded where they are made. Needs `pip install takeup[server]`."""
