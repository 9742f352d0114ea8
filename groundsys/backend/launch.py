"""Become another program that ends when the process that started us ends.

Run as a script with isolated Python: `python -I -S launch.py <parent process id> <program> …`.
The kernel's parent-death signal (Linux, prctl(2)) survives exec, so no watchdog stays behind;
it is tied to the thread that started us, which must live as long as the program should.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, program, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):  # it died before the kernel could be told
            sys.exit(1)
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main()
