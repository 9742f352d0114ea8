"""Fills in a command: its arguments are checked and its way foreseen by the desks as one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from groundsys.locales import time_zone, tr, tr_later
from ops_tui.feed import Answer
from ops_tui.picture import Snapshot
from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.commands import hazard_phrase
from ops_tui.views.drafting import TIMES, field_views, read_arguments, read_time, way_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.command_pictures import hazard_banner, way_table
from ops_tui.widgets.command_search import Ask
from ops_tui.widgets.confirm import ConfirmScreen, Question
from ops_tui.widgets.form_field import ChoiceInput, FormField
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text

#: wall seconds without a key after which the desks are asked
PAUSE_S = 0.25

_WHY = "why"
_TIME_HINTS = {
    "at_ns": tr_later("UTC; an uplink must be open"),
    "not_before_ns": tr_later("UTC; else as soon as it can"),
    "before_ns": tr_later("UTC; else it is refused"),
}


class CommandFormScreen(ModalScreen[Snapshot | None]):
    """Ends with the command as it was put down, or with None.

    `now_ns` tells the mission clock, `ask` asks the desks.  Nothing is sent before the way of just
    what is typed has been foreseen and confirmed; a hazardous command's name has to be typed out.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            tr_later("Next field"),
            id="draft.next_field",
            tooltip=tr_later("Go to the next field; Shift+Tab goes back"),
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="draft.cancel",
            tooltip=tr_later("Close; nothing is sent"),
        ),
    ]

    def __init__(
        self, craft: str, command: Snapshot, ask: Ask, now_ns: Callable[[], int | None]
    ) -> None:
        super().__init__()
        self._craft, self._command = craft, command
        self._ask, self._now_ns = ask, now_ns
        self._arguments = field_views(command["arguments"])
        self._pause: Timer | None = None
        #: what was asked last, and the answer to just that
        self._asked: dict[str, Any] | None = None
        self._foreseen: Answer | None = None
        self._goes_on_when_foreseen = False

    def compose(self) -> ComposeResult:
        with Vertical(id="draft-box", classes="dialogue") as box:
            box.border_title = f"{self._craft} {self._command['name']}"
            box.set_class(bool(self._command["hazardous"]), "-dangerous")
            banner = hazard_banner(
                hazard_phrase(self._command), needs_two=bool(self._command["hazardous"])
            )
            if banner is not None:
                yield Static(banner, id="form-hazard")
            with VerticalScroll(id="form-fields", can_focus=False):
                for one in self._arguments:
                    yield FormField(one.name, one.hint, one.values, one.default)
                yield FormField(_WHY, "", label=tr("why"))
                for key, name in TIMES.items():
                    yield FormField(name.replace(" ", "_"), tr(_TIME_HINTS[key]), label=tr(name))
            yield Static(id="form-foresight")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query(ChoiceInput).first().focus()
        self._foresee()

    def on_input_changed(self, _: ChoiceInput.Changed) -> None:
        self._goes_on_when_foreseen = False
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE_S, self._foresee)

    def on_input_submitted(self, _: ChoiceInput.Submitted) -> None:
        self._go_on()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _go_on(self) -> None:
        """Ask whether to send what is typed, at once or when its way has been foreseen."""
        wish, trouble = self._wish()
        if trouble or wish != self._asked or self._foreseen is None:
            self._goes_on_when_foreseen = not trouble
            self._foresee()
        elif self._foreseen.ok:
            self.app.push_screen(
                ConfirmScreen(self._question(self._foreseen.content)),
                lambda said: None if said is None else self._send(wish),
            )

    # --- what is typed -------------------------------------------------------------------------

    def _wish(self) -> tuple[dict[str, Any], str]:
        """What is asked for, and what is wrong with it that the desks need not be asked about."""
        texts = {one.field: one.text for one in self.query(FormField)}
        wish: dict[str, Any] = {
            "spacecraft": self._craft,
            "command": self._command["name"],
            "arguments": read_arguments(self._arguments, texts),
        }
        for key, name in TIMES.items():
            text = texts[name.replace(" ", "_")]
            if not text:
                continue
            moment_ns = read_time(text)
            if moment_ns is None:
                return wish, tr(
                    "'{text}' is no time; write UTC such as 2031-08-20T06:00:00Z", text=text
                )
            wish[key] = moment_ns
        return wish, ""

    # --- what the desks say --------------------------------------------------------------------

    def _foresee(self) -> None:
        wish, trouble = self._wish()
        if trouble:
            self._asked = self._foreseen = None
            self._say(phrase_text(Phrase(f"✖ {trouble}", "bad")))
            return
        if wish == self._asked:
            return
        self._asked, self._foreseen = wish, None
        self._say(Text(tr("asking the desks …"), GREY))

        def answered(answer: Answer) -> None:
            if self.is_mounted and wish == self._asked:
                self._foreseen = answer
                self._say(self._foresight(answer))
                if not answer.ok:
                    self._asked = None  # asked again with the next key: the desks may mend it
                elif self._goes_on_when_foreseen:
                    self._goes_on_when_foreseen = False
                    self._go_on()

        self._ask("command_foresee", wish, answered)

    def _foresight(self, answer: Answer) -> RenderableType:
        if not answer.ok:
            return Text(f"✖ {answer.trouble}", TONE_COLOURS["bad"])
        way = way_table(way_rows(answer.content["way"], self._now_ns() or 0))
        return Group(
            Text(tr("✔ checked; its way, as it is foreseen ({zone})", zone=time_zone().name), GREY),
            way,
        )

    def _question(self, foreseen: Snapshot) -> Question:
        is_hazardous = bool(foreseen["hazardous"])
        name = str(self._command["name"])
        said = Text(" ".join((name, *map(_stated, self._asked_arguments.items()))), "bold")
        banner = hazard_banner(hazard_phrase(foreseen), needs_two=is_hazardous)
        way = way_table(way_rows(foreseen["way"], self._now_ns() or 0))
        return Question(
            title=tr("Send to {craft}?", craft=self._craft),
            consequence=Group(*([banner] if banner is not None else []), said, way),
            action=tr("put it before a second person") if is_hazardous else tr("send it"),
            word=name if is_hazardous else "",
            is_dangerous=is_hazardous,
        )

    @property
    def _asked_arguments(self) -> dict[str, Any]:
        return {} if self._asked is None else dict(self._asked["arguments"])

    def _send(self, wish: dict[str, Any]) -> None:
        def answered(answer: Answer) -> None:
            if not self.is_mounted:
                return
            if answer.ok:
                self.dismiss(answer.content["command"])
            else:
                self._asked = None
                self._say(
                    Text(tr("✖ not sent: {trouble}", trouble=answer.trouble), TONE_COLOURS["bad"])
                )

        why = next(one.text for one in self.query(FormField) if one.field == _WHY)
        self._say(Text(tr("sending …"), GREY))
        self._ask("command_draft", {**wish, "why": why}, answered)

    def _say(self, what: RenderableType) -> None:
        self.query_one("#form-foresight", Static).update(what)


def _stated(one: tuple[str, Any]) -> str:
    name, value = one
    return f"{name}={value.hex() if isinstance(value, bytes) else value}"
