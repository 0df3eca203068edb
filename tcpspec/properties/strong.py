"""Strongly connected components: by SciPy for large graphs, by Tarjan's algorithm for small ones.

SciPy takes a tenth of a second to import, and is not always installed.
"""

from importlib.util import find_spec

import numpy as np

from tcpspec.explore.columns import Numbers
from tcpspec.explore.expansion import spread
from tcpspec.explore.graph import Small

LARGE = 20_000
"""From how many nodes and edges on SciPy is worth its import."""


def components(size: int, source: Small, target: Small) -> Small:
    """The number of each node's component, given the edges."""
    if size + len(source) >= LARGE and find_spec("scipy") is not None:
        return _by_scipy(size, source, target)
    return _by_tarjan(size, source, target)


def _by_scipy(size: int, source: Small, target: Small) -> Small:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    edges = csr_array((np.ones(len(source), np.int8), (source, target)), shape=(size, size))
    found: Small = connected_components(edges, directed=True, connection="strong")[1]
    return found


def _by_tarjan(size: int, source: Small, target: Small) -> Small:
    """R. Tarjan: "Depth-first search and linear graph algorithms", 1972; without recursion."""
    order = np.argsort(source, kind="stable")
    targets = target[order].tolist()
    offsets = np.searchsorted(source[order], np.arange(size + 1)).tolist()
    index, low = [-1] * size, [0] * size
    component, stack, met, found = [-1] * size, list[int](), 0, 0
    for root in range(size):
        path = [root] if index[root] < 0 else []
        position = dict[int, int]()
        while path:
            node = path[-1]
            if node not in position:
                position[node] = offsets[node]
                index[node] = low[node] = met
                met += 1
                stack.append(node)
            while position[node] < offsets[node + 1]:
                following = targets[position[node]]
                position[node] += 1
                if index[following] < 0:
                    path.append(following)
                    break
                if component[following] < 0:
                    low[node] = min(low[node], index[following])
            else:
                path.pop()
                if path:
                    low[path[-1]] = min(low[path[-1]], low[node])
                if low[node] == index[node]:
                    while component[node] < 0:
                        component[stack.pop()] = found
                    found += 1
    return np.array(component, np.int32)


def spread_edges(offsets: Numbers, states: Numbers) -> tuple[Numbers, Numbers]:
    """All edges of these states: which of the states each starts from, and its number."""
    return spread(offsets[states], offsets[states + 1] - offsets[states])
