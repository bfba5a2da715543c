"""How the model does, for the product team: kinds of case, versions, since the start."""
