"""Which photos are trained on, tuned on, and tested on. Fixed by a seed; the four never overlap.

`training` is what the student learns from. `tuning` are classes and photos kept back from it, for choosing settings.
`tests` are the held-out sets of the evaluation data.
"""

import random
from dataclasses import dataclass
from pathlib import Path

SEED = 11

# At most so many training photos of a source: large sources with few classes would drown the others.
MOST = {
    "caltech": 4000,
    "imagenette": 3500,
    "scenes": 2500,
    "flowers": 2000,
    "pets": 2500,
    "everyday": 3500,
    "voc": 7000,
    "pacs": 2000,
    "objects": 1000,
}
# Every third class of Caltech is kept back for tuning; of the two sets that share classes with the tests, so many photos a class.
TUNING_CLASS_EVERY = 3
TUNING_PHOTOS = {"caltech": 16, "scenes": 40, "flowers": 24}


@dataclass(frozen=True)
class Photo:
    """A file, and the class it shows as `source/class`; None where the class says little about the looks."""

    path: Path
    label: str | None


# Folders of these sources do not name what is seen: VOC has one folder, "not hotdog" is anything, objects are one each.
UNLABELLED = {"voc", "objects", "everyday"}
UNLABELLED_FOLDERS = {"pets/train", "pets/test"}


def _label(source: str, folder: str) -> str | None:
    label = f"{source}/{folder}"
    return None if source in UNLABELLED or label in UNLABELLED_FOLDERS else label


def photos_of(folder: Path, source: str) -> dict[str, list[Photo]]:
    """Photos by class, in order of name."""
    return {
        kind.name: [
            Photo(path, _label(source, kind.name)) for path in sorted(kind.iterdir())
        ]
        for kind in sorted(folder.iterdir())
        if kind.is_dir()
    }


def split(laid_out: Path, tests: Path) -> dict[str, list[Photo]]:
    """Photos by purpose: `training`, `tuning/<set>`, `tests/<set>`. `laid_out` is where training_photos.py put them."""
    dice = random.Random(SEED)
    parts: dict[str, list[Photo]] = {"training": []}
    for source, most in MOST.items():
        by_class = photos_of(laid_out / source, source)
        rest = []
        for number, photos in enumerate(by_class.values()):
            photos = dice.sample(photos, len(photos))
            kept_back = TUNING_PHOTOS.get(source, 0)
            if source == "caltech" and number % TUNING_CLASS_EVERY:
                kept_back = 0
            if kept_back:
                parts.setdefault(f"tuning/{source}", []).extend(photos[:kept_back])
            if source != "caltech" or not kept_back:
                rest.extend(photos[kept_back:])
        rest = dice.sample(rest, len(rest))
        parts["training"].extend(rest[:most])
    parts["training"] = dice.sample(parts["training"], len(parts["training"]))
    for name in ("caltech", "scenes", "flowers"):
        by_class = photos_of(tests / "photos" / name, name)
        parts[f"tests/{name}"] = [photo for photos in by_class.values() for photo in photos]
    return parts
