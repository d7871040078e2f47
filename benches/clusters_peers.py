"""How quick is KMeans of faiss and scikit-learn on the same vectors, and how tight are its groups?

    cargo bench -p likeness-benches --bench clusters -- 100000 --vectors FILE
    python benches/clusters_peers.py FILE [--count 100000] [--clusters 100] [--dimension 256] [--threads 2]

FILE holds f32, little endian, as the tsne bench writes them. Prints a row for each program and seed: seconds and
inertia (sum of squared distances to the nearest centre, in 64 bits).
"""

import argparse
import os
import time
from pathlib import Path

SEEDS = (0, 1, 2)

parser = argparse.ArgumentParser()
parser.add_argument("vectors", type=Path)
parser.add_argument("--count", type=int, default=100_000)
parser.add_argument("--clusters", type=int, default=100)
parser.add_argument("--dimension", type=int, default=256)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(options.threads)

import faiss
import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans

vectors = np.fromfile(options.vectors, np.float32, options.count * options.dimension)
vectors = vectors.reshape(options.count, options.dimension)


def inertia(centres):
    nearness = vectors @ centres.T - (centres**2).sum(1) / 2
    return float(((vectors - centres[nearness.argmax(1)]).astype(np.float64) ** 2).sum())


def by_faiss(seed):
    fit = faiss.Kmeans(options.dimension, options.clusters, seed=seed)
    fit.train(vectors)
    return fit.centroids


def by_scikit(kind):
    return lambda seed: kind(options.clusters, n_init=1, random_state=seed).fit(vectors).cluster_centers_


programs = {
    # Its default: 25 rounds on 256 vectors for each cluster.
    "faiss Kmeans": by_faiss,
    "scikit-learn MiniBatchKMeans": by_scikit(MiniBatchKMeans),
    "scikit-learn KMeans": by_scikit(KMeans),
}
print("| program | seed | s | inertia |\n|---|---|---|---|")
for seed in SEEDS:
    for name, fit in programs.items():
        started = time.perf_counter()
        centres = fit(seed).astype(np.float32)
        print(f"| {name} | {seed} | {time.perf_counter() - started:.2f} | {inertia(centres):.0f} |", flush=True)
