"""Whether a customer's folder is as the ground segment made it, to the last bit.

A manifest is signed (Ed25519), and names every file of its set with SHA-256 and the manifest of the
version before.  So the folder is whole if each manifest's signature is the key's, each file is
what a manifest says, and there is no file that none speaks of.  What nothing in a folder can tell
is that a whole set, its manifest included, was never there or has been taken away: `fetch` does.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundsys.client.reporting import Progress, Silence
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.customers import is_safe_name
from groundsys.signing import is_signed, key_id, parse_public_key, public_pem
from groundsys.values.errors import EnvironmentLackError

MANIFEST, SIGNATURE = ".manifest.json", ".manifest.sig"
_BLOCK = 1 << 20
_FETCH_AGAIN = "fetch again: it is brought home anew"

Kind = Literal["changed", "missing", "unsigned", "unvouched", "unreadable"]


@dataclass(frozen=True, slots=True)
class VerificationFinding:
    """Something wrong with one file; `path` is relative to the folder."""

    path: str
    kind: Kind
    message: str
    remedy: str
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        parts = [f"{self.path}: {self.message}"]
        parts += [f"expected: {self.expected}"] if self.expected else []
        parts += [f"found: {self.found}"] if self.found else []
        return "\n  ".join([*parts, f"remedy: {self.remedy}"])


@dataclass(frozen=True, slots=True)
class FolderVerification:
    """What was checked by which key, and everything that is wrong."""

    key_id: str
    manifests: int
    files: int
    octets: int
    findings: tuple[VerificationFinding, ...]
    #: products that manifests speak of and that need not be here, as only a part was fetched
    absent: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings


def verify_folder(
    folder: Path,
    key: Path | None = None,
    progress: Progress | None = None,
    *,
    partial: bool = False,
) -> FolderVerification:
    """Verify every file in and below `folder`; nothing is changed.

    With `partial`, what manifests speak of need not all be here: only a part was fetched.
    `key` is the ground segment's public key (PEM), by default the one that `fetch` has kept there
    or in the folder above.  `EnvironmentLackError` if there is no folder or no key.
    """
    if not folder.is_dir():
        raise EnvironmentLackError(
            f"there is no folder {folder}",
            expected="the folder that products were fetched into",
            remedy="name it as in `groundsys fetch --into`",
        )
    path = key or next(
        (one for one in (folder / SIGNING_KEY, folder.absolute().parent / SIGNING_KEY)
         if one.is_file()), None,
    )  # fmt: skip
    if path is None:
        raise EnvironmentLackError(
            f"no key to verify {folder} by",
            expected=f"a file {SIGNING_KEY} there, as `groundsys fetch` keeps it",
            remedy="name the ground segment's public key with --key; "
            "the portal shows it at /api/v1/signing-key",
        )
    try:
        pem = path.read_bytes()
        public = parse_public_key(pem)
    except (OSError, ValueError) as error:
        if key is not None:
            raise EnvironmentLackError(
                f"the key {key} cannot be read", expected="an Ed25519 key, PEM", found=str(error)
            ) from error
        found = VerificationFinding(
            *(path.name, "unreadable", "the key cannot be read, so nothing could be verified"),
            *("name a copy of it with --key, or ask the operators for it", "PEM", str(error)),
        )
        return FolderVerification("", 0, 0, 0, (found,))
    return _Verifier(folder, public, progress or Silence(), partial).run()


@dataclass(frozen=True, slots=True)
class _Manifest:
    """A manifest as it lies there; `content` is None if it cannot be read as one."""

    path: str
    sha256: str
    content: Mapping[str, Any] | None
    signed: bool


@dataclass(slots=True)
class _Verifier:
    folder: Path
    key: Ed25519PublicKey
    progress: Progress
    partial: bool
    octets: int = 0
    files: int = 0
    absent: set[str] = field(default_factory=set)
    findings: list[VerificationFinding] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict)

    def run(self) -> FolderVerification:
        there = dict(self._walk())
        self.progress.begin(len(there), sum(there.values()))
        manifests = [self._manifest(path, there) for path in there if path.endswith(MANIFEST)]
        vouched: set[str] = set()
        for manifest in manifests:
            vouched |= {manifest.path, _signature_of(manifest.path)}
            if manifest.signed:
                vouched |= self._check_files(manifest, there)
        doubtful = set[str]()
        for manifest in manifests:
            if not manifest.signed:
                doubtful |= self._blame(manifest, there, vouched)
        self._check_versions(manifests)
        self._check_key(there)
        for path in there:
            if path not in vouched | doubtful | {SIGNING_KEY}:
                self._tell_unvouched(path)
        if not manifests:
            self._find(
                ".", "missing", "there is no manifest here: nothing can be verified",
                "name the folder that `groundsys fetch` has filled",
            )  # fmt: skip
        elif not any(manifest.signed for manifest in manifests):
            self._find(
                SIGNING_KEY, "changed",
                "it has signed none of these manifests: the key may not be the right one",
                "ask the operators, by another way than the portal, for the key's name",
                found=f"key {key_id(self.key)}",
            )  # fmt: skip
        return FolderVerification(
            key_id=key_id(self.key),
            manifests=len(manifests),
            files=self.files,
            octets=self.octets,
            findings=tuple(sorted(self.findings, key=lambda one: (one.path, one.kind))),
            absent=len(self.absent),
        )

    def _walk(self) -> Iterator[tuple[str, int]]:
        """Each file below the folder, in order, and its size."""
        for root, folders, names in os.walk(self.folder, onerror=self._tell_unreadable):
            folders.sort()
            for name in sorted(names):
                path = Path(root, name)
                relative = path.relative_to(self.folder).as_posix()
                try:
                    yield relative, path.stat().st_size
                except OSError as error:
                    self._tell_unreadable(error)

    def _manifest(self, path: str, there: Mapping[str, int]) -> _Manifest:
        octets = self._read(path)
        signature_path = _signature_of(path)
        try:
            content = json.loads(octets)
            content = content if isinstance(content, dict) else None
        except ValueError:
            content = None
        digest = hashlib.sha256(octets).hexdigest()
        if signature_path not in there:
            self._find(
                path, "unsigned", "its signature is not here, so it proves nothing",
                f"fetch again: it brings {signature_path} home", f"a file {signature_path}",
            )  # fmt: skip
            return _Manifest(path, digest, content, signed=False)
        signed = is_signed(octets, self._read(signature_path), self.key)
        return _Manifest(path, digest, content, signed and content is not None)

    def _check_files(self, manifest: _Manifest, there: Mapping[str, int]) -> set[str]:
        """Compare the files of a signed manifest with it; their paths."""
        named: set[str] = set()
        for name, size, sha256 in _listed(manifest):
            path = _beside(manifest.path, name)
            if path not in there and self.partial:
                self.absent.add(path)
                continue
            if path not in there:
                self._find(
                    path, "missing", f"{manifest.path} speaks of it, but it is not here",
                    "fetch again: it brings home what is not there", f"{size} octets",
                )  # fmt: skip
                continue
            named.add(path)
            found = self._sha256(path)
            if found != sha256:
                self._find(
                    path, "changed", f"it is not the file that {manifest.path} was signed for",
                    _FETCH_AGAIN, f"{size} octets, SHA-256 {sha256}",
                    f"{there[path]} octets, SHA-256 {found}",
                )  # fmt: skip
        return named

    def _blame(self, manifest: _Manifest, there: Mapping[str, int], vouched: set[str]) -> set[str]:
        """Tell of a manifest without a valid signature; the files that rest on it alone."""
        resting = {_beside(manifest.path, name) for name, _, _ in _listed(manifest)}
        resting = (resting & there.keys()) - vouched
        if _signature_of(manifest.path) in there:
            self._find(
                manifest.path, "changed",
                "the signature beside it is not the key's over it: one of the two was changed"
                + (f"; {len(resting)} files rest on it alone" if resting else ""),
                "fetch again: whichever it is, it is brought home anew",
                f"a signature by key {key_id(self.key)}",
            )  # fmt: skip
        return resting

    def _check_versions(self, manifests: list[_Manifest]) -> None:
        """Each later version names the manifest before it; that one has to be here."""
        if self.partial:
            return
        there = {manifest.sha256 for manifest in manifests}
        blamed = {_file_of(one) for one in manifests if not one.signed}
        for one in manifests:
            before = (one.content or {}).get("previous_manifest_sha256")
            if one.signed and before and before not in there and _file_of(one) not in blamed:
                self._find(
                    one.path, "missing",
                    "the version before it, whose manifest it names, is not here",
                    "fetch again: old versions stay in your space",
                    f"a manifest of SHA-256 {before}",
                )  # fmt: skip

    def _check_key(self, there: Mapping[str, int]) -> None:
        """The key kept in the folder is this key, octet by octet."""
        if SIGNING_KEY in there and self._read(SIGNING_KEY) != public_pem(self.key):
            self._find(
                SIGNING_KEY, "changed", "it is not the key that was verified by, octet by octet",
                "move it away and fetch again; compare the key's name with the operators'",
                f"key {key_id(self.key)}",
            )  # fmt: skip

    def _tell_unvouched(self, path: str) -> None:
        if path.endswith(SIGNATURE):
            self._find(
                path, "missing", "the manifest that it signs is not here",
                "fetch again: it brings home what is not there",
                f"a file {path.removesuffix(SIGNATURE)}{MANIFEST}",
            )  # fmt: skip
        elif path.endswith(".part"):
            self._find(
                path, "unvouched", "a product that is not home yet",
                "fetch again: it goes on where it stopped",
            )  # fmt: skip
        else:
            self._find(
                path, "unvouched", "no signed manifest here speaks of it",
                "if it is yours, keep it elsewhere; if it came with the products, fetch again",
            )  # fmt: skip

    def _tell_unreadable(self, error: OSError) -> None:
        path = Path(error.filename or self.folder)
        inside = path.is_relative_to(self.folder)
        self._find(
            path.relative_to(self.folder).as_posix() if inside else str(path),
            "unreadable", "it cannot be read", "see to its permissions and to the disk",
            found=error.strerror or str(error),
        )  # fmt: skip

    def _read(self, path: str) -> bytes:
        try:
            octets = (self.folder / path).read_bytes()
        except OSError as error:
            self._tell_unreadable(error)
            return b""
        self._count(path, len(octets))
        return octets

    def _sha256(self, path: str) -> str:
        """Of a file, read once however many manifests speak of it; "" if it cannot be read."""
        if path not in self._hashes:
            digest = hashlib.sha256()
            size = 0
            try:
                with (self.folder / path).open("rb") as stream:
                    self.progress.product(path)
                    while block := stream.read(_BLOCK):
                        digest.update(block)
                        size += len(block)
                        self.progress.received(len(block))
            except OSError as error:
                self._tell_unreadable(error)
                return ""
            self.files += 1
            self.octets += size
            self._hashes[path] = digest.hexdigest()
        return self._hashes[path]

    def _count(self, path: str, octets: int) -> None:
        self.progress.product(path)
        self.progress.received(octets)
        self.files += 1
        self.octets += octets

    def _find(
        self, path: str, kind: Kind, message: str, remedy: str, expected: str = "", found: str = ""
    ) -> None:
        self.findings.append(VerificationFinding(path, kind, message, remedy, expected, found))


def _listed(manifest: _Manifest) -> Iterator[tuple[str, int, str]]:
    """Name, size and SHA-256 of each file that a manifest speaks of, signed or not."""
    files = (manifest.content or {}).get("files")
    for entry in files if isinstance(files, list) else ():
        try:
            name, size, sha256 = str(entry["name"]), int(entry["size"]), str(entry["sha256"])
        except (KeyError, TypeError, ValueError):
            continue
        if is_safe_name(name):
            yield name, size, sha256


def _file_of(manifest: _Manifest) -> tuple[str, str]:
    """The payload file, packets' day or message that a manifest is of, as far as it can be read."""
    content = manifest.content or {}
    of = content.get("payload_file") or content.get("packet_day") or content.get("message")
    return (str(Path(manifest.path).parent), str(of))


def _signature_of(path: str) -> str:
    return f"{path.removesuffix(MANIFEST)}{SIGNATURE}"


def _beside(path: str, name: str) -> str:
    return (Path(path).parent / name).as_posix()
