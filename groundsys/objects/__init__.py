"""Product bytes, by key, written once: sealed with their customer's key, in a folder or in S3."""

from groundsys.objects.bucket import Bucket, KeyTakenError
from groundsys.objects.folder import FolderObjectStore
from groundsys.objects.keyring import DestroyedKeyError, Keyring
from groundsys.objects.sealed import SealedObject, SealedObjectStore, look

__all__ = [
    "Bucket",
    "DestroyedKeyError",
    "FolderObjectStore",
    "KeyTakenError",
    "Keyring",
    "SealedObject",
    "SealedObjectStore",
    "look",
]
