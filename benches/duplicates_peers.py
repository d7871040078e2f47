#!/usr/bin/env python3
"""Counts what is right in near-duplicates that were found, Likeness's and other programs', on one folder of known truth.

    benches/duplicates_peers.py FOLDER [--half test] [--likeness OUT.tsv …] [--czkawka czkawka_cli] [--imagededup VENV/bin/python]

FOLDER is what `duplicates_truth.py` made, OUT.tsv what `cargo bench --bench duplicates` wrote. The others run now: each with
several settings, of which all are shown. What is not installed is left out and said so.

A changed file is found when it is in one group with its source (imagededup: when the two are a pair). A pair of one group
is wrong when its two files have different sources, or are two shots of one burst. Precision is the share of pairs
that are not wrong. All programs are counted alike; Likeness's lanes are counted besides, there a pair of keeper and member in
*copies* is right only when nothing but storage lies between the two. An edit that is unseen is to be found as any other, and
right in both lanes.
"""

import argparse
import collections
import csv
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMAGEDEDUP = """
import json, sys, time
from imagededup.methods import PHash, DHash
out = {}
for method in (PHash, DHash):
    started = time.perf_counter()
    hasher = method(verbose=False)
    encodings = hasher.encode_images(image_dir=sys.argv[1], num_enc_workers=2)
    read = time.perf_counter() - started
    for bits in (4, 10, 16):
        started = time.perf_counter()
        found = hasher.find_duplicates(encoding_map=encodings, max_distance_threshold=bits, num_dist_workers=2)
        out[f"imagededup {method.__name__}, {bits} bits"] = [read, time.perf_counter() - started, [[a, b] for a, others in found.items() for b in others if a < b]]
json.dump(out, open(sys.argv[2], "w"))
"""


def truth_of(folder, half):
    rows = csv.DictReader((folder / "truth.tsv").open(), delimiter="\t")
    return {row["file"]: row for row in rows if half in ("all", row["half"])}


def to_be_found(row):
    """As what a file is to be found: copy, edit, or nothing."""
    return {"copy": "copy", "edit": "edit", "unseen": "edit"}.get(row["lane"])


def pairs_of(groups):
    return {tuple(sorted(pair)) for group in groups for pair in itertools.combinations(group, 2)}


def joined(pairs):
    """Groups of what is joined by pairs: a keeper, what goes to it in one lane, and what that keeper goes to in a later one."""
    group = {}
    for a, b in pairs:
        one, other = group.setdefault(a, [a]), group.setdefault(b, [b])
        if one is not other:
            one.extend(other)
            group.update(dict.fromkeys(other, one))
    return {id(members): members for members in group.values()}.values()


def is_wrong(a, b):
    if a["lane"] == "burst" or b["lane"] == "burst":
        return True
    return a["source"] != b["source"]


def count(name, pairs, truth, seconds=""):
    pairs = {(a, b) for a, b in pairs if a in truth and b in truth}
    wrong = [(a, b) for a, b in pairs if is_wrong(truth[a], truth[b])]
    by_change = collections.defaultdict(lambda: [0, 0])
    for file, row in truth.items():
        if lane := to_be_found(row):
            seen = tuple(sorted((file, row["source"]))) in pairs
            for key in ((lane, ""), (lane, row["change"])):
                by_change[key][0] += seen
                by_change[key][1] += 1
    recall = {key: found / of for key, (found, of) in by_change.items()}
    precision = 1 - len(wrong) / max(1, len(pairs))
    of_all = [sum(by_change[lane, ""][at] for lane in ("copy", "edit")) for at in (0, 1)]
    of_all = of_all[0] / of_all[1]
    f1 = 2 * precision * of_all / max(1e-9, precision + of_all)
    print(f"| {name} | {recall['copy', '']:.3f} | {recall['edit', '']:.3f} | {precision:.4f} | {len(wrong)} of {len(pairs)} | {f1:.3f} | {seconds} |", flush=True)
    return by_change


