"""How well a set of unit vectors brings photos of one class together."""

import numpy as np


def unit(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def retrieval(vectors: np.ndarray, labels: list[str]) -> tuple[float, float]:
    """Precision@10 and mean average precision, every photo asked for among the others, as `likeness eval` counts."""
    return ranked(vectors @ vectors.T, labels)


def ranked(similarity: np.ndarray, labels: list[str]) -> tuple[float, float]:
    """The same from a matrix of similarities."""
    kinds = np.unique(labels, return_inverse=True)[1]
    similarity = similarity.copy()
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :-1]
    hits = kinds[order] == kinds[:, None]
    at = np.arange(1, hits.shape[1] + 1)
    average = (np.cumsum(hits, axis=1) / at * hits).sum(axis=1) / hits.sum(axis=1)
    return float(hits[:, :10].mean()), float(average.mean())
