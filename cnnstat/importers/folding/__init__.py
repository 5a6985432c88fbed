"""Folding: equal modules of a model become one block, rows of them repeats, and what differs a parameter."""
