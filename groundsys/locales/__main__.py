"""`python -m groundsys.locales`: brings the catalogues up to date, and tells what they lack."""

from __future__ import annotations

import sys
from pathlib import Path

import groundsys
from groundsys.locales.catalogue import path_of, read_catalogue, untranslated, update_catalogue
from groundsys.locales.locale import LANGUAGES


def main() -> int:
    lacks = 0
    for language in list(LANGUAGES)[1:]:
        update_catalogue(language, Path(groundsys.__file__).parents[1])
        for message in untranslated(read_catalogue(language)):
            lacks += 1
            print(f"{path_of(language)}: lacks {message.id!r}")
    return 1 if lacks else 0


if __name__ == "__main__":
    sys.exit(main())
