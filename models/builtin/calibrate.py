"""Measures where "same", "very close" and "related" end for this model, and the medians for binary codes.

    python calibrate.py          prints the distances that the thresholds come from, for the weights beside it

Measured on `diverse` and `captioned`: copies and frames made of them here, and strangers. Pairs of one class of
`scenes` and `flowers` are printed beside them. Never on `caltech`, which is held out. Needs what reference.py needs, and safetensors.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance
from safetensors.numpy import load_file

from reference import Reference, data_folder, open_upright


@dataclass
class Calibration:
    """`thresholds` are cosine distances in rising order; `code_threshold` has one number per dimension."""

    thresholds: dict[str, float]
    code_threshold: np.ndarray


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=quality)
    return Image.open(stored).convert("RGB")


def trimmed(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = image.size
    box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
    return image.crop(tuple(round(side) for side in box))


def smaller(image: Image.Image) -> Image.Image:
    """Three quarters of the size: these photos then still have a few more pixels than the network takes, as copies
    of camera photos have."""
    return image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


# What a copy goes through: stored again, made smaller, a hair of its border lost, a little lighter.
COPIES = {
    "stored again as JPEG 60": lambda image: as_jpeg(image, 60),
    "three quarters of the size, JPEG 80": lambda image: as_jpeg(smaller(image), 80),
    "2 % of the border lost": lambda image: trimmed(image, 0.02, 0.02, 0.02, 0.02),
    "8 % lighter": lambda image: ImageEnhance.Brightness(image).enhance(1.08),
}

# What another frame of the same moment looks like, as far as one picture can show it: framed differently, lit differently.
FRAMES = {
    "camera moved to the right": lambda image: trimmed(image, 0.15, 0.0, 0.0, 0.05),
    "camera moved up and left": lambda image: trimmed(image, 0.0, 0.0, 0.12, 0.12),
    "zoomed in, 30 % lighter": lambda image: ImageEnhance.Brightness(trimmed(image, 0.08, 0.08, 0.08, 0.08)).enhance(1.3),
    "turned by 4 degrees, 25 % darker": lambda image: ImageEnhance.Brightness(
        trimmed(image.rotate(4, Image.Resampling.BICUBIC), 0.06, 0.06, 0.06, 0.06)
    ).enhance(0.75),
}


def changed_distances(model: Reference, images, embeddings, changes) -> dict[str, np.ndarray]:
    """Per kind of change, each picture's distance from its changed self."""
    return {
        name: 1 - (embeddings * model.embed([change(image) for image in images])).sum(axis=1)
        for name, change in changes.items()
    }


def kind_distances(model: Reference, folder) -> np.ndarray:
    """Distances between photos of one class."""
    classes = [sorted(path.iterdir()) for path in sorted(folder.iterdir()) if path.is_dir()]
    return np.concatenate([pair_distances(model.embed_files(paths)) for paths in classes])


def pair_distances(embeddings: np.ndarray) -> np.ndarray:
    """Distances of all pairs."""
    above = np.triu_indices(len(embeddings), k=1)
    return (1 - embeddings @ embeddings.T)[above]


def calibrate(model: Reference) -> Calibration:
    data = data_folder()
    captioned = sorted((data / "captioned" / "images").iterdir())
    originals = sorted((data / "diverse").iterdir()) + captioned[:154]
    images = [open_upright(path) for path in originals]
    embeddings = model.embed(images)

    copies = changed_distances(model, images, embeddings, COPIES)
    frames = changed_distances(model, images, embeddings, FRAMES)
    kinds = {name: kind_distances(model, data / "photos" / name) for name in ("scenes", "flowers")}
    everything = model.embed_files(captioned)
    strangers = pair_distances(everything)

    groups = copies | frames | kinds | {"strangers": strangers}
    for name, distances in groups.items():
        marks = np.quantile(distances, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
        print(f"{name:36}", " ".join(f"{mark:.3f}" for mark in marks))

    thresholds = {
        # 19 of 20 copies are inside.
        "same": float(np.quantile(np.concatenate(list(copies.values())), 0.95)),
        # 19 of 20 frames are inside.
        "very_close": float(np.quantile(np.concatenate(list(frames.values())), 0.95)),
        # 1 of 100 pairs of strangers is inside.
        "related": float(np.quantile(strangers, 0.01)),
    }
    for name, threshold in thresholds.items():
        shares = {group: float(np.mean(distances <= threshold)) for group, distances in groups.items()}
        print(name, f"{threshold:.4f}", {group: round(share, 4) for group, share in shares.items()})
    return Calibration(
        thresholds={name: round(threshold, 3) for name, threshold in thresholds.items()},
        code_threshold=np.median(everything, axis=0).astype(np.float32),
    )


if __name__ == "__main__":
    calibrate(Reference(load_file(Path(__file__).with_name("weights.safetensors"))))
