"""`cnnstat sweep`: many networks at once."""
