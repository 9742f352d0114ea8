"""Libraries that leave traces when imported, imported without them, once and when first asked for.

Importing spacepy writes a configuration and a table of leap seconds into the home folder, warns
when that table is old, and lets matplotlib make a folder too; matplotlib keeps a list of fonts
there.  The table has no say in TT2000 (libcdf keeps its own), so the import runs over a folder
that is gone afterwards, with the warning off.  The CDF library keeps its state in globals:
`cdf_library` hands it out under a lock.
"""

from __future__ import annotations

import functools
import importlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundsys.values.errors import DiskFullError

_lock = threading.RLock()
_CONFIGURATION = "[spacepy]\nenable_old_data_warning: False\nsupport_notice: False\n"


@contextmanager
def cdf_library() -> Iterator[Any]:
    """The module `spacepy.pycdf` (with `.istp`), for this thread alone until the block ends.

    Raises `DiskFullError` if the file system takes nothing more; the library hides errno.
    """
    with _lock:
        pycdf = _import_libraries()[0]
        const = pycdf.const
        unwritten = (const.CDF_CREATE_ERROR, const.CDF_WRITE_ERROR, const.CDF_CLOSE_ERROR)
        try:
            yield pycdf
        except pycdf.CDFError as error:
            if error.status in unwritten:
                raise DiskFullError(
                    "a CDF file cannot be written", found=str(error), remedy="free some space"
                ) from error
            raise


def figure_class() -> Any:
    """Matplotlib's `Figure`: drawn by Agg, without pyplot and its state."""
    with _lock:
        return _import_libraries()[1]


@functools.cache
def _import_libraries() -> tuple[Any, Any]:
    """Both at once: spacepy imports part of matplotlib, which settles where it keeps things."""
    with tempfile.TemporaryDirectory(prefix="groundsys-spacepy-") as folder:
        settings = Path(folder) / ".spacepy"
        settings.mkdir()
        (settings / "spacepy.rc").write_text(_CONFIGURATION)
        with _environment(SPACEPY=folder, MPLCONFIGDIR=folder):
            importlib.import_module("spacepy.pycdf.istp")
            importlib.import_module("matplotlib.backends.backend_agg")
            figure = importlib.import_module("matplotlib.figure")
            return importlib.import_module("spacepy.pycdf"), figure.Figure


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
