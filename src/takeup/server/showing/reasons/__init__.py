"""Why people do not rely on the advice, population by population: the same words for those who lead and those it is about."""
