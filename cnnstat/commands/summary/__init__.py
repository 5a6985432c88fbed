"""`cnnstat summary`."""
