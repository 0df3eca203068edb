"""What became of the mutants as one JSON object: the form is fixed by a schema in the tests."""

from typing import Any

from tcpspec.answers import Question
from tcpspec.mutation.result import Fate, Judged, Mutation
from tcpspec.version import VERSION

Object = dict[str, Any]


def mutation_object(mutation: Mutation) -> Object:
    """All that is known, mutant by mutant and question by question."""
    caught, judged = mutation.rate
    return {
        "spec": mutation.specification.path,
        "protocol": mutation.specification.name,
        "version": VERSION,
        "systems": list(mutation.systems),
        "counts": {str(fate): len(mutation.of(fate)) for fate in Fate},
        "rate": round(caught / judged, 4) if judged and not mutation.of(Fate.UNKNOWN) else None,
        "questions": [
            _question(question)
            | {"caught": count, "alone": None if mutation.quick else alone}
            | {"note": mutation.reasons.get(question, "")}
            for question, (count, alone) in mutation.catches.items()
        ],
        "mutants": [_mutant(one) for one in mutation.judged],
        "stale": list(mutation.stale),
        "interrupted": mutation.interrupted,
        "ok": not (mutation.of(Fate.SURVIVED) or mutation.of(Fate.UNKNOWN)),
    }


def _question(question: Question) -> Object:
    return {
        "source": question.source,
        "systems": list(question.systems),
        "name": question.name,
    }


def _mutant(one: Judged) -> Object:
    mutant = one.mutant
    return {
        "name": mutant.name,
        "machine": mutant.machine.name,
        "states": list(mutant.line.states),
        "file": mutant.line.span.source.name,
        "line": mutant.line.span.line,
        "change": mutant.change,
        "before": mutant.line.text,
        "after": None if mutant.becomes is None else mutant.becomes.text,
        "fate": one.fate,
        "note": one.note,
        "caught_by": [
            _question(catch.question) | {"before": catch.before, "after": catch.after}
            for catch in one.catches
        ],
    }
