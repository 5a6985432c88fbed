"""`cnnstat explain`."""
