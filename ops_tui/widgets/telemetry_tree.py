"""What telemetry there is, as a tree: pages of the fleet, and each craft's pages and groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from groundsys.locales import tr
from ops_tui.views.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the tree: a page, or a group, of a craft ("" for the fleet)."""

    craft: str
    page: str = ""
    group: str = ""


class TelemetryTree(Tree[Place]):
    """Shows a catalogue; a leaf carries its `Place`."""

    def __init__(self, id: str) -> None:
        super().__init__("Telemetry", id=id)
        self.show_root = False
        self.guide_depth = 2

    def show(self, catalogue: Catalogue) -> None:
        self.clear()
        for page in catalogue.pages:
            if page.is_of_fleet:
                self.root.add_leaf(page.title, Place("", page.id))
        for craft in sorted(catalogue.craft):
            model = catalogue.craft[craft]
            node = self.root.add(craft, expand=len(catalogue.craft) == 1)
            for page in catalogue.pages:
                if not page.is_of_fleet and any(
                    parameter in model.parameters for parameter, _ in page.items
                ):
                    node.add_leaf(page.title, Place(craft, page.id))
            groups = node.add(tr("Subsystems"))
            for group in model.groups:
                label = f"{group.name} ({len(group.parameters)})"
                groups.add_leaf(label, Place(craft, group=group.name))
        self.root.expand()

    def stand_at(self, place: Place | None) -> None:
        """Open the branch of the craft that is shown, and put the cursor on the place there."""
        for branch in self.root.children:
            if branch.data == place or (place and place.craft and str(branch.label) == place.craft):
                self._stand_in(branch, place)
                return
        self.cursor_line = 0

    def _stand_in(self, branch: TreeNode[Place], place: Place | None) -> None:
        branch.expand()
        for node in _below(branch):
            if node.data == place:
                if node.parent is not None:
                    node.parent.expand()
                if self.last_line >= 0:  # which numbers the lines that have been opened
                    self.move_cursor(node)
                return


def _below(node: TreeNode[Place]) -> Iterator[TreeNode[Place]]:
    yield node
    for child in node.children:
        yield from _below(child)
