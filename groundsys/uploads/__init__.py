"""Files that go up to a craft: decisions only.  See `transfer` for how pieces go and come home."""
