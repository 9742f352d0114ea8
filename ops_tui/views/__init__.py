"""Pure view models: a picture goes in, rows of text and tone come out; no terminal needed."""
