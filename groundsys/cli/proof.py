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
from groundsys.cli.options import data_option, json_option, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.client import FolderVerification
    from groundsys.store import ProductRecord


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The ground segment's public key (PEM); by default the one that `fetch` has kept.",
)
@click.option(
    "--partial", is_flag=True, help="Only a part was fetched: what manifests name may be absent."
)
@json_option
def verify(folder: Path, key: Path | None, partial: bool, as_json: bool) -> None:
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
        verification = verify_folder(folder, key, progress, partial=partial)
    if as_json:
        findings = [asdict(one) for one in verification.findings]
        told = {**asdict(verification), "verified": verification.ok, "findings": findings}
        click.echo(json.dumps(told, indent=2))
    else:
        _print_verification(console, verification)
    sys.exit(0 if verification.ok else EXIT_VERDICT_NOT_OK)


@main.command()
@click.argument("product")
@click.option("--sample", type=int, required=True, help="Its number in the product, from 0.")
@run_option
@data_option
@json_option
def trace(
    product: str, sample: int, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Trace a sample of a product to the frames that brought it, and to the antenna.

    PRODUCT is a product's id, its name, or the path of a fetched file.  Of a time series a sample
    is a record of the payload's, of a picture a pixel.  The way goes from the sample to its record
    in the Level-0 file, the CFDP file-data PDUs that carried it, their packets, transfer frames,
    the hop over the relay, and the relay's packets and frames with station and Earth receive time.

    \b
      groundsys trace seismo/cube-tharsis/XM.THAR1.00.20310820T060000.mseed --sample 1200
      groundsys trace weather-000003.dat --sample 0 --run groundsys-data/run-7 --json
    \b
    Exit 0 only if every octet is seen in frames that the hub has kept, and is the same there.
    """
    from groundsys.assembly import objects_of
    from groundsys.hub import journaled_frames
    from groundsys.hub.journal import JOURNAL
    from groundsys.mission import load_mission
    from groundsys.store import Store
    from groundsys.tracing import as_json as trace_as_json
    from groundsys.tracing import tell_trace, trace_sample
    from groundsys.values.errors import ProductError

    run = run_directory(run_path, data_directory)
    mission = load_mission(Path(run.facts()["mission_db"]))
    objects = objects_of(run)

    def read_product(record: ProductRecord) -> bytes:
        stream = objects.open(record.key)
        if stream is None:
            raise ProductError(
                f"product '{record.name}' can be read by nobody",
                expected="an object whose customer's key has not been destroyed",
            )
        with stream:
            return stream.read()

    with Store(run.store, read_only=True) as store:
        found = trace_sample(
            *(store, lambda: journaled_frames(run.hub / JOURNAL), mission, read_product),
            *(product, sample),
        )
    if as_json:
        click.echo(json.dumps(trace_as_json(found), indent=2))
    else:
        for line in tell_trace(found):
            click.echo(line)
    sys.exit(0 if found.is_whole else EXIT_VERDICT_NOT_OK)


def _print_verification(console: Console, verification: FolderVerification) -> None:
    for finding in verification.findings:
        console.print(f"[bold red]{finding.kind}[/] {escape(str(finding))}",
                      highlight=False, soft_wrap=True)  # fmt: skip
    colour, word = ("green", "OK") if verification.ok else ("red", "NOT OK")
    absent = f"; {verification.absent:,} products were not fetched" if verification.absent else ""
    megabytes = verification.octets / 1e6
    console.print(
        f"[bold {colour}]{word}[/] {verification.files:,} files ({megabytes:,.2f} MB) by "
        f"{verification.manifests:,} manifests, signed by key {verification.key_id or '?'}{absent}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
