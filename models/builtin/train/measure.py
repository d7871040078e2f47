"""How well a set of unit vectors brings photos of one class together."""

import numpy as np

DEPTH = 10


def unit(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def nearest_first(vectors: np.ndarray) -> np.ndarray:
    """For every photo the others, nearest first."""
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :-1]


def retrieval(vectors: np.ndarray, labels: list[str]) -> tuple[float, float]:
    """Precision@10 and mean average precision, every photo asked for among the others, as `likeness eval` counts."""
    kinds = np.unique(labels, return_inverse=True)[1]
    hits = kinds[nearest_first(vectors)] == kinds[:, None]
    at = np.arange(1, hits.shape[1] + 1)
    average = (np.cumsum(hits, axis=1) / at * hits).sum(axis=1) / hits.sum(axis=1)
    return float(hits[:, :DEPTH].mean()), float(average.mean())


def precision_gain(vectors: np.ndarray, others: np.ndarray, labels: list[str]) -> tuple[float, float]:
    """How much higher precision@10 is with `vectors` than with `others`, and its standard error over photos."""
    kinds = np.asarray(labels)
    precisions = [(kinds[nearest_first(rows)[:, :DEPTH]] == kinds[:, None]).mean(axis=1) for rows in (vectors, others)]
    gains = precisions[0] - precisions[1]
    return float(gains.mean()), float(gains.std() / np.sqrt(len(gains)))


def company(vectors: np.ndarray, labels: list[str]) -> dict[str, dict[str, float]]:
    """For every class, the most mixed one first, the shares of the classes among its nearest 10."""
    kinds = np.asarray(labels)
    nearest = kinds[nearest_first(vectors)[:, :DEPTH]]
    shares = {}
    for kind in np.unique(kinds):
        names, counts = np.unique(nearest[kinds == kind], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        shares[str(kind)] = {str(names[place]): counts[place] / counts.sum() for place in order}
    return dict(sorted(shares.items(), key=lambda item: item[1].get(item[0], 0)))
