"""What is written and shown of rows."""
