"""Hypothesis strategies: the text of small valid specifications.

Every one has a system S with the instances a and b, machines with the states S0 (initial) and S1,
maybe S2, and nothing that grows without end, so that its state space is finite. All kinds of
channels, faults, limits and rules come up; values may leave their range and channels overflow.
"""

import re
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

MESSAGES = ("X", "Y", "Z")
HEADER = """protocol Random
const K = 1
message G(F: mod 3 = y) = X | Y(F = 1) | Z
call c, d
timer t, u
"""


@dataclass(frozen=True)
class Shape:
    """What a machine is like: how many states, whether it has ports, whether it is ordered."""

    states: tuple[str, ...]
    ports: tuple[str, ...]
    ordered: bool

    @property
    def outputs(self) -> tuple[str, ...]:
        return self.ports or ("out",)


def _optional(draw: DrawFn, text: SearchStrategy[str], often: int = 2) -> str:
    """The text, or nothing, one time in so many."""
    return draw(text) if draw(st.integers(1, often)) == 1 else ""


# --- expressions ------------------------------------------------------------------------------


@st.composite
def _atoms(draw: DrawFn, shape: Shape, receiving: bool) -> str:
    """A comparison that a guard may make."""
    choices = ["x == 0", "x < 2", "x != K", "y == 0", "y < 1", "y >= x * 0 + y", "p", "not p"]
    choices += ["x + x > K", "0 <= x < 2", "y - 1 == 0", "y - n == 1", "max(x, K) == 1"]
    choices += ["e == red", "e in {green, blue}", "min(y, n) != 2"]
    if receiving:
        choices += ["G.F == y", "G.F < 1", "G in {X, Z}", "G.F - y == 2"]
    for output in shape.outputs:
        choices += [f"full({output})", f"not full({output})", f"count({output}) < 1"]
    return draw(st.sampled_from(choices))


@st.composite
def guards(draw: DrawFn, shape: Shape, receiving: bool) -> str:
    atoms = draw(st.lists(_atoms(shape, receiving), min_size=1, max_size=2))
    return f" [{draw(st.sampled_from([' and ', ' or '])).join(atoms)}]"


@st.composite
def _sends(draw: DrawFn, shape: Shape) -> str:
    name = draw(st.sampled_from(MESSAGES))
    fields = ["", "(F = y + 1)", "(F = x)", "(F = 2)", "(F = any)"] if name != "Y" else [""]
    port = f" to {draw(st.sampled_from(shape.ports))}" if shape.ports else ""
    return f"snd {name}{draw(st.sampled_from(fields))}{port}"


ASSIGNMENTS = (
    "x := x + 1", "x := 0", "x := 2 - x", "y := y + 1", "y := x", "y := n", "p := not p",
    "p := true", "p := any", "x := any", "x := y - n", "e := green", "e := any", "reset",
)  # fmt: skip


@st.composite
def actions(draw: DrawFn, shape: Shape) -> str:
    """At most two sends, so that a channel for two messages can wait for room."""
    sends = draw(st.lists(_sends(shape), max_size=2))
    others = draw(st.lists(st.sampled_from(ASSIGNMENTS), max_size=2))
    both = draw(st.permutations([*sends, *others]))
    text = "; ".join("p := (not p)" if action == "p := not p" else action for action in both)
    return f" / {text}" if text else ""


# --- machines ---------------------------------------------------------------------------------


@st.composite
def _messages(draw: DrawFn) -> str:
    named = draw(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=2, unique=True))
    return draw(st.sampled_from([" | ".join(named), "any", f"any except {named[0]}"]))


