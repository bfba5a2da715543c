"""One release: which counts may be shown, so that nothing about few people follows from all that are.

`cells` lists what is counted, of whom, and how the counts add up; `suppress` decides which stay hidden and
keeps for each a table that has the same shown counts and another hidden one; `adoption` applies it.
"""
