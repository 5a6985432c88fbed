"""`cnnstat report`."""
