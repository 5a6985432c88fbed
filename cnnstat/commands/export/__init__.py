"""`cnnstat export`."""
