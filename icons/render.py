"""Draws every size of the icon from its three drawings.

16 and 24 pixels have drawings of their own, with edges on whole pixels; the others share icon.svg.
To run: pip install pillow resvg-py, then python icons/render.py
"""

import io
import pathlib

import resvg_py
from PIL import Image

HERE = pathlib.Path(__file__).parent
OWN_DRAWING = {16: "icon-16.svg", 24: "icon-24.svg"}
PNG_NAMES = {
    16: ["16x16.png"],
    24: ["24x24.png"],
    32: ["32x32.png"],
    48: ["48x48.png"],
    64: ["64x64.png"],
    128: ["128x128.png"],
    256: ["256x256.png", "128x128@2x.png"],
    512: ["512x512.png", "icon.png"],
}
ICO_SIZES = [16, 24, 32, 48, 64, 256]
ICNS_SIZES = [16, 32, 64, 128, 256, 512, 1024]


def draw(size: int) -> Image.Image:
    drawing = HERE / OWN_DRAWING.get(size, "icon.svg")
    png = resvg_py.svg_to_bytes(svg_path=str(drawing), width=size, height=size)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def save(sizes: list[int], name: str) -> None:
    *others, largest = [draw(size) for size in sizes]
    largest.save(HERE / name, sizes=[(size, size) for size in sizes], append_images=others)


for size, names in PNG_NAMES.items():
    for name in names:
        draw(size).save(HERE / name, optimize=True)
save(ICO_SIZES, "icon.ico")
save(ICNS_SIZES, "icon.icns")
