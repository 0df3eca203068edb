"""Machines to draw that no specification has."""

from tcpspec.model.model import Machine
from tests.helpers import specification


def grid(size: int) -> Machine:
    """States that lead to the next ones, to one further down, and some back."""
    lines = []
    for number in range(size):
        ways = sorted({min(number + 1, size - 1), min(number + 7, size - 1), number // 2})
        body = "\n".join(f"rcv X [v == {n}] / snd Y -> S{way}" for n, way in enumerate(ways))
        lines.append(f"{'initial ' * (number == 0)}state S{number} {{ {body} }}")
    text = "\n".join(["message M = X | Y machine Big { var v: 0..2 = 0", *lines, "}"])
    return specification(text).machines["Big"]


def hub(count: int) -> Machine:
    """A state with an arrow to each of the others, and one back from each."""
    others = range(1, count)
    out = " ".join(f"step / n := {n} -> s{n}" for n in others)
    back = " ".join(f"state s{n} {{ step / n := {count - n} -> s0 }}" for n in others)
    text = f"machine R {{ var n: 0..{count} = 0 initial state s0 {{ {out} }} {back} }}"
    return specification(text).machines["R"]
