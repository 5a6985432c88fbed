"""What a command line or Python asks for -> a plan and what is wanted of it."""
