"""The bucket that a setting names: a folder by default, any S3-compatible store by its URL."""

from __future__ import annotations

from pathlib import Path

from groundsys.objects.bucket import Bucket
from groundsys.objects.folder import FolderObjectStore


def open_bucket(url: str | None, folder: Path) -> Bucket:
    """`s3://…`, or `folder` without a URL."""
    if not url:
        return FolderObjectStore(folder)
    from groundsys.objects.s3 import S3Bucket

    return S3Bucket(url)
