"""What exporters write as several nodes and a person as one layer."""
