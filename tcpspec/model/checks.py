"""Checks: each claim about each system, with its predicate seen from that system."""

from collections.abc import Iterator, Mapping

from tcpspec.diagnostics import did_you_mean
from tcpspec.language import ast
from tcpspec.model.expressions import Expression
from tcpspec.model.formulas import Atom, Formula, eventually, leads_to
from tcpspec.model.model import Check, Claim
from tcpspec.model.resolve import Resolver
from tcpspec.model.scope import Globals, SystemContext, Unresolved
from tcpspec.model.temporal import formula_of


def build_checks(
    globals_: Globals, nodes: list[ast.Check], contexts: Mapping[str, SystemContext]
) -> tuple[Check, ...]:
    """All claims, in the order of the text; one about several systems is one for each of them."""
    checks: list[Check] = []
    names: set[tuple[str, str]] = set()
    asked: set[tuple[tuple[str, ...], str]] = set()
    for node in nodes:
        systems = _systems(globals_, node, contexts)
        for line in node.lines:
            if isinstance(line, ast.CheckLine):
                for check in _claims(globals_, line, systems, contexts):
                    _unique(globals_, check, line, names, asked)
                    checks.append(check)
    return tuple(checks)


def _systems(
    globals_: Globals, node: ast.Check, contexts: Mapping[str, SystemContext]
) -> tuple[str, ...]:
    systems = []
    for name in node.systems:
        if name.text in contexts:
            systems.append(name.text)
        else:
            globals_.unknown(name, name.text, "system", contexts)
    return tuple(dict.fromkeys(systems))


def _claims(
    globals_: Globals,
    line: ast.CheckLine,
    systems: tuple[str, ...],
    contexts: Mapping[str, SystemContext],
) -> Iterator[Check]:
    claim = line.claim
    kind = Claim(claim.kind)
    if claim.unfair and not kind.is_temporal:
        globals_.found.error(
            "no-fairness", claim.span, f"`{kind}` is not about infinite runs: fair or not, it "
            "says the same",
            hint="leave `unfair` out",
        )  # fmt: skip
        return
    if claim.assuming and (claim.unfair or not kind.is_temporal):
        what = (
            "`unfair` drops all fairness" if claim.unfair else f"`{kind}` is not about whole runs"
        )
        globals_.found.error(
            "no-fairness", claim.assuming[0].span, f"nothing can be assumed here: {what}",
            hint="leave one of them out" if claim.unfair else "leave `assuming` out",
        )  # fmt: skip
        return
    if line.name == "":
        globals_.found.error("syntax", line.span, "this name is empty: give one, or none at all")
    name = line.name_or_claim
    if kind.is_coverage:
        if systems:
            yield Check(name, kind, None, claim.violated, systems, claim.span.text, line.span)
        return
    for system in systems:
        try:
            asked = _asked(claim, Resolver(contexts[system]))
            assumed = tuple(_assumed(one, contexts[system]) for one in claim.assuming)
        except Unresolved:
            continue
        predicate, formula, atoms = asked
        yield Check(
            name, kind, predicate, claim.violated, (system,), claim.span.text, line.span, formula,
            atoms, claim.unfair, assumed,
        )  # fmt: skip


def _assumed(assumption: ast.Assumption, context: SystemContext) -> tuple[int, str]:
    """An instance, by its number, and a call that its user may make."""
    name, call = assumption.instance, assumption.call
    if name.text not in context.instances:
        raise context.globals.unknown(name, name.text, "instance", context.instances)
    may = context.instances[name.text].may
    if call.text not in may or may[call.text] == 0:
        context.globals.found.error(
            "unknown-name", call.span, f"the user of {name.text} may not call `{call.text}` in "
            "this system",
            hint=did_you_mean(call.text, may) or "only what a user may call can be assumed",
        )  # fmt: skip
        raise Unresolved
    return list(context.instances).index(name.text), call.text


def _asked(
    claim: ast.Claim, resolver: Resolver
) -> tuple[Expression | None, Formula | None, tuple[Expression, ...]]:
    """What a claim says in one system: a predicate, or a formula over some."""
    if claim.formula is not None:
        return None, *formula_of(claim, resolver)
    if claim.predicate is None:
        return None, None, ()
    predicate = resolver.boolean(claim.predicate)
    if claim.consequence is not None:
        atoms = predicate, resolver.boolean(claim.consequence)
        return None, leads_to(Atom(0), Atom(1)), atoms
    if claim.kind == Claim.EVENTUALLY:
        return None, eventually(Atom(0)), (predicate,)
    return predicate, None, ()


def _unique(
    globals_: Globals, check: Check, line: ast.CheckLine, names: set[tuple[str, str]],
    asked: set[tuple[tuple[str, ...], str]],
) -> None:  # fmt: skip
    """A name stands for one claim of a system, so that results and variants can refer to it; and
    one question is asked once of the same systems: of all of them together, as coverage is, it is
    another one than of some.
    """
    for system in check.systems:
        if line.name and (system, line.name) in names:
            globals_.found.error(
                "declared-twice", line.span, f'"{line.name}" names two checks of `{system}`'
            )
        names.add((system, check.name))
    question = tuple(sorted(check.systems)), check.name
    if not line.name and question in asked:
        globals_.found.error(
            "declared-twice", line.span,
            f'"{check.name}" is asked twice of `{", ".join(check.systems)}`',
            hint="leave one of them out, or give it a name",
        )  # fmt: skip
    asked.add(question)
