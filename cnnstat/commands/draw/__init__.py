"""`cnnstat draw`."""
