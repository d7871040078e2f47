"""Lays out the photos that copies are looked for among: 20,000 that were neither learned from nor tuned on.

    python distractors.py PHOTOS FOLDER

PHOTOS is what training_photos.py laid out; FOLDER gets hard links to some of them, and must be on the same disk.
"""

import os
import random
import sys
from pathlib import Path

from photos import split
from reference import data_folder

COUNT = 20_000
SEED = 3


def main(laid_out: Path, folder: Path) -> None:
    seen = {photo.path for photos in split(laid_out, data_folder()).values() for photo in photos}
    unseen = [path for path in sorted(laid_out.rglob("*")) if path.is_file() and path not in seen]
    random.Random(SEED).shuffle(unseen)
    folder.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(unseen[:COUNT]):
        os.link(path, folder / f"{number:05d}{path.suffix}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
