"""Two ways to write one network: whatever is calculated and measured of the one holds for the other."""
