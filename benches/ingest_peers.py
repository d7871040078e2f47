#!/usr/bin/env python3
"""Whole ingest in photos a second, beside other programs, on the same folder in the same run.

    benches/ingest_peers.py FOLDER [--rounds 3] [--likeness target/release/likeness] [--imagededup VENV/bin/python]
                            [--czkawka czkawka_cli] [--cores 1 2]

FOLDER holds photos. Programs take turns, each from an empty library or cache; medians are printed. Likeness reads,
hashes, decodes, makes two thumbnails, embeds and commits. czkawka_cli's image scan hashes a decoded picture (no
thumbnail, no embedding). imagededup's CNN encoder decodes and embeds with MobileNetV3 (small) in PyTorch. What is not
installed is left out and said so.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Untrained weights take the same time, and nothing has to be fetched.
IMAGEDEDUP = """
import sys
import torchvision
trained = torchvision.models.mobilenet_v3_small
torchvision.models.mobilenet_v3_small = lambda weights: trained(weights=None)
from imagededup.methods import CNN
print(len(CNN(verbose=False).encode_images(image_dir=sys.argv[1], recursive=True, num_enc_workers=0)))
"""


def commands(options, folder, scratch):
    library = scratch / "library"
    czkawka = [options.czkawka, "image", "--directories", str(folder), "--disable-cache"]
    return {
        "likeness add": [options.likeness, "--library", str(library), "--quiet", "add", str(folder)],
        "likeness add --no-embed": [options.likeness, "--library", str(library), "--quiet", "add", "--no-embed", str(folder)],
        "czkawka_cli image": czkawka,
        "imagededup CNN": [options.imagededup, "-c", IMAGEDEDUP, str(folder)],
    }


def seconds(command, cores):
    environment = dict(os.environ, OMP_NUM_THREADS=str(cores), RAYON_NUM_THREADS=str(cores))
    pinned = ["taskset", "--cpu-list", f"0-{cores - 1}"] + command
    started = time.perf_counter()
    done = subprocess.run(pinned, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    elapsed = time.perf_counter() - started
    # likeness ends with 3 and czkawka_cli with 11 when the work is done and something was found.
    if done.returncode not in (0, 3, 11):
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout.decode(errors='replace')[-2000:]}")
    return elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--likeness", default="target/release/likeness")
    parser.add_argument("--imagededup", default="")
    parser.add_argument("--czkawka", default="czkawka_cli")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()

    photos = sum(1 for path in options.folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    times = {}
    for _ in range(options.rounds):
        for cores in options.cores:
            with tempfile.TemporaryDirectory() as scratch:
                for name, command in commands(options, options.folder, Path(scratch)).items():
                    if not command[0] or not shutil.which(command[0]):
                        continue
                    shutil.rmtree(Path(scratch) / "library", ignore_errors=True)
                    times.setdefault((name, cores), []).append(seconds(command, cores))
    for (name, cores), taken in sorted(times.items()):
        median = statistics.median(taken)
        print(json.dumps({"program": name, "cores": cores, "photos": photos, "seconds": round(median, 2),
                          "photos_per_second_per_core": round(photos / median / cores, 1), "runs": len(taken)}))


if __name__ == "__main__":
    main()
