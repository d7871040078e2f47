"""What happens to photos in life: random changes for training, as chains of one to three.

Knows nothing of networks. The fixed changes that copies are tested with belong to `likeness eval --copies`; they are not
used here.
"""

import io
import math
import random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

WORDS = "summer 2019 holiday me and you sale new happy birthday home beach by the sea love for ever click here copyright photo studio".split()


def cropped(image, dice):
    """A part of 35 to 100 % of the area, of about the same shape."""
    area, stretch = dice.uniform(0.35, 1.0), math.exp(dice.uniform(-0.2, 0.2))
    width = min(image.width, max(16, round(image.width * math.sqrt(area) * stretch)))
    height = min(image.height, max(16, round(image.height * math.sqrt(area) / stretch)))
    left, top = dice.randint(0, image.width - width), dice.randint(0, image.height - height)
    return image.crop((left, top, left + width, top + height))


def resized(image, dice):
    """A quarter of the size to one and a half."""
    scale = math.exp(dice.uniform(math.log(0.25), math.log(1.5)))
    filters = [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]
    return image.resize(tuple(max(16, round(side * scale)) for side in image.size), dice.choice(filters))


def stored(image, dice):
    """JPEG of quality 5 to 95, low ones as likely as high ones."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=round(math.exp(dice.uniform(math.log(5), math.log(95)))))
    return Image.open(file).convert("RGB")


def exposed(image, dice):
    """Half to twice the light, more or less contrast, another gamma."""
    image = ImageEnhance.Brightness(image).enhance(math.exp(dice.uniform(-0.6, 0.6)))
    image = ImageEnhance.Contrast(image).enhance(math.exp(dice.uniform(-0.5, 0.5)))
    gamma = math.exp(dice.uniform(-0.5, 0.5))
    return image.point([round(255 * (value / 255) ** gamma) for value in range(256)] * 3)


def coloured(image, dice):
    """Warmer, colder, paler, stronger."""
    image = ImageEnhance.Color(image).enhance(dice.uniform(0.2, 2.0))
    tables = []
    for _ in range(3):
        gain = math.exp(dice.uniform(-0.25, 0.25))
        tables += [min(255, round(value * gain)) for value in range(256)]
    return image.point(tables)


def grey(image, dice):
    """Black and white, or sepia."""
    plain = ImageOps.grayscale(image)
    return plain.convert("RGB") if dice.random() < 0.7 else ImageOps.colorize(plain, (20, 10, 0), (255, 240, 205))


def turned(image, dice):
    """Up to 12 degrees, with empty corners or without."""
    angle = dice.uniform(-12, 12)
    fill = dice.choice([(0, 0, 0), (255, 255, 255), (128, 128, 128)])
    turned = image.rotate(angle, Image.Resampling.BILINEAR, fillcolor=fill)
    if dice.random() < 0.5:
        return turned
    lost = abs(math.sin(math.radians(angle))) / 2
    width, height = image.size
    across, down = min(0.3 * width, lost * height), min(0.3 * height, lost * width)
    return turned.crop((round(across), round(down), round(width - across), round(height - down)))


def mirrored(image, dice):
    return ImageOps.mirror(image)


def blurred(image, dice):
    return image.filter(ImageFilter.GaussianBlur(dice.uniform(0.003, 0.012) * max(image.size)))


def noisy(image, dice):
    noise = np.random.default_rng(dice.getrandbits(32)).normal(0, dice.uniform(5, 30), (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def written(image, dice):
    """Large words across the picture, on a band or straight on it."""
    image = image.copy()
    pen = ImageDraw.Draw(image)
    for _ in range(dice.randint(1, 3)):
        size = max(8, round(image.height * dice.uniform(0.06, 0.2)))
        text = " ".join(dice.sample(WORDS, dice.randint(1, 4)))
        left, top = dice.uniform(-0.1, 0.4) * image.width, dice.uniform(0, 0.9) * image.height
        if dice.random() < 0.5:
            pen.rectangle((0, top, image.width, top + size * 1.3), fill=_colour(dice))
        pen.text((left, top), text, fill=_colour(dice), font=ImageFont.load_default(size))
    return image


def watermarked(image, dice):
    """Half see-through words: once in a corner, or all over."""
    layer = Image.new("L", image.size, 0)
    pen = ImageDraw.Draw(layer)
    size = max(8, round(image.height * dice.uniform(0.05, 0.15)))
    font, text = ImageFont.load_default(size), " ".join(dice.sample(WORDS, 2))
    if dice.random() < 0.5:
        pen.text((dice.uniform(0, 0.6) * image.width, dice.uniform(0, 0.9) * image.height), text, fill=255, font=font)
    else:
        for row in range(0, image.height, size * 3):
            for column in range(-size * dice.randint(0, 5), image.width, size * 8):
                pen.text((column, row), text, fill=255, font=font)
    opacity = dice.uniform(0.3, 0.7)
    layer = layer.point([round(value * opacity) for value in range(256)])
    return Image.composite(Image.new("RGB", image.size, _colour(dice)), image, layer)


def covered(image, dice):
    """A box or a disc of one colour over 5 to 25 % of the picture."""
    image = image.copy()
    area, stretch = dice.uniform(0.05, 0.25), math.exp(dice.uniform(-0.7, 0.7))
    width, height = math.sqrt(area) * stretch * image.width, math.sqrt(area) / stretch * image.height
    left, top = dice.uniform(-0.1, 0.9) * image.width, dice.uniform(-0.1, 0.9) * image.height
    pen = ImageDraw.Draw(image)
    dice.choice([pen.rectangle, pen.ellipse])((left, top, left + width, top + height), fill=_colour(dice))
    return image


def framed(image, dice):
    """Borders as on a screen: bars above and below, at the sides, or all round."""
    left, top, right, bottom = (
        round(dice.choice([0, dice.uniform(0.03, 0.25)]) * side) for side in (image.width, image.height) * 2
    )
    fill = dice.choice([(0, 0, 0), (255, 255, 255), (30, 30, 30), _colour(dice)])
    screen = Image.new("RGB", (image.width + left + right, image.height + top + bottom), fill)
    screen.paste(image, (left, top))
    return screen


def toned(image, dice):
    """One of the looks of photo apps: a colour laid over, or a curve per channel."""
    layer = Image.new("RGB", image.size, _colour(dice))
    laid = dice.choice([ImageChops.soft_light, ImageChops.overlay, ImageChops.screen])(image, layer)
    return Image.blend(image, laid, dice.uniform(0.2, 0.6))


def _colour(dice):
    return tuple(dice.choice([0, 255, dice.randint(0, 255)]) for _ in range(3))


# A change and how often it is drawn.
CHANGES = {
    cropped: 5, resized: 2, stored: 3, exposed: 2, coloured: 2, grey: 1, turned: 3, mirrored: 2, blurred: 1,
    noisy: 1, written: 2, watermarked: 1, covered: 2, framed: 2, toned: 1,
}  # fmt: skip


def changed(image: Image.Image, dice: random.Random) -> Image.Image:
    """The picture after one to three random changes."""
    count = dice.choices([1, 2, 3], [3, 4, 3])[0]
    chosen = []
    while len(chosen) < count:
        change = dice.choices(list(CHANGES), list(CHANGES.values()))[0]
        if change not in chosen:
            chosen.append(change)
    for change in chosen:
        image = change(image, dice)
    return image
