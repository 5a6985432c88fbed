"""Processes and clusters that work out rows, and their order."""
