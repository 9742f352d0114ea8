"""Proof of products: whether a folder is as it was made, and where a sample came from."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK, main
from groundsys.cli.options import json_option

if TYPE_CHECKING:
    from groundsys.client import FolderVerification


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The ground segment's public key (PEM); by default the one that `fetch` has kept.",
)
@json_option
def verify(folder: Path, key: Path | None, as_json: bool) -> None:
    """Prove that fetched products are as the ground segment made them, to the last bit.

    Each manifest's signature and each file's SHA-256 are checked; exit 0 only if nothing was
    changed, nothing that a manifest speaks of is missing, and nothing is there that none speaks of.

    \b
      groundsys verify seismo                    the folder of `groundsys fetch --into seismo`
      groundsys verify seismo --key theirs.pem   by a key that came another way: better proof
    \b
    Nobody has to believe groundsys: README.md has a script of standard tools (openssl, sha256sum,
    Python's json) that does the same.
    """
    from groundsys.client import verify_folder
    from groundsys.client.command import progress_shown

    console = Console(stderr=as_json)
    with progress_shown(console, "{} files") as progress:
        verification = verify_folder(folder, key, progress)
    if as_json:
        findings = [asdict(one) for one in verification.findings]
        told = {**asdict(verification), "verified": verification.ok, "findings": findings}
        click.echo(json.dumps(told, indent=2))
    else:
        _print_verification(console, verification)
    sys.exit(0 if verification.ok else EXIT_VERDICT_NOT_OK)


def _print_verification(console: Console, verification: FolderVerification) -> None:
    for finding in verification.findings:
        console.print(f"[bold red]{finding.kind}[/] {escape(str(finding))}",
                      highlight=False, soft_wrap=True)  # fmt: skip
    colour, word = ("green", "OK") if verification.ok else ("red", "NOT OK")
    megabytes = verification.octets / 1e6
    console.print(
        f"[bold {colour}]{word}[/] {verification.files:,} files ({megabytes:,.2f} MB) by "
        f"{verification.manifests:,} manifests, signed by key {verification.key_id or '?'}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