@st.composite
def rules(draw: DrawFn, shape: Shape) -> str:
    kind = draw(
        st.sampled_from(["rcv"] * 5 + ["ignore", "defer", "otherwise", "call", "timeout", "step"])
    )
    receiving = kind in ("rcv", "ignore", "defer")
    port = ""
    if shape.ports and (receiving or kind == "otherwise"):
        port = _optional(draw, st.sampled_from([f" from {port}" for port in shape.ports]))
    if kind == "otherwise":
        outcome = draw(
            st.sampled_from([" -> S0", " / x := 0 -> S1", *([] if port else [" ignore"])])
        )
        return f"otherwise{port}{outcome}"
    trigger = kind
    if receiving:
        trigger += f" {draw(_messages())}{port}"
    elif kind != "step":
        trigger += " " + draw(
            st.sampled_from({"call": ["c", "c | d"], "timeout": ["t", "u"]}[kind])
        )
    guard = _optional(draw, guards(shape, receiving))
    if kind in ("ignore", "defer"):
        return trigger + guard
    target = _optional(draw, st.sampled_from([f" -> {state}" for state in shape.states]))
    return trigger + guard + draw(actions(shape)) + target


@st.composite
def _states(draw: DrawFn, shape: Shape) -> str:
    lines = []
    for name in shape.states:
        least = 2 if name == "S0" else 1
        flags = draw(st.sampled_from(["", "final ", "idle ", "idle final "]))
        initial = "initial " if name == "S0" else ""
        body = draw(st.lists(rules(shape), min_size=least, max_size=4))
        lines.append("\n        ".join([f"    {initial}{flags}state {name} {{", *body]) + "\n    }")
    return "\n".join(lines)


@st.composite
def _blocks(draw: DrawFn, shape: Shape) -> str:
    where = draw(st.sampled_from(["any", "S0, S1", "any except S0", "S1"]))
    guard = _optional(draw, guards(shape, False))
    unless = draw(st.sampled_from(["", " unless handled"]))
    body = draw(st.lists(rules(shape), min_size=1, max_size=2))
    return "\n        ".join([f"    in {where}{guard}{unless} {{", *body]) + "\n    }"


@st.composite
def machines(draw: DrawFn, name: str, ports: tuple[str, ...]) -> str:
    states = draw(st.sampled_from([("S0", "S1"), ("S0", "S1", "S2")]))
    shape = Shape(states, ports, draw(st.booleans()))
    parts = [f"machine {name}(n: mod 3){' ordered' if shape.ordered else ''} {{"]
    parts += [f"    port {', '.join(ports)}"] if ports else []
    parts.append("    var x: 0..2 = 1")
    parts.append(f"    {draw(st.sampled_from(['', 'persistent ']))}var y: mod 3 = n")
    parts.append("    var p: bool = false")
    parts.append("    var e: {red, green, blue} = red")
    parts.append(draw(_states(shape)))
    parts.append(_optional(draw, _blocks(shape), 3))
    return "\n".join(part for part in parts if part) + "\n}\n"


# --- systems ----------------------------------------------------------------------------------


FULL = ("", ", when full error", ", when full drop", ", when full wait")


@st.composite
def _options(draw: DrawFn, one_way: bool) -> str:
    """Kind, capacity, behaviour when full, faults, what is held. What waits has room for two."""
    full = draw(st.sampled_from([*FULL, *FULL[2:]]))  # overflows end most runs early
    capacity = draw(st.integers(2 if "wait" in full else 1, 2))
    loss = draw(st.sampled_from(["", "", ", lossy", ", loses at most 1"]))
    copy = draw(st.sampled_from(["", "", ", duplicating", ", duplicates at most 1"]))
    held = draw(st.sampled_from(["", ", holds X(F = 2)", ", holds Y"])) if one_way else ""
    return f"{draw(st.sampled_from(['fifo', 'bag']))}({capacity}){full}{loss}{copy}{held}"


@st.composite
def _wiring(draw: DrawFn, ports: bool) -> list[str]:
    ends = [[("a.p", "b.q"), ("a.q", "b.p")]] if ports else [[("a", "b")]]
    ends += [[("a.p", "a.q"), ("b.p", "b.q")]] if ports else []
    lines = []
    for left, right in draw(st.sampled_from(ends)):
        if draw(st.booleans()):
            lines.append(f"channel {left} <-> {right}: {draw(_options(False))}")
        else:
            lines.append(f"channel {left} -> {right}: {draw(_options(True))}")
            lines.append(f"channel {right} -> {left}: {draw(_options(True))}")
    if not ports and draw(st.integers(1, 4)) == 1:
        lines = [f"channel {x} -> {y}: {draw(_options(True))}" for x, y in (("a", "a"), ("b", "a"))]
    return lines


