"""`cnnstat diff`."""
