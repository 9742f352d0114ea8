"""A plan to look at: a Gantt chart in the terminal and in a browser."""

from groundsys.planning.gantt.chart import Chart, chart_of
from groundsys.planning.gantt.page import PlanPage, figures_of, html_gantt
from groundsys.planning.gantt.terminal import craft_colour, terminal_gantt

__all__ = [
    "Chart",
    "PlanPage",
    "chart_of",
    "craft_colour",
    "figures_of",
    "html_gantt",
    "terminal_gantt",
]
