"""What a verb of the desks is: the action that it stands for, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.authority import Action, Asker
from groundsys.values.errors import GroundsysError

#: what was asked, without the token
Request = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """`answer` is called only if the asker may do `action` to something; where the table says
    `own`, it has to ask `groundsys.authority.may` again once it knows to what."""

    action: Action
    answer: Callable[[Request, Asker], Answer]


def text_of(request: Request, key: str) -> str:
    """A text that a request must have."""
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise GroundsysError(f"a request needs '{key}'", expected="text", found=repr(value))
    return value
