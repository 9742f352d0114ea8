"""What can be told of a scenario before it flies."""
