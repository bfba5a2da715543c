"""How the model does, for whoever works with it: kinds of case, versions, since the start."""
