"""The syntax tree: one record class a construct, as written, with its place in the file.

Two trees are equal when they say the same; where they say it does not count.
Optional parts are None, lists are tuples, in the order of the text.
"""

from typing import Literal

from tcpspec.record import Record, keyword
from tcpspec.source import Span

MAX_DEPTH = 100
"""How deep an expression may be nested, so that recursion over it cannot exhaust the stack."""

MAX_NUMBER = 2**63 - 1
"""The largest number in a specification, so that no engine's machine words overflow."""


class Node(Record):
    """What all have in common: where it stands in the text."""

    keywords_ = ("span",)
    span: Span = keyword(kw_only=True)


class Name(Node):
    """A name where it is declared or used; for a message, its flags joined by ``+``."""

    text: str


# --- Expressions ---------------------------------------------------------------------------


class Number(Node):
    value: int


class Truth(Node):
    value: bool


class Reference(Node):
    """A name in an expression: constant, variable, parameter, field, define or enum value."""

    name: str


class AnyValue(Node):
    """``any`` as a value: one step for each value of the type."""


class Unary(Node):
    operator: Literal["not", "-"]
    operand: "Expression"


class Binary(Node):
    operator: Literal["+", "-", "*", "and", "or", "implies"]
    left: "Expression"
    right: "Expression"


class Compare(Node):
    """A comparison, chained or not: ``operators[i]`` stands between operands i and i + 1."""

    operands: "tuple[Expression, ...]"
    operators: tuple[str, ...]


class Within(Node):
    """``left in NAME`` or ``left in {NAME, …}``: an instance in states, a message among names."""

    left: "Expression"
    members: tuple[Name, ...]


class InChannel(Node):
    """``SYN(SEQ = 90) in (a -> b)``."""

    message: "Expression"
    arguments: "tuple[Argument, ...]"
    sender: Name
    receiver: Name


class OfChannel(Node):
    """``empty(a -> b)``, ``full(a -> b)``, ``count(a -> b)``."""

    question: str
    sender: Name
    receiver: Name


class OfPort(Node):
    """``full(out)``: the same question of a machine's own outgoing side."""

    question: str
    port: Name


class Extremum(Node):
    function: Literal["max", "min"]
    left: "Expression"
    right: "Expression"


Expression = (
    Number | Truth | Reference | Unary | Binary | Compare | Within | InChannel | OfChannel | OfPort
    | Extremum
)  # fmt: skip
Value = Expression | AnyValue


class Argument(Node):
    name: Name
    value: Value


# --- Declarations --------------------------------------------------------------------------


class Protocol(Node):
    name: Name
    title: str | None
    extends: str | None


class Include(Node):
    path: str


class Const(Node):
    name: Name
    value: Expression


class ModType(Node):
    modulus: Expression


class RangeType(Node):
    low: Expression
    high: Expression


class BoolType(Node):
    pass


class EnumType(Node):
    values: tuple[Name, ...]


class NamedType(Node):
    name: Name


Type = ModType | RangeType | BoolType | EnumType | NamedType


class TypeDeclaration(Node):
    name: Name
    type: Type


class Field(Node):
    """A field of a message group, or a parameter of a machine."""

    name: Name
    type: Type
    default: Expression | None


class MessageCase(Node):
    name: Name
    fixed: tuple[Argument, ...]


class MessageGroup(Node):
    name: Name
    fields: tuple[Field, ...]
    cases: tuple[MessageCase, ...]


class Calls(Node):
    names: tuple[Name, ...]


class Timers(Node):
    names: tuple[Name, ...]


class Define(Node):
    name: Name
    body: Expression


class Remove(Node):
    """``remove system NAME`` and the like, in an extending file."""

    what: str
    name: Name


class Replace(Node):
    item: "Const | MessageGroup | Define | System | Scenario"


# --- Machines ------------------------------------------------------------------------------


class Variable(Node):
    name: Name
    type: Type
    initial: Expression
    persistent: bool


class ReplaceVariable(Node):
    variable: Variable


class Ports(Node):
    names: tuple[Name, ...]


class Messages(Node):
    """``M | N`` (names), or ``any except M`` (any is true, names are the exceptions)."""

    any: bool
    names: tuple[Name, ...]


class Trigger(Node):
    """What a rule waits for: ``messages`` and ``port`` for ``rcv``, ``names`` for the others."""

    kind: Literal["rcv", "call", "timeout", "step"]
    messages: Messages | None = None
    port: Name | None = None
    names: tuple[Name, ...] = ()


