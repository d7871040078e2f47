"""Copies of photos as people make them: nine mild ones, five strong ones. For testing only; training draws from views.py.

A copy is found when its original is the nearest of all originals and distractors (recall@1).
"""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def crop(image: Image.Image, area: float) -> Image.Image:
    """The middle, `area` of the picture's area."""
    width, height = (round(side * area**0.5) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def half(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def warmer(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (red.point(lambda v: min(255, v * 1.12)), green, blue.point(lambda v: v * 0.88)))


def watermark(image: Image.Image) -> Image.Image:
    """White words at half strength across the lower third."""
    layer = Image.new("L", image.size, 0)
    size = image.height // 9
    ImageDraw.Draw(layer).text((image.width * 0.1, image.height * 0.7), "© a. photographer", 128, ImageFont.load_default(size))
    return Image.composite(Image.new("RGB", image.size, "white"), image, layer)


def screenshot(image: Image.Image) -> Image.Image:
    """Black bars of 12 % above and below."""
    bar = round(image.height * 0.12)
    screen = Image.new("RGB", (image.width, image.height + 2 * bar), "black")
    screen.paste(image, (0, bar))
    return screen


def overlay(image: Image.Image) -> Image.Image:
    """A white band over a quarter of the picture, with words in it."""
    image = image.copy()
    pen, top, height = ImageDraw.Draw(image), image.height * 0.55, image.height * 0.25
    pen.rectangle((0, top, image.width, top + height), fill="white")
    pen.text((image.width * 0.05, top + height * 0.2), "When it is Monday again", "black", ImageFont.load_default(height * 0.45))
    return image


MILD = {
    "JPEG quality 50": lambda image: jpeg(image, 50),
    "half the size": half,
    "25 % lighter": lambda image: ImageEnhance.Brightness(image).enhance(1.25),
    "warmer": warmer,
    "mirrored": ImageOps.mirror,
    "cropped to 80 %": lambda image: crop(image, 0.8),
    "watermark": watermark,
    "screenshot bars": screenshot,
    "black and white": lambda image: ImageOps.grayscale(image).convert("RGB"),
}
STRONG = {
    "cropped to 50 %": lambda image: crop(image, 0.5),
    "turned by 10 degrees": lambda image: image.rotate(10, Image.Resampling.BICUBIC),
    "JPEG quality 10": lambda image: jpeg(image, 10),
    "band of words over 25 %": overlay,
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(0.01 * max(image.size))),
}
COPIES = MILD | STRONG


def recall(originals: np.ndarray, copies: np.ndarray, distractors: np.ndarray) -> float:
    """Share of copies whose nearest is their own original. Unit vectors; row i of copies comes from row i of originals."""
    own = (originals * copies).sum(axis=1)
    among = copies @ originals.T
    np.fill_diagonal(among, -np.inf)
    return float((own > np.maximum(among.max(axis=1), (copies @ distractors.T).max(axis=1))).mean())