def likeness(path, truth):
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    sure = [(a, b) for lane, a, b in rows if lane in ("Copies", "Edits")]
    by_change = count(f"Likeness ({path.stem})", pairs_of(joined(sure)), truth)
    for lane, word in (("Copies", "copy"), ("Edits", "edit")):
        of_lane = [(truth[a], truth[b]) for found, a, b in rows if found == lane and a in truth and b in truth]
        same = lambda a, b: not is_wrong(a, b) and (lane == "Edits" or {a["lane"], b["lane"]} <= {"source", "copy", "unseen", "other"} or a["lane"] == b["lane"] == "other")
        wrong = [(a["file"], b["file"], b["change"]) for a, b in of_lane if not same(a, b)]
        print(f"  lane {word}: {len(of_lane)} pairs of keeper and member, {len(wrong)} wrong, precision {1 - len(wrong) / max(1, len(of_lane)):.4f}")
        for pair in wrong[:20]:
            print("    ", *pair)
    in_lane = collections.defaultdict(lambda: [0, 0])
    copies = pairs_of(joined([(a, b) for lane, a, b in rows if lane == "Copies"]))
    for file, row in truth.items():
        if row["lane"] == "copy":
            seen = tuple(sorted((file, row["source"]))) in copies
            for key in ("", row["change"]):
                in_lane[key][0] += seen
                in_lane[key][1] += 1
    print(f"  copies called copies: {in_lane[''][0] / max(1, in_lane[''][1]):.4f}")
    for (lane, change), (found, of) in sorted(by_change.items()):
        called = f", called a copy {in_lane[change][0] / of:.2f}" if lane == "copy" and change else ""
        if change:
            print(f"    {lane:5} {change:32} {found / of:.2f} of {of}{called}")


def czkawka(program, folder, truth):
    for algorithm, size, bits in itertools.product(("Gradient", "Mean"), (8, 16), (5, 10, 20)):
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "out.json"
            started = time.perf_counter()
            done = subprocess.run([program, "image", "--directories", folder, "--disable-cache", "-m", "1", "-g", algorithm, "-c", str(size),
                                   "-s", str(bits), "-C", out, "-N", "-M"], capture_output=True, text=True)
            seconds = time.perf_counter() - started
            if not out.exists():
                print(f"| czkawka {algorithm} {size}, {bits} | ended with {done.returncode}: {done.stderr.strip()[-80:]} |")
                continue
            groups = [[Path(entry["path"]).name for entry in group] for group in json.loads(out.read_text())]
            count(f"czkawka {algorithm} {size}, {bits} bits", pairs_of(groups), truth, f"{seconds:.0f} s with reading")


def imagededup(python, folder, truth):
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.json"
        done = subprocess.run([python, "-c", IMAGEDEDUP, folder, out], capture_output=True, text=True)
        if not out.exists():
            return print(f"| imagededup | {done.stderr.strip()[-200:]} |")
        for name, (read, search, pairs) in json.loads(out.read_text()).items():
            count(name, {tuple(sorted(pair)) for pair in pairs}, truth, f"{read:.0f} s reading, {search:.1f} s")
    print("imagededup CNN: its weights come from the network and are not had here")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", default="test", choices=("tune", "test", "all"))
    parser.add_argument("--likeness", type=Path, nargs="*", default=[])
    parser.add_argument("--czkawka")
    parser.add_argument("--imagededup")
    options = parser.parse_args()
    truth = truth_of(options.folder, options.half)
    print("| program | copies found | edits found | precision | wrong pairs | F1 | seconds |\n|---|---|---|---|---|---|---|")
    for path in options.likeness:
        likeness(path, truth)
    if options.czkawka:
        czkawka(options.czkawka, options.folder, truth)
    if options.imagededup:
        imagededup(options.imagededup, options.folder, truth)
    if not (options.likeness or options.czkawka or options.imagededup):
        sys.exit("nothing to count")


if __name__ == "__main__":
    main()
