"""The twenty looks of the training set: weather x lighting, in the order used by every table of the bundle."""

from __future__ import annotations

WEATHERS = ("clear", "overcast", "rain", "snow", "fog")
LIGHTINGS = ("morning", "day", "golden-hour", "night")
SOURCE_LOOK = "clear-day"

LOOKS: tuple[str, ...] = tuple(f"{weather}-{lighting}" for weather in WEATHERS for lighting in LIGHTINGS)


def split_look(look: str) -> tuple[str, str]:
    """`rain-golden-hour` -> (`rain`, `golden-hour`); raises KeyError with the known names when the look is unknown."""
    weather, _, lighting = look.partition("-")
    if weather not in WEATHERS or lighting not in LIGHTINGS:
        raise KeyError(f"unknown look {look!r}; known: {', '.join(LOOKS)}")
    return weather, lighting


def look_index(look: str) -> int:
    """Position of a look in LOOKS."""
    split_look(look)
    return LOOKS.index(look)
