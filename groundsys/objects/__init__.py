"""Product bytes, by key, written once."""

from groundsys.objects.folder import FolderObjectStore

__all__ = ["FolderObjectStore"]
