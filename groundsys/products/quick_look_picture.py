"""Quick-looks of a camera: the picture with its scale, its gaps and where the craft landed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundsys.products.made import Made
from groundsys.products.mars_time import clock_text, local_mean_solar_sols
from groundsys.products.observation import Observation
from groundsys.products.payload_file import runs_of
from groundsys.products.picture import Picture, picture_of
from groundsys.products.quick_look_page import INK, figure_png
from groundsys.products.quick_look_series import quick_look, uncertainty_text
from groundsys.products.scientific_libraries import figure_class


def write_picture_quick_look(observation: Observation, folder: Path) -> list[Made]:
    """Draw the picture on a page; nothing if no line of it is there."""
    picture = picture_of(observation)
    if picture is None:
        return []
    path = observation.free_path(folder, f"{picture.stem}.ql", ".png")
    path.write_bytes(draw_picture(observation, picture))
    return [quick_look(observation, path, picture.time, picture.time)]


def draw_picture(observation: Observation, picture: Picture) -> bytes:
    """The page as PNG; the same input gives the same bytes."""
    figure = figure_class()(figsize=(6.2, 6.4), dpi=90)
    version = f"{observation.file_name}, version {observation.provenance.version}"
    figure.text(0.1, 0.965, observation.title, fontsize=10, weight="bold", color=INK)
    for line, told in enumerate((_when(observation, picture), _where(picture), version)):
        figure.text(0.1, 0.94 - 0.022 * line, told, fontsize=7, color=INK)
    axes = figure.add_axes((0.1, 0.07, 0.83, 0.805))
    lines, samples = picture.pixels.shape
    seen = picture.pixels[picture.present]
    low, high = (float(value) for value in np.percentile(seen, (0.5, 99.5)))
    axes.imshow(
        picture.pixels, cmap="gray", vmin=low, vmax=max(high, low + 1), interpolation="nearest"
    )
    for first, last in runs_of(~picture.present):
        axes.axhspan(first - 0.5, last - 0.5, facecolor="#b03a2e", alpha=0.5, linewidth=0)
    if picture.landing_place is not None:
        line, column = picture.landing_place
        axes.plot(column, line, "o", markersize=14, fillstyle="none", color="#f4d03f")
        axes.annotate(
            "landing place", (column, line), (9, 9), textcoords="offset points", fontsize=7,
            color="#f4d03f",
        )  # fmt: skip
    axes.set_xlim(-0.5, samples - 0.5)
    axes.set_ylim(lines - 0.5, -0.5)
    axes.set_xlabel("sample, west to east (pixel)", fontsize=8, color=INK)
    axes.set_ylabel("line, north to south (pixel)", fontsize=8, color=INK)
    axes.tick_params(labelsize=7, color=INK, labelcolor=INK)
    return figure_png(figure)


def _when(observation: Observation, picture: Picture) -> str:
    told = [
        observation.spacecraft.name,
        f"{picture.time.utc_iso(3)} ± {uncertainty_text(picture.sigma_s)}",
    ]
    site = observation.spacecraft.site
    if site is not None and site.body == "MARS":
        sols = local_mean_solar_sols(np.array([picture.time.tai_ns]), site.longitude_deg)
        told.append(f"LMST {clock_text(float(sols[0]))}")
    return " · ".join(told)


def _where(picture: Picture) -> str:
    told = [f"{name} {value:.1f} {unit}" for name, unit, value in picture.odometry]
    lost = int((~picture.present).sum())
    white = int((picture.pixels == np.uint8(255)).sum())
    told.append(f"{lost} lines never came" if lost else "complete")
    if white:
        told.append(f"{white} pixels saturated")
    return " · ".join(told)
