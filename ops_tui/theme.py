"""One palette that colour-blind eyes can tell apart, and the meaning of each colour.

The hues are Okabe and Ito's (*Color Universal Design*, 2008), lightened where the dark ground
asks for it.  No colour stands alone: a sign and a word always say the same.
"""

from __future__ import annotations

from textual.theme import Theme

SKY_BLUE = "#56b4e9"
BLUISH_GREEN = "#2fc49a"
YELLOW = "#f0e442"
ORANGE = "#e69f00"
VERMILLION = "#ff7a3d"
PURPLE = "#cc79a7"
GREY = "#8b98a5"
FOREGROUND = "#e6edf3"
BACKGROUND = "#0d1117"

#: tone (what the views say) → colour
TONE_COLOURS = {
    "good": BLUISH_GREEN,
    "active": SKY_BLUE,
    "notice": YELLOW,
    "caution": ORANGE,
    "bad": VERMILLION,
    "quiet": GREY,
    "plain": FOREGROUND,
    "simulated": PURPLE,
}

CONSOLE_THEME = Theme(
    name="groundsys",
    primary=SKY_BLUE,
    secondary="#0072b2",
    accent=YELLOW,
    success=BLUISH_GREEN,
    warning=ORANGE,
    error=VERMILLION,
    foreground=FOREGROUND,
    background=BACKGROUND,
    surface="#141b24",
    panel="#1c2530",
    dark=True,
    variables={
        "block-cursor-background": "#1f4e79",
        "block-cursor-foreground": FOREGROUND,
        "block-cursor-text-style": "bold",
        "footer-key-foreground": YELLOW,
    },
)
