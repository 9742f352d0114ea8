"""The tree of errors that groundsys raises on purpose.

    GroundsysError
    ├── DefinitionError       a file in mission_db, procedures or a scenario is wrong
    ├── EnvironmentLackError  the machine lacks something (Java, a free port, disk)
    │   ├── PortTakenError    a port that was free when it was chosen is taken since
    │   └── DiskFullError     the disk takes nothing more: whoever writes starts anew with room
    ├── BackendError          Yamcs refused, is gone or answers late
    ├── RequestError          a request to the desks came to nothing
    │   ├── RefusalError      they answer that they will not
    │   └── NoAnswerError     they do not answer: whether they have acted on it is not known
    ├── FrameError            bytes that are not what their standard says
    ├── CommandRefusedError   a command that must not leave
    ├── PlanError             no valid plan, or a plan with a conflict
    ├── AccessRefusedError    a token or role that may not do this (absent and forbidden alike)
    │   └── NotLoggedInError  nobody can be told from this token or password
    └── ProductError          a product that cannot be built or does not verify

Each carries what was expected, what was found and how to mend it.
"""

from __future__ import annotations


class GroundsysError(Exception):
    """Base of all; `title` is the line an operator reads first."""

    title = "Ground segment error"

    def __init__(
        self, message: str, *, expected: str = "", found: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.message]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.found:
            parts.append(f"found: {self.found}")
        if self.remedy:
            parts.append(f"remedy: {self.remedy}")
        return "\n  ".join(parts)


class DefinitionError(GroundsysError):
    title = "Bad definition"


class EnvironmentLackError(GroundsysError):
    title = "This machine lacks something"


class PortTakenError(EnvironmentLackError):
    title = "A port has been taken"


class DiskFullError(EnvironmentLackError):
    title = "The disk takes nothing more"


class BackendError(GroundsysError):
    title = "Yamcs trouble"


class RequestError(GroundsysError):
    title = "The request has come to nothing"


class RefusalError(RequestError):
    title = "The desks refuse"


class NoAnswerError(RequestError):
    title = "The desks do not answer"


class FrameError(GroundsysError):
    title = "Malformed data unit"


class CommandRefusedError(GroundsysError):
    title = "Command refused"


class PlanError(GroundsysError):
    title = "No valid plan"


class AccessRefusedError(GroundsysError):
    title = "Access refused"


class NotLoggedInError(AccessRefusedError):
    title = "Not logged in"


class ProductError(GroundsysError):
    title = "Product trouble"
