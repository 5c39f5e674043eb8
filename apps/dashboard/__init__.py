"""What everybody sees first: the figures of what they learn, teach and run."""
