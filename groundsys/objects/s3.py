"""Objects in an S3-compatible store, by obstore, its only importer.

Credentials come from the environment, as every S3 client's do (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION).  An object is created with
`If-None-Match: *`: the store must refuse a key that is taken, or other bytes could replace a
product's.
"""

from __future__ import annotations

import filecmp
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from groundsys.customers.spaces import is_safe_path
from groundsys.objects.bucket import KeyTakenError, cut_off, taken, unsafe_key
from groundsys.values.errors import DefinitionError, EnvironmentLackError
from groundsys.values.hosts import is_loopback_host

if TYPE_CHECKING:
    from obstore.store import S3Config

#: never a customer's: it holds no '/'
_PROBE = "groundsys-put-once"
_SETTINGS = {"endpoint", "region"}
#: of a list in the order of names, whose first is wanted
_NAMES_AT_ONCE = 50


class S3Bucket:
    """Objects below one prefix of one bucket."""

    is_local = False

    def __init__(self, url: str) -> None:
        """`s3://BUCKET/PREFIX?endpoint=URL&region=NAME`, both settings optional."""
        self._url = url.partition("?")[0]
        parts = urlsplit(url)
        settings = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        prefix = parts.path.strip("/")
        safe = not prefix or is_safe_path(prefix)
        if parts.scheme != "s3" or not parts.netloc or not safe or settings.keys() - _SETTINGS:
            raise DefinitionError(
                "this is no store of objects",
                expected="s3://BUCKET/PREFIX?endpoint=URL&region=NAME, with safe names",
                found=url,
            )
        config: S3Config = {"virtual_hosted_style_request": False}
        if "endpoint" in settings:
            config["endpoint"] = settings["endpoint"]
        if "region" in settings:
            config["region"] = settings["region"]
        in_clear = _may_be_in_clear(settings.get("endpoint"))
        self._store = S3Store(
            parts.netloc,
            prefix=prefix or None,
            config=config,
            client_options={"allow_http": in_clear},
        )

    def check(self) -> None:
        """Raise `EnvironmentLackError` unless it can be written and refuses what is taken."""
        for _ in range(2):
            try:
                self.put(_PROBE, secrets.token_bytes(16))
            except KeyTakenError:
                return
        raise EnvironmentLackError(
            f"the store of objects {self._url} lets a product be overwritten",
            expected="that it refuses a PUT with `If-None-Match: *` for a key that is taken",
            found="two different objects taken under one key",
            remedy="choose a store that keeps S3's conditional writes",
        )

    def put(self, key: str, content: bytes) -> None:
        """Create the object; see `Bucket`."""
        if not is_safe_path(key):
            raise unsafe_key(key)
        try:
            obstore.put(self._store, key, content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            if not self._is(key, content):
                raise taken(key) from error
        except BaseError as error:
            raise self._trouble(error) from error

    def size(self, key: str) -> int | None:
        """The object's length in octets, or None if there is none."""
        if not is_safe_path(key):
            return None
        try:
            return int(obstore.head(self._store, key)["size"])
        except (NotFoundError, FileNotFoundError):
            return None
        except BaseError as error:
            raise self._trouble(error) from error

    def read(self, key: str, start: int, end: int) -> bytes:
        """Its octets from `start` up to `end`; `ProductError` if they are not all there."""
        if not is_safe_path(key):
            raise cut_off(key, start, end)
        try:
            octets = bytes(obstore.get_range(self._store, key, start=start, end=end))
        except (NotFoundError, FileNotFoundError) as error:
            raise cut_off(key, start, end) from error
        except BaseError as error:
            raise self._trouble(error) from error
        if len(octets) != end - start:
            raise cut_off(key, start, end)
        return octets

    def first_behind(self, folder: str, name: str) -> str | None:
        """The first name in the order of names, of objects in a folder, behind `name`."""
        if not is_safe_path(folder):
            return None
        try:
            listed = obstore.list(
                self._store, folder, offset=f"{folder}/{name}", chunk_size=_NAMES_AT_ONCE
            )
            some = next(iter(listed), ())
        except BaseError as error:
            raise self._trouble(error) from error
        return min((str(one["path"]).rpartition("/")[2] for one in some), default=None)

    def remove(self, key: str) -> None:
        """Take an object away, durably; what is not there is harmless."""
        if not is_safe_path(key):
            return
        try:
            obstore.delete(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return
        except BaseError as error:
            raise self._trouble(error) from error

    def sign(self, key: str, lifetime: timedelta) -> str | None:
        """A presigned URL for GET."""
        return str(obstore.sign(self._store, "GET", key, lifetime)) if is_safe_path(key) else None

    def _is(self, key: str, source: Path | bytes) -> bool:
        with tempfile.NamedTemporaryFile(prefix="comparing-") as stored:
            for block in obstore.get(self._store, key):
                stored.write(bytes(block))
            stored.flush()
            if isinstance(source, bytes):
                return Path(stored.name).read_bytes() == source
            return filecmp.cmp(stored.name, source, shallow=False)

    def _trouble(self, error: Exception) -> EnvironmentLackError:
        return EnvironmentLackError(
            f"the store of objects {self._url} cannot be used",
            found=type(error).__name__,  # its text may hold a signed URL
            remedy="look at its address, the bucket, and the credentials in the environment",
        )


def _may_be_in_clear(endpoint: str | None) -> bool:
    if endpoint is None or urlsplit(endpoint).scheme != "http":
        return False
    if not is_loopback_host(urlsplit(endpoint).hostname or ""):
        raise DefinitionError(
            "a store of objects is not spoken to in clear off this machine",
            expected="an endpoint that begins with https://",
            found=endpoint,
        )
    return True
