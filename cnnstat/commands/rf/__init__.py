"""`cnnstat rf`."""
