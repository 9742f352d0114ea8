"""What is told of a verdict: one flight's, or that of several legs."""
