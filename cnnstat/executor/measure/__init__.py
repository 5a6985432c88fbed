"""What is measured while a network runs: counts, receptive fields, gradients."""
