"""`verify` finds whatever was changed in a folder, says which file it is, and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.client import verify_folder
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.signing import key_id, public_pem
from groundsys.values.errors import EnvironmentLackError
from tests.client.product_folder import make_folder

KEY = Ed25519PrivateKey.generate()
README = Path(__file__).parents[2] / "README.md"
WEATHER, SEISMO = "cube-polar/weather-1", "cube-tharsis/seismometer-1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never changed for longer than a `with`."""
    folder = tmp_path_factory.mktemp("home")
    make_folder(folder, KEY)
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


def files_of(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@contextmanager
def flipped(path: Path, bit: int) -> Iterator[None]:
    """The file with one bit the other way round; afterwards as it was."""
    before = path.read_bytes()
    spoilt = bytearray(before)
    spoilt[bit // 8] ^= 1 << bit % 8
    path.write_bytes(spoilt)
    try:
        yield
    finally:
        path.write_bytes(before)


def found(folder: Path, key: Path | None = None) -> set[tuple[str, str]]:
    return {(one.path, one.kind) for one in verify_folder(folder, key).findings}


def test_a_folder_as_it_was_fetched_verifies(made: Path) -> None:
    verification = verify_folder(made)
    assert verification.findings == ()
    assert verification.key_id == key_id(KEY.public_key())
    assert verification.manifests == 3
    assert verification.octets == sum((made / name).stat().st_size for name in files_of(made))
    assert verification.files == len(files_of(made))
    # a craft's folder alone, by the key in the one above
    assert verify_folder(made / "cube-polar").ok


@settings(max_examples=150)
@given(data=st.data())
def test_any_flipped_bit_in_any_file_is_found_and_the_file_is_named(
    made: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(files_of(made)))
    size = (made / name).stat().st_size
    with flipped(made / name, data.draw(st.integers(0, 8 * size - 1))):
        named = {one.path for one in verify_folder(made).findings}
    beside = name.replace(".manifest.sig", ".manifest.json")
    assert {name, beside} & named
    if name != SIGNING_KEY:  # and no other is blamed, but for what a spoilt manifest spoke of
        assert named <= {name, beside, *(files_of(made) if "manifest" in name else ())}


def test_every_bit_of_signature_and_key_counts(made: Path) -> None:
    signature = made / f"{WEATHER}.manifest.sig"
    for path in (signature, made / SIGNING_KEY):
        for bit in range(8 * path.stat().st_size):
            with flipped(path, bit):
                assert not verify_folder(made).ok, f"bit {bit} of {path.name}"


@settings(max_examples=60)
@given(data=st.data())
def test_any_file_cut_or_lengthened_is_found(made: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(files_of(made)))
    path = made / name
    before = path.read_bytes()
    if data.draw(st.booleans()):
        spoilt = before[: data.draw(st.integers(0, len(before) - 1))]
    else:
        spoilt = before + data.draw(st.binary(min_size=1, max_size=9))
    try:
        path.write_bytes(spoilt)
        assert not verify_folder(made).ok
    finally:
        path.write_bytes(before)


def test_any_file_missing_is_found(made: Path, tmp_path: Path) -> None:
    for name in files_of(made):
        away = tmp_path / "away"
        (made / name).rename(away)
        try:
            if name == SIGNING_KEY:
                with pytest.raises(EnvironmentLackError, match="no key"):
                    verify_folder(made)
            else:
                assert found(made), name
        finally:
            away.rename(made / name)


def test_each_harm_is_told_by_its_own_word(home: Path) -> None:
    (home / f"{WEATHER}.dat").write_bytes(b"other")
    (home / f"{SEISMO}.dat").unlink()
    (home / "cube-polar" / "notes.txt").write_text("mine")
    (home / f"{WEATHER}-v2.manifest.sig").unlink()
    assert found(home) == {
        (f"{WEATHER}.dat", "changed"),
        (f"{SEISMO}.dat", "missing"),
        ("cube-polar/notes.txt", "unvouched"),
        (f"{WEATHER}-v2.manifest.json", "unsigned"),
    }
    for finding in verify_folder(home).findings:
        assert finding.remedy
        assert finding.path in str(finding)


def test_of_a_part_all_that_is_there_is_verified(home: Path) -> None:
    for path in home.rglob("*.dat"):
        path.unlink()
    assert {kind for _, kind in found(home)} == {"missing"}
    verification = verify_folder(home, partial=True)
    assert (verification.ok, verification.absent) == (True, 2)
    [cdf, *_] = (home / "cube-polar").glob("*.cdf")
    _flip(cdf)
    [finding] = verify_folder(home, partial=True).findings
    assert (finding.path, finding.kind) == (f"cube-polar/{cdf.name}", "changed")


def test_a_set_that_is_gone_is_missed_by_the_version_after_it(home: Path) -> None:
    manifest = json.loads((home / f"{WEATHER}.manifest.json").read_text())
    first = {Path(WEATHER).parent / one["name"] for one in manifest["files"]}
    for path in {*first, Path(f"{WEATHER}.manifest.json"), Path(f"{WEATHER}.manifest.sig")}:
        if path.suffix != ".dat":  # both versions speak of Level 0
            (home / path).unlink()
    assert found(home) == {(f"{WEATHER}-v2.manifest.json", "missing")}


def test_another_key_proves_nothing(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(public_pem(Ed25519PrivateKey.generate().public_key()))
    told = found(home, other)
    assert (SIGNING_KEY, "changed") in told
    assert (f"{SEISMO}.manifest.json", "changed") in told
    right = tmp_path / "right.pem"
    right.write_bytes((home / SIGNING_KEY).read_bytes())
    assert verify_folder(home, right).ok


def test_a_forger_who_exchanges_everything_is_found_by_the_key_that_came_first(
    home: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.pem"
    shutil.copy(home / SIGNING_KEY, kept)
    forger = Ed25519PrivateKey.generate()
    for manifest in home.rglob("*.manifest.json"):
        manifest.with_suffix(".sig").write_bytes(forger.sign(manifest.read_bytes()))
    (home / SIGNING_KEY).write_bytes(public_pem(forger.public_key()))
    assert verify_folder(home).ok  # why a customer keeps the key, and `fetch` no other
    assert len(found(home, kept)) >= 4


@pytest.mark.parametrize("emptied", [False, True])
def test_nothing_to_verify_is_no_proof(home: Path, emptied: bool) -> None:
    if emptied:
        for path in home.rglob("*.manifest.*"):
            path.unlink()
        assert (".", "missing") in found(home)
    else:
        with pytest.raises(EnvironmentLackError, match="no folder"):
            verify_folder(home / "absent")


def _remove(path: Path) -> None:
    path.unlink()


def _flip(path: Path) -> None:
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 4
    path.write_bytes(octets)


def _add(path: Path) -> None:
    path.with_name("foreign.txt").write_text("x")


HARMS: list[tuple[str, Callable[[Path], None]]] = [
    (f"{SEISMO}.dat", _flip),
    (f"{WEATHER}.manifest.json", _flip),
    (f"{WEATHER}-v2.manifest.sig", _flip),
    (f"{SEISMO}.dat", _remove),
    (f"{SEISMO}.manifest.json", _remove),
    (f"{SEISMO}.manifest.sig", _remove),
    (f"{SEISMO}.dat", _add),
    (SIGNING_KEY, _flip),
    (SIGNING_KEY, _remove),
]


def recipe(folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """What README.md tells whoever does not believe groundsys."""
    [script] = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(script.splitlines()) <= 30
    path = tmp_path / "verify.sh"
    path.write_text(script)
    return subprocess.run(
        ["sh", str(path), str(folder)], capture_output=True, text=True, timeout=60, check=False
    )


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groundsys", "verify", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_recipe_and_the_command_verify_what_is_whole(home: Path, tmp_path: Path) -> None:
    done = recipe(home, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"verified: {len(files_of(home))} files\n"
    told = command(home, "--json")
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert (answer["verified"], answer["findings"]) == (True, [])
    assert answer["key_id"] == key_id(KEY.public_key())


@pytest.mark.parametrize(("name", "harm"), HARMS)
def test_the_recipe_finds_what_verify_finds(
    home: Path, tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(home / name)
    done = recipe(home, tmp_path)
    assert done.returncode == 1
    assert "verified" not in done.stdout
    if name != SIGNING_KEY or harm is not _remove:
        assert found(home)


def test_the_command_says_what_is_wrong_in_words_and_by_its_exit(home: Path) -> None:
    _flip(home / f"{SEISMO}.dat")
    done = command(home)
    assert done.returncode == 1
    assert f"changed {SEISMO}.dat: it is not the file that" in done.stdout
    assert "remedy: fetch again" in done.stdout
    assert "NOT OK" in done.stdout
