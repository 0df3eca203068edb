"""Hypothesis strategies: the text of small valid specifications.

Every one has a system S with the instances a and b, machines with the states S0 (initial) and S1,
maybe S2, and nothing that grows without end, so that its state space is finite. All kinds of
channels, faults, limits and rules come up; values may leave their range and channels overflow.

What they show, and how often, is measured in ``tests/explore/test_random.py``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

HEADER = """protocol Random
const K = 1
type T = mod 3
message G(F: T = y, H: bool = false) = X | Y(F = 1) | X+Z
message D(R: 0..2 = x, C: {red, green, blue} = e) = ACK
call c, d
timer t, u
define small = x < K + 1
define apart = a.x != b.x or a.e != b.e
define started = a in S1
define waits = b in S0
"""

PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]
"""What does not fail a test: examples may take long to make."""

ROUND = 9
"""So many examples of one run of Hypothesis are drawn anew. From the tenth on, five of six are the
one before with a part copied over another, and of more than nine, the first are small on purpose.
"""


def rounds(examples: int) -> range:
    """The numbers of the rounds for so many examples."""
    return range(0, examples, ROUND)


def anew(examples: int, strategy: SearchStrategy[str], test: Callable[[str], None]) -> None:
    """Run a test on so many examples, the same ones each time, in rounds."""
    for number in rounds(examples):
        anew_once(number, strategy, test)


def anew_once(number: int, strategy: SearchStrategy[str], test: Callable[[str], None]) -> None:
    """One round. The first example is the simplest there is; what fails is shrunk as usual."""
    limits = settings(max_examples=ROUND, database=None, suppress_health_check=list(HealthCheck))
    seed(number)(limits(given(strategy)(test)))()


def _optional(draw: DrawFn, text: SearchStrategy[str], often: int = 2) -> str:
    """The text, or nothing, one time in so many."""
    return draw(text) if draw(st.integers(1, often)) == 1 else ""


def _weighted(*choices: tuple[int, str]) -> SearchStrategy[str]:
    """Each text as often as its number says."""
    return st.sampled_from([text for times, text in choices for _ in range(times)])


# --- machines: what a line says -----------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """What a machine is like: its states, its ports, and which of its variables change.

    In a plain one there are few lines, and each of them can happen.
    """

    states: tuple[str, ...]
    ports: tuple[str, ...]
    changing: str
    plain: bool


GUARDS = (
    "x == K", "x < 2", "x != 0", "y == n", "y < n + 1", "y * x + n != 0", "p", "not p", "small",
    "0 <= x < 2", "n <= y < y + 1", "y - n != 1", "max(x, K) == 1", "max(y, n) == n",
    "min(x, 2) > 0", "e == red", "e in {red, blue}", "e in {red, green}", "e in {red, blue}",
    "p == false", "x + x > K", "x * x < 2", "2 * x == 2",
)  # fmt: skip
GUARDS_RECEIVING = {
    "": (),
    "G": (
        "G.F == y", "G.F - y != 2", "G.H or G.F < 1",
        "G in {X, X+Z}", "not G in {Y}", "G in {X, Y}", "G in {X}",
    ),
    "D": ("D.R >= x", "D.C == e", "D.C in {red, blue}"),
}  # fmt: skip
SENDS = (
    "X", "X", "Y", "X+Z", "ACK", "X(F = y + 1)", "X+Z(F = x)", "X(F = y * 2)", "X(F = any)",
    "Y(H = p)", "X+Z(F = n, H = any)", "ACK(R = 0)", "ACK(C = any)", "ACK(R = 2 - x, C = blue)",
)  # fmt: skip
SENDS_RECEIVING = {
    "": (),
    "G": ("X(F = G.F)", "X+Z(F = G.F + 1, H = not G.H)", "ACK(R = G.F - y)"),
    "D": ("ACK(R = D.R)", "ACK(C = D.C)", "X(F = D.R)"),
}
CHANGES = {
    "x": ("x := x + 1", "x := x + 1", "x := x * 2", "x := 2 - x", "x := any", "x := y - n",
          "x := max(x, K)"),
    "y": ("y := y + 1", "y := x", "y := n", "y := any", "y := min(y, n)"),
    "p": ("p := (not p)", "p := true", "p := any", "p := (x < 1)"),
    "e": ("e := green", "e := any", "e := blue"),
}  # fmt: skip
CHANGES_RECEIVING = {
    ("x", "D"): ("x := D.R",) * 3,
    ("y", "G"): ("y := G.F",) * 3,
    ("p", "G"): ("p := G.H", "p := (G in {X, Y})"),
    ("e", "D"): ("e := D.C",) * 3,
}


@st.composite
def guards(draw: DrawFn, shape: Shape, group: str) -> str:
    """``group`` is that of the messages being received, or empty."""
    atoms = [*GUARDS, *GUARDS_RECEIVING[group] * 6]
    for output in shape.ports or ("out", "out"):
        atoms += [f"full({output})", f"not full({output})", f"empty({output})"]
        atoms += [f"empty({output})", f"count({output}) < 1", f"count({output}) < 2"]
    chosen = draw(st.lists(st.sampled_from(atoms), min_size=1, max_size=3))
    return f" [{draw(st.sampled_from([' and ', ' or ', ' implies '])).join(chosen)}]"


@st.composite
def _sends(draw: DrawFn, shape: Shape, group: str) -> str:
    port = f" to {draw(st.sampled_from(shape.ports))}" if shape.ports else ""
    return f"snd {draw(st.sampled_from([*SENDS, *SENDS_RECEIVING[group] * 3]))}{port}"


COUNTS = (st.sampled_from([0, 0, 1, 1, 2]), st.sampled_from([1, 1, 1, 2]))
"""How many there are of something, if there is at least none or one."""


@st.composite
def actions(draw: DrawFn, shape: Shape, group: str, least: int = 0) -> str:
    """At most two sends, so that a channel for two messages can wait for room."""
    changes = ["reset"]
    for name in shape.changing:
        changes += [*CHANGES[name], *CHANGES_RECEIVING.get((name, group), ())]
    sends = [draw(_sends(shape, group)) for _ in range(draw(COUNTS[least]))]
    others = [draw(st.sampled_from(changes)) for _ in range(draw(COUNTS[0]))]
    text = "; ".join(draw(st.permutations([*sends, *others])))
    return f" / {text}" if text else ""


# --- machines: lines, states and blocks ---------------------------------------------------------

MESSAGES = (
    ("X", "G"), ("X", "G"), ("Y", "G"), ("ACK", "D"), ("X | Y", "G"), ("X | X+Z", "G"),
    ("X | ACK", ""), ("any", ""), ("any", ""), ("any except X", ""), ("any except ACK", "G"),
)  # fmt: skip
"""What a line takes, and the group that all of it belongs to, if it is one."""

KINDS = _weighted(
    (5, "rcv"), (4, "ignore"), (2, "defer"), (2, "otherwise"), (1, "call"), (1, "timeout"),
    (1, "step"),
)  # fmt: skip
STARTS = st.sampled_from(["call", "timeout", "step"])
EVENTS = {
    "call": st.sampled_from(["call c", "call c", "call c | d"]),
    "timeout": st.sampled_from(["timeout t", "timeout u", "timeout t | u"]),
    "step": st.just("step"),
}


@st.composite
def _targets(draw: DrawFn, shape: Shape) -> str:
    """Rather on than back."""
    states = [*shape.states, *shape.states[1:]]
    return _optional(draw, st.sampled_from([f" -> {state}" for state in states]))


@st.composite
def starts(draw: DrawFn, shape: Shape) -> str:
    """A line that happens by itself and sends."""
    guard = "" if shape.plain else _optional(draw, guards(shape, ""), 4)
    event = draw(EVENTS[draw(STARTS)])
    return f"{event}{guard}{draw(actions(shape, '', 1))}{draw(_targets(shape))}"


@st.composite
def rules(draw: DrawFn, shape: Shape) -> str:
    kind = draw(KINDS)
    if kind == "otherwise":
        return draw(_otherwise(shape))
    trigger, group = draw(_triggers(shape, kind))
    guard = _optional(draw, guards(shape, group))
    if kind in ("ignore", "defer"):
        return trigger + guard
    return trigger + guard + draw(actions(shape, group)) + draw(_targets(shape))


@st.composite
def _triggers(draw: DrawFn, shape: Shape, kind: str) -> tuple[str, str]:
    """What a line waits for, and the group of the messages."""
    if kind in EVENTS:
        return draw(EVENTS[kind]), ""
    messages, group = draw(st.sampled_from(MESSAGES))
    return f"{kind} {messages}{draw(_sources(shape))}", group


@st.composite
def _sources(draw: DrawFn, shape: Shape) -> str:
    ports = [f" from {port}" for port in shape.ports]
    return draw(st.sampled_from(["", *ports, *ports])) if ports else ""


@st.composite
def _otherwise(draw: DrawFn, shape: Shape) -> str:
    port = f" from {draw(st.sampled_from(shape.ports))}" if shape.ports else ""
    outcomes = [" -> S0", " / x := 0 -> S1", " / snd Y" + (" to p" if shape.ports else "")]
    return f"otherwise{port}{draw(st.sampled_from([*outcomes, ' ignore']))}"


@st.composite
def _plain(draw: DrawFn, shape: Shape) -> str:
    """A line that takes whatever arrives."""
    port = draw(_sources(shape))
    passing = [f"ignore any{port}", "otherwise ignore", f"otherwise{port} -> S1"]
    if draw(st.booleans()):
        return draw(st.sampled_from(passing))
    return f"rcv any{port}{draw(actions(shape, ''))}{draw(_targets(shape))}"


@st.composite
def _lines(draw: DrawFn, shape: Shape, state: str) -> list[str]:
    """The lines of one state; in most initial ones something happens by itself."""
    initial = state == "S0"
    starting = initial if shape.plain else draw(st.integers(1, 8)) > (1 if initial else 4)
    first = [draw(starts(shape))] if starting else []
    if shape.plain:
        return [*first, draw(_plain(shape))]
    return first + draw(st.lists(rules(shape), min_size=1, max_size=4))


FLAGS = st.sampled_from(["", "final ", "idle ", "idle final "])


@st.composite
def _states(draw: DrawFn, shape: Shape) -> str:
    lines = []
    for name in shape.states:
        initial = "initial " if name == "S0" else ""
        head = f"    {initial}{draw(FLAGS)}state {name} {{"
        lines.append("\n        ".join([head, *draw(_lines(shape, name))]) + "\n    }")
    return "\n".join(lines)


PLACES = _weighted(
    (3, "any"), (2, "any except S0"), (1, "any except S1"), (2, "S0, S1"), (2, "S0"), (1, "S1")
)


@st.composite
def _blocks(draw: DrawFn, shape: Shape) -> str:
    where = draw(PLACES)
    guard = _optional(draw, guards(shape, ""), 3)
    unless = draw(st.sampled_from(["", " unless handled"]))
    body = draw(st.lists(rules(shape) | starts(shape), min_size=1, max_size=3))
    return "\n        ".join([f"    in {where}{guard}{unless} {{", *body]) + "\n    }"


CHANGING = st.sampled_from(["x", "y", "p", "e", "xy", "xe", "yp", "pe"])


@st.composite
def machines(draw: DrawFn, name: str, ports: tuple[str, ...], plain: bool = False) -> str:
    states = ("S0", "S1") if plain else draw(st.sampled_from([("S0", "S1"), ("S0", "S1", "S2")]))
    shape = Shape(states, ports, draw(CHANGING), plain)
    parts = [f"machine {name}(n: mod 3){draw(st.sampled_from(['', ' ordered']))} {{"]
    parts += [f"    port {', '.join(ports)}"] if ports else []
    parts.append("    var x: 0..2 = 1")
    parts.append(f"    {draw(st.sampled_from(['', 'persistent ']))}var y: mod 3 = n")
    parts.append("    var p: bool = false")
    parts.append("    var e: {red, green, blue} = red")
    parts.append(draw(_states(shape)))
    parts.append("" if plain or draw(st.integers(1, 10)) == 1 else draw(_blocks(shape)))
    return "\n".join(part for part in parts if part) + "\n}\n"


# --- systems ----------------------------------------------------------------------------------

FULL = _weighted(
    (1, ""), (1, ", when full error"), (4, ", when full drop"), (3, ", when full wait")
)
"""Overflows end most runs early."""
LOSSES = _weighted((2, ""), (1, ", lossy"), (1, ", loses at most 1"))
COPIES = _weighted((2, ""), (1, ", duplicating"), (1, ", duplicates at most 1"))
HELD = st.sampled_from(["", "", ", holds X(F = 2)", ", holds ACK(R = 0, C = red)", ", holds Y"])


@st.composite
def _options(draw: DrawFn, one_way: bool) -> str:
    """Kind, capacity, behaviour when full, faults, what is held. What waits has room for two."""
    full = draw(FULL)
    capacity = draw(st.integers(2 if "wait" in full else 1, 2))
    held = draw(HELD) if one_way else ""
    kind = draw(st.sampled_from(["fifo", "bag"]))
    return f"{kind}({capacity}){full}{draw(LOSSES)}{draw(COPIES)}{held}"


Ends = tuple[str, str]

PAIRS: tuple[tuple[Ends, ...], ...] = ((("a", "b"),),)
PAIRS_OF_PORTS = ((("a.p", "b.q"), ("a.q", "b.p")), (("a.p", "a.q"), ("b.p", "b.q")))
SELVES = ((("a", "a"), ("b", "a")), (("a", "b"), ("b", "b")))
THIRD = {False: (("z", "a"),), True: (("z.p", "a.p"), ("z.q", "b.q"))}
"""What a third instance sends to the two; nobody sends to it."""


@st.composite
def _wiring(draw: DrawFn, ports: bool, third: bool) -> list[str]:
    ways: list[Ends] = []
    lines = []
    if not ports and draw(st.integers(1, 6)) == 1:
        ways += draw(st.sampled_from(SELVES))
    else:
        for left, right in draw(st.sampled_from(PAIRS_OF_PORTS if ports else PAIRS)):
            if draw(st.booleans()):
                lines.append(f"channel {left} <-> {right}: {draw(_options(False))}")
            else:
                ways += [(left, right), (right, left)]
    ways += THIRD[ports] if third else ()
    return lines + [f"channel {x} -> {y}: {draw(_options(True))}" for x, y in ways]


ALLOWED = (
    " may c once", " may c once", " may c", " may c at most 2 times", " may c once, d once",
    " may c, d once", "",
)  # fmt: skip
STARTING = st.sampled_from([(0, 0), (1, 1), (0, 2), (0, 1), (1, 0), (1, 2)])
"""The parameters of a and b."""
TIMERS = (
    "timer t at most 2 times", "timer a.t at most 1 times", "timer t only when idle",
    "timer u [a in S0]", "timer t at most 1 times [b in S1] only when idle",
    "timer u only when idle", "timer u [empty({channel})]",
)  # fmt: skip
INITS = (
    "init a in S1", "init b in S0 init a in S1(x = 0)", "init a in S1, b in S0(y = 2)",
    "init b in S0(p = true) init a in S1, b in S0",
)  # fmt: skip
BOUNDS = (
    "bound a.x <= 1 and a.y != 2", "bound b in S0", "bound not (a in S1 and b in S1)",
    "bound not a.p and b.e == red", "bound count({channel}) < 2",
)  # fmt: skip


@st.composite
def specifications(
    draw: DrawFn, *, inits: bool = True, bounds: bool = False, checks: bool = False
) -> str:
    """A valid specification; without ``inits``, both instances start in S0."""
    ports = ("p", "q") if draw(st.integers(1, 9)) <= 4 else ()
    plain = draw(st.integers(1, 4)) == 1
    text = HEADER + draw(machines("M", ports, plain))
    other = not plain and draw(st.booleans())
    text += draw(machines("N", ports, plain)) if other else ""
    second = "N" if other else "M"
    third = draw(st.integers(1, 5)) == 1
    start = draw(STARTING)
    wiring = draw(_wiring(bool(ports), third))
    channel = _channels(wiring[0])[0]
    lines = [
        f"a: M(n = {start[0]}){draw(st.sampled_from(ALLOWED))}",
        f"b: {second}(n = {start[1]}){draw(st.sampled_from(ALLOWED))}",
        f"z: M(n = 0){draw(st.sampled_from(['', ' may c once']))}" if third else "",
        *wiring,
        *draw(st.lists(st.sampled_from(TIMERS), min_size=1, max_size=2, unique=True)),
        _optional(draw, st.sampled_from(INITS), 3) if inits else "",
        _optional(draw, st.sampled_from(BOUNDS), 3) if bounds and not plain else "",
    ]
    body = "\n    ".join(line for line in lines if line).replace("{channel}", channel)
    text = f"{text}system S {{\n    {body}\n}}\n"
    return text + draw(_checks(_channels(body), _calls(body))) if checks else text


@st.composite
def plain_specifications(draw: DrawFn) -> str:
    """Specifications for the kernel that does less than the others: see ``native/plain.py``."""
    text = draw(specifications(checks=True))
    lines = [_plainly(line) for line in text.splitlines()]
    text = "\n".join(line for line in lines if line is not None) + "\n"
    assume(not re.search(r"channel (\w)\S* <?-> \1", text))
    return text


def _plainly(line: str) -> str | None:
    """Fifos, one send a line, timers that depend on nothing, nothing twice and nothing deferred."""
    if re.match(r"\s*timer .*(when idle|\[)", line):
        return None
    line = re.sub(r", duplicat(ing|es at most 1)", "", line.replace(": bag(", ": fifo("))
    before, slash, after = re.sub(r"^(\s*)defer", r"\1ignore", line).partition(" / ")
    done, arrow, target = after.partition(" -> ")
    actions = done.split("; ")
    first = next((n for n, action in enumerate(actions) if action.startswith("snd")), None)
    kept = [a for n, a in enumerate(actions) if n == first or not a.startswith("snd")]
    return before + slash + "; ".join(kept) + arrow + target


# --- checks -----------------------------------------------------------------------------------

OPERATORS = ("&&", "||", "->", "U", "W", "R")

PREDICATES = (
    "a in S0", "b in {S0, S1}", "a.x == 2", "b.x < a.x", "a.y == b.y", "a.y < b.y",
    "a.p implies b.p", "b.e != red", "a.e in {red, blue}", "a.x + b.x <= K", "not b.p", "apart",
    "0 <= a.x < 2", "a.p == true", "a.y - b.y == 1", "a.y + 1 == b.y", "max(a.x, b.x) == K",
    "min(a.y, b.y) != 2", "a.x * b.x == 2", "a.x - b.x == 1",
)  # fmt: skip


def _channels(system: str) -> list[str]:
    """The channels of a system as predicates name them."""
    names = []
    for left, arrow, right in re.findall(r"channel (\S+) (<->|->) (\S+):", system):
        names.append(f"{left} -> {right}")
        names += [f"{right} -> {left}"] * (arrow == "<->")
    return names


def _asked(channels: Sequence[str]) -> list[str]:
    """All that a predicate may ask."""
    atoms = [*PREDICATES]
    for channel in channels:
        atoms += [f"empty({channel})", f"full({channel})", f"count({channel}) == 1"]
        atoms += [f"X in ({channel})", f"X(F = a.y) in ({channel})", f"X+Z(F = 1) in ({channel})"]
    return atoms


@st.composite
def predicates(draw: DrawFn, atoms: Sequence[str]) -> str:
    """A predicate over system S, of one or two questions."""
    chosen = draw(st.lists(st.sampled_from(atoms), min_size=1, max_size=2))
    joined = draw(st.sampled_from([" and ", " or ", " implies "])).join(f"({a})" for a in chosen)
    return draw(st.sampled_from([joined, f"not ({joined})"]))


def _calls(system: str) -> list[str]:
    """What the users of a system may call, as an assumption names it."""
    return [
        f"{name} calls {call.split()[0]}"
        for name, calls in re.findall(r"(\w): \w\(n = \d\) may (.*)", system)
        for call in calls.split(", ")
    ]


@st.composite
def _fairly(draw: DrawFn, claim: str, calls: Sequence[str]) -> str:
    """A claim about all runs, about fair ones, or about those in which users do something."""
    kind = draw(st.integers(1, 6))
    if kind == 1:
        return f"unfair {claim}"
    if kind > 4 and calls:
        return f"{claim} assuming {draw(st.sampled_from(calls))}"
    return claim


FORMULAS = st.recursive(
    st.sampled_from(["apart", "started", "waits", "!apart", "!started"]),
    lambda parts: st.one_of(
        st.builds("{}({})".format, st.sampled_from(["G ", "F ", "!"]), parts),
        st.builds("(({}) {} ({}))".format, parts, st.sampled_from(OPERATORS), parts),
    ),
    max_leaves=4,
)


@st.composite
def _checks(draw: DrawFn, channels: Sequence[str], calls: Sequence[str]) -> str:
    """Every claim of the language about one system."""
    atoms = _asked(channels)
    asked = [
        f'"{kind} {number}": {violated}{kind} {draw(predicates(atoms))}'
        for kind, count in (("always", 2), ("never", 1), ("reachable", 2), ("always possible", 1))
        for number in range(count)
        for violated in [draw(st.sampled_from(["", "", "violated "])) if kind == "never" else ""]
    ]
    temporal = {
        "eventually": f"eventually {draw(predicates(atoms))}",
        "leads to": f"{draw(predicates(atoms))} leads to {draw(predicates(atoms))}",
        "ltl": f'ltl "{draw(FORMULAS)}"',
    }
    asked += [f'"{name}": {draw(_fairly(claim, calls))}' for name, claim in temporal.items()]
    plain = ["no deadlock", "no stall", "no unspecified reception", "no overflow"]
    lines = [*plain, *asked, "every state reachable", "every transition used"]
    return "\n    ".join(["check S {", *lines]) + "\n}\n"
