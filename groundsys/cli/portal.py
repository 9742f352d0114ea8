"""`groundsys portal`: further portals for customers, which do without the desks where they can."""

from __future__ import annotations

from pathlib import Path

import click

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, run_directory, run_option

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.command()
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("groundsys-portal"),
    show_default=True,
    help="Folder of this portal alone: what it needs to read the catalogue, and what it has shown.",
)
@click.option(
    "--objects",
    metavar="URL",
    envvar="GROUNDSYS_OBJECTS",
    help="Where product bytes lie; by default where the run says.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Off this machine by HTTPS.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="By default a free one.")
@click.option("--certificate", type=_file, help="PEM, for HTTPS.")
@click.option("--certificate-key", type=_file, help="The key of --certificate (PEM, PKCS#8).")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that share the port: one for each core that downloads may keep busy.",
)
@click.option(
    "--sealed-port",
    type=click.IntRange(0, 65535),
    help="Where a folder's products are sent as they lie, sealed, to `fetch` (in clear: they need "
    "no second seal); by default a free port of this machine alone, and none elsewhere.",
)
@click.option("--token", type=_file, help="The portal's own token; by default the run's.")
@run_option
@data_option
def portal(
    state: Path,
    objects: str | None,
    host: str,
    port: int,
    certificate: Path | None,
    certificate_key: Path | None,
    workers: int,
    sealed_port: int | None,
    token: Path | None,
    run_path: Path | None,
    data_directory: Path,
) -> None:
    """Serve customers from the object store, beside the ground segment's own portal.

    It reads the signed catalogue that the desks publish beside the products.  So it lists and
    delivers products while no desk answers, and hands over afterwards what it has shown; commands,
    keys and webhooks it asks the desks for.  Any number may stand before one store, each with a
    --state of its own; each has to start once while the desks answer.

    With --workers, connections are dealt out among so many processes.  Each counts requests by
    itself, so that what a key may ask for in a while is so many times as much.

    Elsewhere, --run is a folder that `groundsys connection` has written, and --token a copy of the
    run's people/portal.
    """
    from groundsys.assembly import serve_store_portal
    from groundsys.portal.tls import TlsFiles

    if (certificate is None) != (certificate_key is None):
        raise click.UsageError("--certificate and --certificate-key belong together")
    if port and port == sealed_port:
        raise click.UsageError("--sealed-port is a port of its own, beside --port")
    serve_store_portal(
        run_directory(run_path, data_directory),
        state,
        objects=objects or "",
        host=host,
        port=port,
        tls=TlsFiles(certificate, certificate_key) if certificate and certificate_key else None,
        token=token,
        workers=workers,
        sealed_port=sealed_port,
        announce=lambda url: click.echo(f"portal: {url}"),
    )
