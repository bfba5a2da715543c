"""How figures are told and drawn: words, strips, charts, the parts of a card."""
