"""faiss on the vectors that `cargo bench --bench nearest -- ... --folder DIR` left in DIR: the same queries and columns.

    pip install faiss-cpu numpy
    python nearest_faiss.py DIR/vectors-100000x256.npy [more .npy files] [--graphs-up-to 100000]
"""

import argparse
import os
import time

import faiss
import numpy as np

QUERIES, WARM_UP, COUNT = 200, 20, 10


def resident_megabytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def run(name, threads, built, megabytes, index, vectors, rows, truth):
    """Asks one query at a time and prints a line of the table."""
    faiss.omp_set_num_threads(threads)
    for row in rows[:WARM_UP]:
        index.search(vectors[row : row + 1], COUNT + 1)
    times, right = [], 0
    for row, nearest in zip(rows, truth):
        query = vectors[row : row + 1]
        started = time.perf_counter()
        _, found = index.search(query, COUNT + 1)
        times.append((time.perf_counter() - started) * 1e3)
        right += len(nearest & set([other for other in found[0] if other != row][:COUNT]))
    print(
        f"| {name} | {threads} | {built:.1f} | {megabytes:.0f} | {np.median(times):.2f} "
        f"| {np.percentile(times, 95):.2f} | {right / (len(rows) * COUNT):.3f} |",
        flush=True,
    )


def build(index, vectors, train=False):
    faiss.omp_set_num_threads(os.cpu_count())
    before, started = resident_megabytes(), time.perf_counter()
    if train:
        index.train(vectors)
    index.add(vectors)
    return time.perf_counter() - started, resident_megabytes() - before


def measure(path, graphs_up_to):
    vectors = np.load(path)
    count, dimension = vectors.shape
    rows = [at * (count // QUERIES) for at in range(QUERIES)]
    print(f"\n{count} x {dimension}, faiss {faiss.__version__}, {QUERIES} queries, {COUNT} nearest\n")
    print("| how | threads | build s | memory MB | median ms | p95 ms | recall@10 |")
    print("|---|---|---|---|---|---|---|")

    flat = faiss.IndexFlatIP(dimension)
    built, megabytes = build(flat, vectors)
    _, found = flat.search(vectors[rows], COUNT + 1)
    truth = [set([other for other in near if other != row][:COUNT]) for row, near in zip(rows, found)]
    for threads in (1, 2):
        run("faiss flat f32", threads, built, megabytes, flat, vectors, rows, truth)
    del flat

    cells = int(4 * count**0.5)
    ivf = faiss.index_factory(dimension, f"IVF{cells},SQfp16", faiss.METRIC_INNER_PRODUCT)
    built, megabytes = build(ivf, vectors, train=True)
    for probes in (4, 16, 64):
        ivf.nprobe = probes
        for threads in (1, 2):
            run(f"faiss IVF{cells} f16, nprobe {probes}", threads, built, megabytes, ivf, vectors, rows, truth)
    del ivf

    if count > graphs_up_to:
        return
    graph = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
    built, megabytes = build(graph, vectors)
    for ef in (64, 128, 256, 512, 1024):
        graph.hnsw.efSearch = ef
        run(f"faiss HNSW32 f32, ef {ef}", 1, built, megabytes, graph, vectors, rows, truth)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vectors", nargs="+")
    parser.add_argument("--graphs-up-to", type=int, default=10**9)
    arguments = parser.parse_args()
    for path in arguments.vectors:
        measure(path, arguments.graphs_up_to)


if __name__ == "__main__":
    main()
