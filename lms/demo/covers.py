"""Draw a cover for a demo course: calm colours by its category, a composition by its title."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from math import pi, sin
from random import Random

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 1280, 720

_SCALE = 2  # drawn larger and reduced: Pillow's shapes have no smooth edges of their own
_W, _H = WIDTH * _SCALE, HEIGHT * _SCALE

_EDITION = 24  # chosen so that no two shipped courses of a category are composed alike


@dataclass(frozen=True)
class _Palette:
    deep: str
    middle: str
    light: str
    accent: str


_PALETTES = {
    "programming": _Palette("#14213d", "#274c77", "#8fb8de", "#ffb703"),
    "mathematics": _Palette("#2b1b4d", "#5a3e96", "#c3aee8", "#ff8fa3"),
    "science": _Palette("#06373a", "#12727a", "#9be0d3", "#f4d35e"),
    "design": _Palette("#5c1a3b", "#b8405e", "#f6b8a8", "#ffe8a3"),
    "languages": _Palette("#5a2a0c", "#c0652a", "#f7cf9a", "#3fa7a0"),
    "business": _Palette("#10302b", "#2f6f55", "#b9d8a8", "#f2a65a"),
    "humanities": _Palette("#3a2320", "#8a4b3c", "#e8c4a6", "#7fb7be"),
}


def draw_cover(title: str, category: str) -> bytes:
    """Return a JPEG of 1280 × 720; the same title and category give the same picture."""
    chance = Random(f"{_EDITION}/{category}/{title}")
    palette = _palette_of(category)
    picture = _gradient(palette, chance)
    compose = chance.choice(_COMPOSITIONS)
    compose(_Brush(picture), palette, chance)
    return _as_jpeg(picture.reduce(_SCALE))


def _palette_of(category: str) -> _Palette:
    for name, palette in _PALETTES.items():
        if name in category.lower():
            return palette
    digest = sha256(category.encode()).digest()
    return list(_PALETTES.values())[digest[0] % len(_PALETTES)]


def _gradient(palette: _Palette, chance: Random) -> Image.Image:
    smooth = Image.Resampling.BILINEAR
    ramp = Image.linear_gradient("L").rotate(chance.choice((135, 180, 225)), smooth)
    ramp = ramp.crop((56, 56, 200, 200)).resize((_W, _H), smooth)  # within the turned square
    return ImageOps.colorize(ramp, black=palette.deep, white=palette.middle)


def _as_jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=88)
    return target.getvalue()


class _Brush:
    """Shapes in units of one cover height, blended onto what is already there."""

    ratio = WIDTH / HEIGHT

    def __init__(self, picture: Image.Image):
        self._draw = ImageDraw.Draw(picture, "RGBA")

    def disc(self, x: float, y: float, radius: float, colour: str, opacity: float) -> None:
        self._draw.ellipse(_box(x, y, radius), fill=_ink(colour, opacity))

    def ring(self, x, y, radius, colour: str, opacity: float, *, width: float) -> None:
        self._draw.ellipse(
            _box(x, y, radius), outline=_ink(colour, opacity), width=round(width * _H)
        )

    def quarter(self, x, y, radius, colour: str, opacity: float, *, turn: int) -> None:
        self._draw.pieslice(
            _box(x, y, radius), 90 * turn, 90 * turn + 90, fill=_ink(colour, opacity)
        )

    def half(self, x, y, radius, colour: str, opacity: float) -> None:
        self._draw.pieslice(_box(x, y, radius), 180, 360, fill=_ink(colour, opacity))

    def area(self, points, colour: str, opacity: float) -> None:
        self._draw.polygon([(x * _H, y * _H) for x, y in points], fill=_ink(colour, opacity))

    def line(self, points, colour: str, opacity: float, *, width: float) -> None:
        path = [(x * _H, y * _H) for x, y in points]
        self._draw.line(path, fill=_ink(colour, opacity), width=round(width * _H), joint="curve")

    def bar(self, x, top, width, bottom, colour: str, opacity: float) -> None:
        box = (x * _H, top * _H, (x + width) * _H, bottom * _H)
        self._draw.rounded_rectangle(box, width * _H / 2, fill=_ink(colour, opacity))


def _box(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return (x - radius) * _H, (y - radius) * _H, (x + radius) * _H, (y + radius) * _H


def _ink(colour: str, opacity: float) -> tuple[int, ...]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * opacity)


def _hills(brush: _Brush, palette: _Palette, chance: Random) -> None:
    x, y = chance.uniform(0.5, 1.3), chance.uniform(0.28, 0.4)
    for radius, opacity in ((0.34, 0.08), (0.25, 0.12), (0.16, 0.95)):
        brush.disc(x, y, radius, palette.accent, opacity)
    tints = [(palette.light, 0.28), (palette.light, 0.42), (palette.middle, 0.9), (palette.deep, 1)]
    for row, (colour, opacity) in enumerate(tints):
        wave = _wave(0.5 + 0.13 * row, chance.uniform(0.05, 0.09), chance)
        brush.area([*wave, (brush.ratio, 1), (0, 1)], colour, opacity)


def _orbits(brush: _Brush, palette: _Palette, chance: Random) -> None:
    x, y = chance.uniform(0.55, 1.25), chance.uniform(0.35, 0.65)
    for step in range(1, 8):
        radius = 0.13 * step
        brush.ring(x, y, radius, palette.light, 0.5 - 0.05 * step, width=0.005)
        angle = chance.uniform(0, 2 * pi)
        at = x + radius * sin(angle), y + radius * sin(angle + pi / 2)
        brush.disc(*at, chance.uniform(0.012, 0.035), palette.light, 0.9)
    brush.disc(x, y, 0.1, palette.accent, 0.18)
    brush.disc(x, y, 0.06, palette.accent, 1)


def _prisms(brush: _Brush, palette: _Palette, chance: Random) -> None:
    for step in range(7):
        x, half = 0.28 * step + chance.uniform(-0.08, 0.16), chance.uniform(0.24, 0.5)
        apex, left, right = (x, chance.uniform(0.22, 0.7)), (x - half, 1), (x + half, 1)
        brush.area([apex, left, (x, 1)], palette.light, 0.26)
        brush.area([apex, right, (x, 1)], palette.light, 0.13)
    brush.disc(chance.uniform(0.3, 1.5), chance.uniform(0.16, 0.24), 0.08, palette.accent, 1)


def _tiles(brush: _Brush, palette: _Palette, chance: Random) -> None:
    side = 0.2
    corners = ((0, 0), (side, 0), (side, side), (0, side))
    for column in range(9):
        for row in range(5):
            turn = chance.randrange(4)
            dx, dy = corners[turn]
            tint, opacity = chance.choice(
                [(palette.light, 0.12), (palette.light, 0.3), (palette.light, 0.75)] * 3
                + [(palette.accent, 0.95), (palette.deep, 0.6)]
            )
            brush.quarter(column * side + dx, row * side + dy, side, tint, opacity, turn=turn)


def _lenses(brush: _Brush, palette: _Palette, chance: Random) -> None:
    count = chance.choice((4, 5, 6))
    gap, y = chance.uniform(0.18, 0.22), chance.uniform(0.45, 0.55)
    start = (brush.ratio - gap * (count - 1)) / 2
    for step in range(count):
        brush.disc(start + gap * step, y, 0.27, palette.light, 0.2)
        brush.ring(start + gap * step, y, 0.27, palette.light, 0.55, width=0.004)
    brush.disc(start + gap * chance.randrange(count), y, 0.075, palette.accent, 1)


def _bars(brush: _Brush, palette: _Palette, chance: Random) -> None:
    count, phase, marked = 19, chance.uniform(0, 2 * pi), chance.randrange(5, 14)
    speed = chance.uniform(0.3, 0.55)
    for step in range(count):
        tall = 0.17 + 0.13 * sin(phase + step * speed) + chance.uniform(0, 0.06)
        x = 0.11 + step * (brush.ratio - 0.22) / count
        colour, opacity = (palette.accent, 1) if step == marked else (palette.light, 0.62)
        brush.bar(x, 0.5 - tall, 0.046, 0.5 + tall, colour, opacity)


def _threads(brush: _Brush, palette: _Palette, chance: Random) -> None:
    first, last = (_wave(0.5, chance.uniform(0.16, 0.28), chance) for _ in range(2))
    count = 26
    for step in range(count + 1):
        share = step / count
        points = [
            (x, (1 - share) * upper + share * lower + 0.5 * (share - 0.5))
            for (x, upper), (_, lower) in zip(first, last, strict=True)
        ]
        colour, opacity = (palette.accent, 1) if step == count // 2 else (palette.light, 0.5)
        brush.line(points, colour, opacity, width=0.008 if colour == palette.accent else 0.005)


def _arches(brush: _Brush, palette: _Palette, chance: Random) -> None:
    foot = 0.86
    for x, radius in ((0.42, 0.3), (0.95, 0.42), (1.42, 0.26)):
        shift, count = chance.uniform(-0.05, 0.05), chance.choice((4, 5, 6))
        for step in range(count):
            size = radius * (1 - step / count)
            colour, opacity = (palette.accent, 1) if step == count - 1 else (palette.light, 0.22)
            brush.half(x + shift, foot, size, colour, opacity)
    brush.area([(0, foot), (brush.ratio, foot), (brush.ratio, 1), (0, 1)], palette.deep, 0.75)


def _dots(brush: _Brush, palette: _Palette, chance: Random) -> None:
    across, down, phase = 24, 13, chance.uniform(0, 2 * pi)
    slope, speed = chance.uniform(-0.35, 0.35), chance.uniform(0.3, 0.45)
    marked = chance.randrange(5, 19), chance.randrange(3, 10)
    gap = brush.ratio / across
    for column in range(across):
        for row in range(down):
            size = 0.5 + 0.5 * sin(phase + speed * column + slope * row + 0.4 * sin(0.5 * row))
            at = gap * (column + 0.5), gap * (row + 0.5) + (1 - gap * down) / 2
            if (column, row) == marked:
                brush.disc(*at, 0.034, palette.accent, 1)
            else:
                brush.disc(*at, 0.004 + 0.026 * size, palette.light, 0.25 + 0.5 * size)


def _wave(height: float, swing: float, chance: Random) -> list[tuple[float, float]]:
    """Return points of a gentle curve from the left edge to the right one."""
    slow, quick = chance.uniform(2, 3.4), chance.uniform(4, 6)
    phase, other = chance.uniform(0, 2 * pi), chance.uniform(0, 2 * pi)
    steps = 90
    return [
        (x, height + swing * (0.7 * sin(slow * x + phase) + 0.3 * sin(quick * x + other)))
        for x in (WIDTH / HEIGHT * step / steps for step in range(steps + 1))
    ]


_COMPOSITIONS: list[Callable[[_Brush, _Palette, Random], None]] = [
    _hills,
    _orbits,
    _prisms,
    _tiles,
    _lenses,
    _bars,
    _threads,
    _arches,
    _dots,
]
