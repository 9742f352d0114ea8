"""A plan to look at: a Gantt chart in the terminal and in a browser."""

from groundsys.planning.gantt.chart import Chart, chart_of
from groundsys.planning.gantt.terminal import terminal_gantt

__all__ = ["Chart", "chart_of", "terminal_gantt"]
