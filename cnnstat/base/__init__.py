"""What everything stands on: errors, limits, arithmetic, and the table of figures."""
