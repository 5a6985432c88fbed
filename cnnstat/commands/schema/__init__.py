"""`cnnstat schema`."""
