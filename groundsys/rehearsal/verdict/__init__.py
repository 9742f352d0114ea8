"""Whether each criterion holds, by store, archive, delivered folders and the truth."""
