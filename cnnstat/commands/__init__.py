"""One folder for each command: what it computes, its report, and `command.py`, its click command."""
