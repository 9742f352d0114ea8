"""Commands, schedules and files on their way up, from draft to settled."""
