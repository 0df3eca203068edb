"""The answer as one JSON object, for scripts: the form is fixed by a schema in the tests."""

from typing import Any

from tcpspec.check import Failure, Result, SystemResult
from tcpspec.diagnostics import Diagnostic
from tcpspec.explore.run import Run, describe
from tcpspec.model.model import System
from tcpspec.properties.scenario import Followed
from tcpspec.properties.verdict import UnspecifiedReception, Verdict
from tcpspec.semantics.assumptions import assumptions
from tcpspec.semantics.state import GlobalState
from tcpspec.version import VERSION

Object = dict[str, Any]


def result_object(result: Result) -> Object:
    """The answer for one specification."""
    specification = result.specification
    return {
        "spec": specification.path,
        "protocol": specification.name,
        "version": VERSION,
        "extends": specification.base,
        "changes": list(specification.changes),
        "systems": [_system(system) for system in result.systems],
        "checks": [
            {"systems": list(verdict.check.systems)} | _verdict(verdict)
            for verdict in result.verdicts
        ],
        "skipped": [
            {"name": check.name, "systems": list(check.systems)} for check in result.skipped
        ],
        "warnings": [diagnostic_object(warning) for warning in result.warnings],
        "ok": result.ok,
    }


def errors_object(spec: str, diagnostics: tuple[Diagnostic, ...]) -> Object:
    """What is wrong with a specification that cannot be checked."""
    return {"spec": spec, "errors": [diagnostic_object(d) for d in diagnostics], "ok": False}


def diagnostic_object(diagnostic: Diagnostic) -> Object:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "hint": diagnostic.hint,
    }


def _system(result: SystemResult) -> Object:
    space = result.space
    return {
        "name": result.system.name,
        "states": len(space.states),
        "transitions": space.transitions,
        "depth": space.depth,
        "complete": space.complete,
        "limit": space.limit,
        "engine": space.engine,
        "seconds": round(space.seconds, 3),
        "bytes_per_state": space.bytes_per_state,
        "bytes_per_transition": space.bytes_per_transition,
        "bounds_hit": [{"bound": bound, "cut": cut} for bound, cut in space.bounds.items()],
        "assumptions": list(assumptions(result.system)),
        "checks": [_verdict(verdict) for verdict in result.verdicts],
        "scenarios": [_scenario(scenario) for scenario in result.scenarios],
        "errors": [_failure(failure) for failure in result.failures],
    }


def _verdict(verdict: Verdict) -> Object:
    check = verdict.check
    one: Object = {
        "name": check.name,
        "kind": check.claim,
        "expected": "violated" if check.violated else "holds",
        "verdict": verdict.status,
        "ok": verdict.ok,
        "bounded": verdict.bounded,
        "file": check.span.source.name,
        "line": check.span.line,
        "reasons": list(verdict.reasons),
        "rests_on": list(verdict.rests_on),
        "vacuous": list(verdict.vacuous),
    }
    if verdict.run is not None:
        one |= run_object(verdict.run)
    if verdict.receptions:
        one["receptions"] = [reception_object(reception) for reception in verdict.receptions]
    return one


def _scenario(followed: Followed) -> Object:
    scenario = followed.scenario
    return {
        "name": scenario.name,
        "expected": "impossible" if scenario.impossible else "possible",
        "verdict": followed.outcome.value,
        "ok": followed.ok,
        "file": scenario.span.source.name,
        "line": scenario.span.line,
        "lines_shown": followed.lines,
        "reasons": list(followed.reasons),
        "instead": list(followed.instead),
        "rests_on": list(followed.rests_on),
    } | run_object(followed.run)


def reception_object(reception: UnspecifiedReception) -> Object:
    return {
        "instance": reception.instance,
        "state": reception.state,
        "message": reception.message,
    } | run_object(reception.run)


def _failure(failure: Failure) -> Object:
    return {
        "kind": failure.kind,
        "message": failure.message,
        "expected": failure.expected,
    } | run_object(failure.run)


def run_object(run: Run) -> Object:
    """The steps, each with its text, its line and the state after it, and the state before all."""
    system = run.system
    steps = []
    for one in run.steps:
        local = one.step.local
        span = local.transition.span if local else system.channels[one.step.channel or 0].span
        steps.append(
            {
                "step": describe(system, one.step),
                "file": span.source.name,
                "line": span.line,
                "state": None if one.state is None else _state(system, one.state),
            }
        )
    found: Object = {"initial": _state(system, run.initial), "run": steps}
    if run.loop_from is not None:
        found["loop_from"] = run.loop_from
    return found


def _state(system: System, state: GlobalState) -> Object:
    """Instances with state and variables, channels with their messages, oldest first."""
    instances = {
        instance.name: {
            "state": local.state,
            "variables": {
                variable.name: value
                for variable, value in zip(instance.machine.variables, local.values, strict=True)
            },
        }
        for instance, local in zip(system.instances, state.locals, strict=True)
    }
    channels = {
        channel.name: [
            {"message": packet.name, "fields": _fields(system, packet.name, packet.values)}
            for packet in contents
        ]
        for channel, contents in zip(system.channels, state.channels, strict=True)
    }
    return {"instances": instances, "channels": channels}


def _fields(system: System, name: str, values: tuple[Any, ...]) -> Object:
    message = system.messages[name]
    return {
        field.name: value
        for slot, (field, value) in enumerate(zip(message.fields, values, strict=True))
        if slot not in message.fixed
    }
