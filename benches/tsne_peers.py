"""How good and how quick are maps of the same vectors by openTSNE, scikit-learn and umap-learn?

    cargo bench -p likeness-benches --bench tsne -- 10000 --out FOLDER
    python benches/tsne_peers.py FOLDER [--threads 2] [--only opentsne,sklearn,umap]

Reads what the bench has written: vectors.f32 and map.f32, and what benches/bhtsne has. Prints a row for each map, ours first: seconds (ours are the
bench's), seconds of processor time, KL divergence and 10-neighbour preservation. All maps are judged alike: by the
affinities of perplexity 30 that openTSNE makes of exact neighbours, over all pairs, and by the exact neighbours of
1,000 rows. Needs openTSNE, scikit-learn, umap-learn and its numba.
"""

import argparse
import os
import time
from pathlib import Path

PERPLEXITY, NEIGHBORS, KEPT_OF, SAMPLE, SEED = 30, 90, 10, 1000, 0

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--dimension", type=int, default=256)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--only", default="opentsne,sklearn,umap")
options = parser.parse_args()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = str(options.threads)

import numba
import numpy as np
import openTSNE
from openTSNE import affinity, initialization
from openTSNE.nearest_neighbors import PrecomputedNeighbors

vectors = np.fromfile(options.folder / "vectors.f32", np.float32).reshape(-1, options.dimension)
count = len(vectors)
sample = np.arange(0, count, -(-count // SAMPLE))


def exact_neighbors():
    neighbors = np.empty((count, NEIGHBORS), np.int64)
    distances = np.empty((count, NEIGHBORS))
    for start in range(0, count, 500):
        cosines = vectors[start:start + 500] @ vectors.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -np.inf
        nearest = np.argpartition(-cosines, NEIGHBORS, axis=1)[:, :NEIGHBORS]
        nearness = np.take_along_axis(cosines, nearest, 1)
        order = np.argsort(-nearness, axis=1)
        neighbors[start:start + 500] = np.take_along_axis(nearest, order, 1)
        distances[start:start + 500] = np.sqrt(np.maximum(0, 2 - 2 * np.take_along_axis(nearness, order, 1)))
    return neighbors, distances


neighbors, distances = exact_neighbors()
judge = affinity.PerplexityBasedNN(
    perplexity=PERPLEXITY, knn_index=PrecomputedNeighbors(neighbors, distances), n_jobs=options.threads
).P.tocoo()


@numba.njit(parallel=True, fastmath=True)
def sum_over_pairs(places):
    total = 0.0
    for a in numba.prange(len(places)):
        for b in range(len(places)):
            x, y = places[a, 0] - places[b, 0], places[a, 1] - places[b, 1]
            total += 1 / (1 + x * x + y * y)
    return total - len(places)


def kl_divergence(places):
    normalizer = sum_over_pairs(places)
    apart = ((places[judge.row] - places[judge.col]) ** 2).sum(1)
    q = 1 / (1 + apart) / normalizer
    return float((judge.data * np.log(judge.data / q)).sum())


def kept(places):
    shares = []
    for row in sample:
        apart = ((places - places[row]) ** 2).sum(1)
        apart[row] = np.inf
        nearest = np.argpartition(apart, KEPT_OF)[:KEPT_OF]
        shares.append(len(set(nearest) & set(neighbors[row][:KEPT_OF])) / KEPT_OF)
    return float(np.mean(shares))


def judged(name, places, seconds="", cpu=""):
    places = np.asarray(places, np.float64)
    print(f"| {name} | {seconds} | {cpu} | {kl_divergence(places):.4f} | {kept(places):.4f} |", flush=True)


def measured(name, make):
    started, cpu = time.perf_counter(), time.process_time()
    places = make()
    judged(name, places, f"{time.perf_counter() - started:.1f}", f"{time.process_time() - cpu:.1f}")


def opentsne():
    found = affinity.PerplexityBasedNN(
        vectors, perplexity=PERPLEXITY, metric="euclidean", n_jobs=options.threads, random_state=SEED
    )
    start = initialization.pca(vectors, random_state=SEED)
    places = openTSNE.TSNEEmbedding(
        start, found, negative_gradient_method="fft", n_jobs=options.threads, random_state=SEED
    )
    places = places.optimize(250, exaggeration=12, momentum=0.8)
    return places.optimize(500, momentum=0.8)


def sklearn():
    from sklearn.manifold import TSNE

    return TSNE(
        perplexity=PERPLEXITY, init="pca", max_iter=750, n_jobs=options.threads, random_state=SEED
    ).fit_transform(vectors)


def umap():
    import umap as umap_learn

    # Its default: 15 neighbours. A seed keeps it to one thread, so it has none here.
    return umap_learn.UMAP(n_jobs=options.threads).fit_transform(vectors)


print(f"| {count} x {options.dimension} | s | cpu s | KL divergence | {KEPT_OF} kept |\n|---|---|---|---|---|")
judged("likeness", np.fromfile(options.folder / "map.f32", np.float32).reshape(-1, 2))
for file in sorted(options.folder.glob("bhtsne-*.f32")):
    judged(file.stem, np.fromfile(file, np.float32).reshape(-1, 2))
for name, make in (("opentsne", opentsne), ("sklearn", sklearn), ("umap", umap)):
    if name in options.only.split(","):
        measured(name, make)
