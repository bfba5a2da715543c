"""How often advice of a kind was right; shown beside the advice."""
