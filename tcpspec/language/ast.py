"""The syntax tree: one frozen class a construct, as written, with its place in the file.

Two trees are equal when they say the same; where they say it does not count.
Optional parts are None, lists are tuples, in the order of the text.
"""

from dataclasses import dataclass, field
from typing import Literal

from tcpspec.source import Span

MAX_DEPTH = 100
"""How deep an expression may be nested, so that recursion over it cannot exhaust the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name where it is declared or used; for a message, its flags joined by ``+``."""

    text: str


# --- Expressions ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: int


@dataclass(frozen=True, slots=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A name in an expression: constant, variable, parameter, field, define or enum value."""

    name: str


@dataclass(frozen=True, slots=True)
class AnyValue(Node):
    """``any`` as a value: one step for each value of the type."""


@dataclass(frozen=True, slots=True)
class Unary(Node):
    operator: Literal["not", "-"]
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary(Node):
    operator: Literal["+", "-", "*", "and", "or", "implies"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison, chained or not: ``operators[i]`` stands between operands i and i + 1."""

    operands: "tuple[Expression, ...]"
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within(Node):
    """``left in NAME`` or ``left in {NAME, …}``: an instance in states, a message among names."""

    left: "Expression"
    members: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class InChannel(Node):
    """``SYN(SEQ = 90) in (a -> b)``."""

    message: "Expression"
    arguments: "tuple[Argument, ...]"
    sender: Name
    receiver: Name


@dataclass(frozen=True, slots=True)
class OfChannel(Node):
    """``empty(a -> b)``, ``full(a -> b)``, ``count(a -> b)``."""

    question: str
    sender: Name
    receiver: Name


@dataclass(frozen=True, slots=True)
class OfPort(Node):
    """``full(out)``: the same question of a machine's own outgoing side."""

    question: str
    port: Name


@dataclass(frozen=True, slots=True)
class Extremum(Node):
    function: Literal["max", "min"]
    left: "Expression"
    right: "Expression"


Expression = (
    Number | Truth | Reference | Unary | Binary | Compare | Within | InChannel | OfChannel | OfPort
    | Extremum
)  # fmt: skip
Value = Expression | AnyValue


@dataclass(frozen=True, slots=True)
class Argument(Node):
    name: Name
    value: Value


# --- Declarations --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Protocol(Node):
    name: Name
    title: str | None
    extends: str | None


@dataclass(frozen=True, slots=True)
class Include(Node):
    path: str


@dataclass(frozen=True, slots=True)
class Const(Node):
    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class ModType(Node):
    modulus: Expression


@dataclass(frozen=True, slots=True)
class RangeType(Node):
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class BoolType(Node):
    pass


@dataclass(frozen=True, slots=True)
class EnumType(Node):
    values: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    name: Name


Type = ModType | RangeType | BoolType | EnumType | NamedType


@dataclass(frozen=True, slots=True)
class TypeDeclaration(Node):
    name: Name
    type: Type


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a message group, or a parameter of a machine."""

    name: Name
    type: Type
    default: Expression | None


@dataclass(frozen=True, slots=True)
class MessageCase(Node):
    name: Name
    fixed: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class MessageGroup(Node):
    name: Name
    fields: tuple[Field, ...]
    cases: tuple[MessageCase, ...]


@dataclass(frozen=True, slots=True)
class Calls(Node):
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Timers(Node):
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Define(Node):
    name: Name
    body: Expression


@dataclass(frozen=True, slots=True)
class Remove(Node):
    """``remove system NAME`` and the like, in an extending file."""

    what: str
    name: Name


@dataclass(frozen=True, slots=True)
class Replace(Node):
    item: "Const | Define | System | Scenario"


# --- Machines ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable(Node):
    name: Name
    type: Type
    initial: Expression
    persistent: bool


@dataclass(frozen=True, slots=True)
class ReplaceVariable(Node):
    variable: Variable


@dataclass(frozen=True, slots=True)
class Ports(Node):
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Messages(Node):
    """``M | N`` (names), or ``any except M`` (any is true, names are the exceptions)."""

    any: bool
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    """What a rule waits for: ``messages`` and ``port`` for ``rcv``, ``names`` for the others."""

    kind: Literal["rcv", "call", "timeout", "step"]
    messages: Messages | None = None
    port: Name | None = None
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Send(Node):
    message: Name
    arguments: tuple[Argument, ...]
    port: Name | None


@dataclass(frozen=True, slots=True)
class Assign(Node):
    variable: Name
    value: Value


@dataclass(frozen=True, slots=True)
class Reset(Node):
    pass


Action = Send | Assign | Reset


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """One line of a state or of a wildcard block.

    ``otherwise`` has no trigger of its own but a port, in ``trigger``, that may narrow it.
    """

    kind: Literal["transition", "ignore", "defer", "otherwise", "otherwise ignore"]
    trigger: Trigger
    guard: Expression | None = None
    actions: tuple[Action, ...] = ()
    target: Name | None = None
    reference: str | None = None
    label: Name | None = None


@dataclass(frozen=True, slots=True)
class RemoveRule(Node):
    """By label, or by trigger and guard where that names one rule only."""

    label: Name | None
    trigger: Trigger | None = None
    guard: Expression | None = None


@dataclass(frozen=True, slots=True)
class ReplaceRule(Node):
    """By label, or, where that is None, by the trigger of the new rule."""

    label: Name | None
    rule: Rule


RuleItem = Rule | RemoveRule | ReplaceRule


@dataclass(frozen=True, slots=True)
class State(Node):
    name: Name
    modifiers: tuple[str, ...]
    label: str | None
    rules: tuple[RuleItem, ...]


@dataclass(frozen=True, slots=True)
class Block(Node):
    """``in any except A, B [guard] unless handled { … }``."""

    any: bool
    states: tuple[Name, ...]
    guard: Expression | None
    unless_handled: bool
    rules: tuple[RuleItem, ...]


Member = Variable | ReplaceVariable | Ports | State | Block


@dataclass(frozen=True, slots=True)
class Machine(Node):
    name: Name
    parameters: tuple[Field, ...]
    ordered: bool
    members: tuple[Member, ...]


# --- Systems -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Allowance(Node):
    """A call that an instance's user may make; ``times`` None is as often as it likes."""

    call: Name
    times: Expression | None


@dataclass(frozen=True, slots=True)
class Instance(Node):
    name: Name
    machine: Name
    arguments: tuple[Argument, ...]
    may: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Placement(Node):
    instance: Name
    state: Name
    values: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Init(Node):
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Fault(Node):
    """``lossy`` and ``duplicating`` without a limit, ``at_most`` with one."""

    kind: Literal["loss", "duplication"]
    at_most: Expression | None


@dataclass(frozen=True, slots=True)
class WhenFull(Node):
    behaviour: Literal["error", "drop", "wait"]


@dataclass(frozen=True, slots=True)
class Holds(Node):
    message: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Channel(Node):
    left: Name
    right: Name
    both_ways: bool
    kind: Literal["fifo", "bag"]
    capacity: Expression
    options: tuple[Fault | WhenFull | Holds, ...]


@dataclass(frozen=True, slots=True)
class TimerRule(Node):
    timer: Name
    at_most: Expression | None
    condition: Expression | None
    when_idle: bool


@dataclass(frozen=True, slots=True)
class Bound(Node):
    predicate: Expression


SystemItem = Instance | Init | Channel | TimerRule | Bound


@dataclass(frozen=True, slots=True)
class System(Node):
    name: Name
    title: str | None
    items: tuple[SystemItem, ...]


# --- Checks and scenarios ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim(Node):
    """What is claimed: ``kind`` is the words of the language, ``predicate`` what they are about."""

    kind: str
    predicate: Expression | None = None
    consequence: Expression | None = None
    formula: str | None = None
    violated: bool = False
    unfair: bool = False


@dataclass(frozen=True, slots=True)
class CheckLine(Node):
    name: str | None
    claim: Claim


@dataclass(frozen=True, slots=True)
class RemoveCheck(Node):
    name: str


@dataclass(frozen=True, slots=True)
class ReplaceCheck(Node):
    name: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class Check(Node):
    systems: tuple[Name, ...]
    lines: tuple[CheckLine | RemoveCheck | ReplaceCheck, ...]


@dataclass(frozen=True, slots=True)
class Event(Node):
    """One line of a scenario; which parts it has depends on its kind."""

    kind: Literal["call", "timeout", "sent", "arrives", "expect"]
    instance: Name | None = None
    what: Name | None = None
    receiver: Name | None = None
    arguments: tuple[Argument, ...] = ()
    mark: Literal["lost", "delayed"] | None = None
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Scenario(Node):
    name: str
    system: Name
    impossible: bool
    events: tuple[Event, ...]


Item = (
    Include | Const | TypeDeclaration | MessageGroup | Calls | Timers | Define | Machine | System
    | Check | Scenario | Remove | Replace
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """``# …`` or, for documentation, ``## …``; ``own_line`` when nothing stands before it."""

    text: str
    own_line: bool

    @property
    def is_documentation(self) -> bool:
        return self.text.startswith("##")


@dataclass(frozen=True, slots=True)
class File(Node):
    """One file: its header, its declarations, and its comments, which no declaration owns."""

    protocol: Protocol | None
    items: tuple[Item, ...]
    comments: tuple[Comment, ...]
