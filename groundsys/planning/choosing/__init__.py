"""What is chosen of the contacts that could be: greedy first, then by constraint programming."""
