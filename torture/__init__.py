"""Proof that filing is crash-safe: the real command killed, starved and cut off from power at every step.

`command` runs the program under faults, `corpus` makes what it works on, `judge` says what is wrong afterwards;
`kills`, `power`, `rivals` and `soak` are the four ways it is tormented. Nothing here is part of the product, and the
product has no hook for it.
"""