class Send(Node):
    message: Name
    arguments: tuple[Argument, ...]
    port: Name | None


class Assign(Node):
    variable: Name
    value: Value


class Reset(Node):
    pass


Action = Send | Assign | Reset


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


class RemoveRule(Node):
    """By label, or by trigger and guard where that names one rule only."""

    label: Name | None
    trigger: Trigger | None = None
    guard: Expression | None = None


class ReplaceRule(Node):
    """By label, or, where that is None, by the trigger of the new rule."""

    label: Name | None
    rule: Rule


RuleItem = Rule | RemoveRule | ReplaceRule


class State(Node):
    name: Name
    modifiers: tuple[str, ...]
    label: str | None
    rules: tuple[RuleItem, ...]


class Block(Node):
    """``in any except A, B [guard] unless handled { … }``."""

    any: bool
    states: tuple[Name, ...]
    guard: Expression | None
    unless_handled: bool
    rules: tuple[RuleItem, ...]


Member = Variable | ReplaceVariable | Ports | State | Block


class Machine(Node):
    name: Name
    parameters: tuple[Field, ...]
    ordered: bool
    members: tuple[Member, ...]


# --- Systems -------------------------------------------------------------------------------


class Allowance(Node):
    """A call that an instance's user may make; ``times`` None is as often as it likes."""

    call: Name
    times: Expression | None


class Instance(Node):
    name: Name
    machine: Name
    arguments: tuple[Argument, ...]
    may: tuple[Allowance, ...]


class Placement(Node):
    instance: Name
    state: Name
    values: tuple[Argument, ...]


class Init(Node):
    placements: tuple[Placement, ...]


class Fault(Node):
    """``lossy`` and ``duplicating`` without a limit, ``at_most`` with one."""

    kind: Literal["loss", "duplication"]
    at_most: Expression | None


class WhenFull(Node):
    behaviour: Literal["error", "drop", "wait"]


class Holds(Node):
    message: Name
    arguments: tuple[Argument, ...]


class Channel(Node):
    left: Name
    right: Name
    both_ways: bool
    kind: Literal["fifo", "bag"]
    capacity: Expression
    options: tuple[Fault | WhenFull | Holds, ...]


class TimerRule(Node):
    timer: Name
    at_most: Expression | None
    condition: Expression | None
    when_idle: bool


class Bound(Node):
    predicate: Expression


SystemItem = Instance | Init | Channel | TimerRule | Bound


class System(Node):
    name: Name
    title: str | None
    items: tuple[SystemItem, ...]


# --- Checks and scenarios ------------------------------------------------------------------


class Assumption(Node):
    """That a user makes a call in the end, if it stays possible."""

    instance: Name
    call: Name


class Claim(Node):
    """What is claimed: ``kind`` is the words of the language, ``predicate`` what they are about."""

    kind: str
    predicate: Expression | None = None
    consequence: Expression | None = None
    formula: str | None = None
    violated: bool = False
    unfair: bool = False
    assuming: tuple[Assumption, ...] = ()


class CheckLine(Node):
    name: str | None
    claim: Claim

    @property
    def name_or_claim(self) -> str:
        """What reports call it: its name, or what it claims."""
        return self.name or self.claim.span.text.removeprefix("violated ")


class RemoveCheck(Node):
    name: str


class ReplaceCheck(Node):
    name: str
    claim: Claim


class Check(Node):
    systems: tuple[Name, ...]
    lines: tuple[CheckLine | RemoveCheck | ReplaceCheck, ...]


class Event(Node):
    """One line of a scenario; which parts it has depends on its kind."""

    kind: Literal["call", "timeout", "sent", "arrives", "expect"]
    instance: Name | None = None
    what: Name | None = None
    receiver: Name | None = None
    arguments: tuple[Argument, ...] = ()
    mark: Literal["lost", "delayed"] | None = None
    predicate: Expression | None = None


class Scenario(Node):
    name: str
    system: Name
    impossible: bool
    events: tuple[Event, ...]


Item = (
    Include | Const | TypeDeclaration | MessageGroup | Calls | Timers | Define | Machine | System
    | Check | Scenario | Remove | Replace
)  # fmt: skip


class Comment(Node):
    """``# …`` or, for documentation, ``## …``; ``own_line`` when nothing stands before it."""

    text: str
    own_line: bool

    @property
    def is_documentation(self) -> bool:
        return self.text.startswith("##")


class File(Node):
    """One file: its header, its declarations, and its comments, which no declaration owns."""

    protocol: Protocol | None
    items: tuple[Item, ...]
    comments: tuple[Comment, ...]
