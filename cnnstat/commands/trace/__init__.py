"""`cnnstat trace`."""
