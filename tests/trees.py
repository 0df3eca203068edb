"""Hypothesis strategies: syntax trees, over the whole grammar; most of them mean nothing."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tcpspec.language import ast
from tcpspec.source import Source, Span

SPAN = Span(Source("made", ""), 1, 1, 1, 1)


def _make(node: type, *parts: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.tuples(*parts).map(lambda values: node(*values, span=SPAN))


def _some(one: SearchStrategy[Any], least: int = 0) -> SearchStrategy[Any]:
    return st.lists(one, min_size=least, max_size=3).map(tuple)


def _name(*texts: str) -> SearchStrategy[Any]:
    return _make(ast.Name, st.sampled_from(texts))


_names = _name("a", "B", "SND.NXT", "a_rather_long_name_of_something")
_words = _name("A", "B", "fifo", "state", "lossy", "from", "step", "LONG_NAME_OF_A_STATE")
_messages = _name("SYN", "SYN+ACK", "FIN+ACK+URG", "lossy", "state")
_strings = st.text(st.characters(codec="utf-8", exclude_characters='"\n'), max_size=8)
_flags = st.booleans()
_nothing = st.none()


# --- expressions -----------------------------------------------------------------------------

_leaves = (
    _make(ast.Number, st.integers(0, ast.MAX_NUMBER) | st.integers(0, 3))
    | _make(ast.Truth, _flags)
    | _make(ast.Reference, st.sampled_from(["x", "SEG.SEQ", "SYN", "long_name_of_a_predicate"]))
    | _make(ast.OfChannel, st.sampled_from(["empty", "full", "count"]), _names, _names)
    | _make(ast.OfPort, st.sampled_from(["empty", "full", "count"]), _words)
)


def _comparison(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    pairs = st.lists(st.tuples(operators, inner), min_size=1, max_size=3)
    return st.tuples(inner, pairs).map(
        lambda parts: ast.Compare(
            (parts[0], *(operand for _, operand in parts[1])),
            tuple(operator for operator, _ in parts[1]),
            span=SPAN,
        )
    )


def _arguments(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    values = inner | st.just(ast.AnyValue(span=SPAN))
    return _some(_make(ast.Argument, _names, values))


def _compound(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    binary = st.sampled_from(["+", "-", "*", "and", "or", "implies"])
    return (
        _make(ast.Unary, st.sampled_from(["not", "-"]), inner)
        | _make(ast.Binary, binary, inner, inner)
        | _comparison(inner)
        | _make(ast.Within, inner, _some(_messages, 1))
        | _make(ast.InChannel, inner, _arguments(inner), _names, _names)
        | _make(ast.Extremum, st.sampled_from(["max", "min"]), inner, inner)
    )


expressions = st.recursive(_leaves, _compound, max_leaves=12)
_maybe = _nothing | expressions
_given = _arguments(expressions)
_values = expressions | st.just(ast.AnyValue(span=SPAN))

# --- declarations ----------------------------------------------------------------------------

_types = (
    _make(ast.ModType, expressions)
    | _make(ast.RangeType, expressions, expressions)
    | _make(ast.BoolType)
    | _make(ast.EnumType, _some(_names, 1))
    | _make(ast.NamedType, _names)
)
_fields = _some(_make(ast.Field, _names, _types, _maybe))
_consts = _make(ast.Const, _names, expressions)
_defines = _make(ast.Define, _names, expressions)
_removals = _make(ast.Remove, st.sampled_from(["system", "define"]), _names) | _make(
    ast.Remove, st.just("scenario"), _make(ast.Name, _strings)
)
_message_groups = _make(
    ast.MessageGroup, _names, _fields, _some(_make(ast.MessageCase, _messages, _given), 1)
)
_declarations = (
    _make(ast.Include, _strings)
    | _consts
    | _make(ast.TypeDeclaration, _names, _types)
    | _message_groups
    | _make(ast.Calls, _some(_words, 1))
    | _make(ast.Timers, _some(_words, 1))
    | _defines
    | _removals
)

# --- machines --------------------------------------------------------------------------------

_ports = _nothing | _words
_received = _make(ast.Messages, st.just(False), _some(_messages, 1)) | _make(
    ast.Messages, st.just(True), _some(_messages)
)
_any = st.just(ast.Messages(True, (), span=SPAN))
_receptions = _make(ast.Trigger, st.just("rcv"), _received, _ports)
_triggers = (
    _receptions
    | _make(ast.Trigger, st.sampled_from(["call", "timeout"]), _nothing, _nothing, _some(_words, 1))
    | _make(ast.Trigger, st.just("step"))
)
_actions = (
    _make(ast.Send, _messages, _given, _ports)
    | _make(ast.Assign, _names, _values)
    | _make(ast.Reset)
)
_targets, _references, _no_actions = _nothing | _words, _nothing | _strings, st.just(())


def _rules(labels: SearchStrategy[Any]) -> SearchStrategy[Any]:
    otherwise = _make(ast.Trigger, st.just("rcv"), _any, _ports)
    return (
        _make(
            ast.Rule, st.just("transition"), _triggers, _maybe, _some(_actions), _targets,
            _references, labels,
        )
        | _make(
            ast.Rule, st.sampled_from(["ignore", "defer"]), _receptions, _maybe, _no_actions,
            _nothing, _references, labels,
        )
        | _make(
            ast.Rule, st.just("otherwise ignore"), otherwise, _nothing, _no_actions, _nothing,
            _references, labels,
        )
        | _make(
            ast.Rule, st.just("otherwise"), otherwise, _nothing, _some(_actions, 1), _targets,
            _references, labels,
        )
        | _make(
            ast.Rule, st.just("otherwise"), otherwise, _nothing, _no_actions, _words,
            _references, labels,
        )
    )  # fmt: skip


_rule_items = _some(
    _rules(_nothing | _names)
    | _make(ast.RemoveRule, _names)
    | _make(ast.RemoveRule, _nothing, _triggers, _maybe)
    | _make(ast.ReplaceRule, _nothing | _names, _rules(_nothing))
)
_variables = _make(ast.Variable, _names, _types, expressions, _flags)
_modifiers = st.lists(st.sampled_from(["initial", "final", "idle"]), max_size=3).map(tuple)
_members = (
    _variables
    | _make(ast.ReplaceVariable, _variables)
    | _make(ast.Ports, _some(_words, 1))
    | _make(ast.State, _words, _modifiers, _nothing | _strings, _rule_items)
    | _make(ast.Block, st.just(True), _some(_words), _maybe, _flags, _rule_items)
    | _make(ast.Block, st.just(False), _some(_words, 1), _maybe, _flags, _rule_items)
)
_machines = _make(ast.Machine, _names, _fields, _flags, _some(_members))

# --- systems, checks, scenarios --------------------------------------------------------------

_options = _some(
    _make(ast.Fault, st.sampled_from(["loss", "duplication"]), _maybe)
    | _make(ast.WhenFull, st.sampled_from(["error", "drop", "wait"]))
    | _make(ast.Holds, _messages, _given)
)
_kinds = st.sampled_from(["fifo", "bag"])
_system_items = (
    _make(ast.Instance, _names, _names, _given, _some(_make(ast.Allowance, _words, _maybe)))
    | _make(ast.Init, _some(_make(ast.Placement, _names, _words, _given), 1))
    | _make(ast.Channel, _names, _names, _flags, _kinds, expressions, _options)
    | _make(ast.TimerRule, _words, _maybe, _maybe, _flags)
    | _make(ast.Bound, expressions)
)
_systems = _make(ast.System, _names, _nothing | _strings, _some(_system_items))

_plain = st.sampled_from(
    [
        "no deadlock", "no stall", "no unspecified reception", "no overflow",
        "every state reachable", "every transition used",
    ]
)  # fmt: skip
_about = st.sampled_from(["always", "never", "reachable", "always possible", "eventually"])
_assumptions = _some(_make(ast.Assumption, _names, _names))
_bare_claims = (
    _make(ast.Claim, _plain, _nothing, _nothing, _nothing, _flags, _flags, _assumptions)
    | _make(ast.Claim, _about, expressions, _nothing, _nothing, _flags, _flags, _assumptions)
    | _make(ast.Claim, st.just("ltl"), _nothing, _nothing, _strings, _flags, _flags, _assumptions)
)
_claims = _bare_claims | _make(
    ast.Claim, st.just("leads to"), expressions, expressions, _nothing, _flags, _flags, _assumptions
)
_check_lines = (
    _make(ast.CheckLine, _nothing, _bare_claims)
    | _make(ast.CheckLine, _strings, _claims)
    | _make(ast.RemoveCheck, _strings)
    | _make(ast.ReplaceCheck, _strings, _claims)
)
_checks = _make(ast.Check, _some(_names, 1), _some(_check_lines))

_marks = _nothing | st.sampled_from(["lost", "delayed"])
_events = (
    _make(ast.Event, st.sampled_from(["call", "timeout"]), _names, _words)
    | _make(ast.Event, st.just("sent"), _names, _messages, _names, _given, _marks)
    | _make(ast.Event, st.just("arrives"), _names, _messages, _names, _given)
    | expressions.map(lambda predicate: ast.Event("expect", predicate=predicate, span=SPAN))
)
_scenarios = _make(ast.Scenario, _strings, _names, _flags, _some(_events))

# --- files -----------------------------------------------------------------------------------

_items = (
    _declarations
    | _machines
    | _systems
    | _checks
    | _scenarios
    | _make(ast.Replace, _consts | _message_groups | _defines | _systems | _scenarios)
)
_protocols = _make(ast.Protocol, _names, _nothing | _strings, _nothing | _strings)
files = _make(ast.File, _nothing | _protocols, _some(_items), st.just(()))
"""Any file that the grammar can make, without comments."""
