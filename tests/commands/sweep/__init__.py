"""`cnnstat sizes`."""
