"""`cnnstat sweep`."""
