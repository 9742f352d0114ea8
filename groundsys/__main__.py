"""`python -m groundsys` is the command `groundsys`."""

from groundsys.cli import main

main()
