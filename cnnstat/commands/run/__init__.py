"""`cnnstat run`."""