ALLOWED = (" may c once", " may c", " may c at most 2 times, d once", " may c, d")
TIMERS = (
    "timer t at most 2 times", "timer a.t at most 1 times", "timer t only when idle",
    "timer u [a in S0]", "timer t at most 1 times [b in S1] only when idle",
)  # fmt: skip
INITS = ("init a in S1", "init a in S0 init b in S1(x = 0)", "init a in S1, b in S1(y = 2)")


BOUNDS = ("bound a.x <= 1", "bound not (a in S1 and b.x == 2)", "bound a.x + b.x < 4")


@st.composite
def specifications(
    draw: DrawFn, *, inits: bool = True, bounds: bool = False, checks: bool = False
) -> str:
    """A valid specification; without ``inits``, both instances start in S0."""
    ports = ("p", "q") if draw(st.integers(1, 4)) == 1 else ()
    text = HEADER + draw(machines("M", ports))
    other = draw(st.booleans())
    text += draw(machines("N", ports)) if other else ""
    second = "N" if other else "M"
    lines = [
        f"a: M(n = {draw(st.integers(0, 2))}){draw(st.sampled_from(ALLOWED))}",
        f"b: {second}(n = {draw(st.integers(0, 2))}){draw(st.sampled_from(ALLOWED))}",
        *draw(_wiring(bool(ports))),
        _optional(draw, st.sampled_from(TIMERS)),
        _optional(draw, st.sampled_from(INITS), 4) if inits else "",
        _optional(draw, st.sampled_from(BOUNDS), 6) if bounds else "",
    ]
    body = "\n    ".join(line for line in lines if line)
    text = f"{text}system S {{\n    {body}\n}}\n"
    return text + draw(_checks(_channels(body))) if checks else text


# --- checks -----------------------------------------------------------------------------------


def _channels(system: str) -> list[str]:
    """The channels of a system as predicates name them."""
    names = []
    for left, arrow, right in re.findall(r"channel (\S+) (<->|->) (\S+):", system):
        names.append(f"{left} -> {right}")
        names += [f"{right} -> {left}"] * (arrow == "<->")
    return names


@st.composite
def predicates(draw: DrawFn, channels: list[str]) -> str:
    """A predicate over system S, of one or two questions."""
    atoms = ["a in S0", "b in {S0, S1}", "a.x == 2", "b.x < a.x", "a.y == b.y", "a.y < b.y"]
    atoms += ["a.p implies b.p", "b.e != red", "a.e in {red, blue}", "a.x + b.x <= K", "not b.p"]
    for channel in channels:
        atoms += [f"empty({channel})", f"full({channel})", f"count({channel}) == 1"]
        atoms += [f"X in ({channel})", f"X(F = a.y) in ({channel})", f"Z(F = 1) in ({channel})"]
    chosen = draw(st.lists(st.sampled_from(atoms), min_size=1, max_size=2))
    joined = draw(st.sampled_from([" and ", " or ", " implies "])).join(f"({a})" for a in chosen)
    return draw(st.sampled_from([joined, f"not ({joined})"]))


@st.composite
def _checks(draw: DrawFn, channels: list[str]) -> str:
    """Every claim of the language about one system."""
    asked = [
        f'"{kind} {number}": {kind} {draw(predicates(channels))}'
        for kind, count in (("always", 2), ("never", 1), ("reachable", 2), ("always possible", 1))
        for number in range(count)
    ]
    plain = ["no deadlock", "no stall", "no unspecified reception", "no overflow"]
    lines = [*plain, *asked, "every state reachable", "every transition used"]
    return "\n    ".join(["check S {", *lines]) + "\n}\n"
