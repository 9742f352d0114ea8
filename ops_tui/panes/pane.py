"""What every screen of the console is: it shows reports, and asks for what its keys do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual.containers import Vertical
from textual.message import Message

from groundsys.locales import tr
from ops_tui.feed import Answer, Report
from ops_tui.picture import Link, Picture

#: wall seconds that a refusal stands on the screen
REFUSAL_SHOWN_S = 15.0

EMPTY_REPORT = Report(Picture(), Link())


class ConsolePane(Vertical):
    """One screen: a tab with a title, keys of its own (`BINDINGS`), and what it wants to be told.

    A subclass names itself, says in `show` how a report looks, and asks with `ask`.  What an action
    stands for at the desks is in `NEEDS`: whoever may not do that is not offered the key.
    """

    #: the tab's id
    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    #: the title where the terminal is narrow
    SHORT_TITLE: ClassVar[str]
    #: what it is for, as the help says
    PURPOSE: ClassVar[str]
    #: selector of what takes the focus, so that the arrow keys work at once
    FOCUS: ClassVar[str]
    #: by an action of this pane, the action of `groundsys.authority` that it asks for
    NEEDS: ClassVar[Mapping[str, str]] = {}

    class Asks(Message):
        """This pane wants something of the desks; `then` is called with the answer."""

        def __init__(
            self, verb: str, arguments: Mapping[str, Any], then: Callable[[Answer], None]
        ) -> None:
            super().__init__()
            self.verb, self.arguments, self.then = verb, arguments, then

    class Wants(Message):
        """This pane now wants to be told other topics than before."""

    class Selects(Message):
        """The operator looks at this craft."""

        def __init__(self, craft: str) -> None:
            super().__init__()
            self.craft = craft

    report = EMPTY_REPORT

    def __init__(self) -> None:
        super().__init__(id=f"{self.NAME}-pane")

    def show(self, report: Report) -> None:
        """Show what the ground segment tells; called with every report while the pane is seen."""
        raise NotImplementedError

    def look_for(self, craft: str) -> None:
        """Bring a craft into view, where this pane shows craft."""
        del craft

    @property
    def topics(self) -> frozenset[str]:
        """Topics to be told while this pane is seen, beside what every console is told."""
        return frozenset()

    @staticmethod
    def badge(picture: Picture) -> str:
        """What stands behind the title on the tab, seen from every other pane."""
        del picture
        return ""

    def tell(self, report: Report) -> None:
        """Take in a report and show it."""
        may_do_otherwise = report.picture.may != self.report.picture.may
        self.report = report
        self.show(report)
        if may_do_otherwise:
            self.refresh_bindings()

    def ask(self, verb: str, arguments: Mapping[str, Any], then: Callable[[Answer], None]) -> None:
        """Ask the desks; `then` gets their answer, on the console's own thread.

        Nothing is sent on a lost feed: whoever asks has to know at once that nothing will happen.
        """
        if not self.report.link.is_live:
            then(Answer(False, {}, tr("the feed is lost: nothing can be sent")))
            return
        self.post_message(self.Asks(verb, arguments, then))

    def tell_outcome(self, answer: Answer, done: str) -> None:
        """Say `done`, or why it was not."""
        if answer.ok:
            self.app.notify(done, markup=False)
        else:
            self.app.notify(
                answer.trouble,
                title=tr("NOT {done}", done=done),
                severity="error",
                timeout=REFUSAL_SHOWN_S,
                markup=False,
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a role may not do is not offered; the desks refuse it all the same."""
        del parameters
        needed = self.NEEDS.get(action)
        return needed is None or needed in self.report.picture.may
