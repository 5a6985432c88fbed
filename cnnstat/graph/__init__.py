"""Spec -> Graph: blocks and repeats unfolded, layers named and wired."""
