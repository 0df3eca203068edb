"""A run in words, for those who do not see its picture."""

from tcpspec.explore.run import Run, describe
from tcpspec.views.runs.story import control_states, verdict_text


def description(run: Run, outcome: str | None) -> str:
    """Where everybody begins, each step with the state that it leads to, and what went wrong."""
    names = [instance.name for instance in run.system.instances]
    states = control_states(run)
    start = ", ".join(f"{name} in {at}" for name, at in zip(names, states[0], strict=True))
    sentences = [f"It begins with {start}."]
    for number, run_step in enumerate(run.steps, 1):
        if run.loop_from == number - 1:
            sentences.append("From here on it repeats.")
        step = run_step.step
        who = step.instance
        moved = who is not None and states[number][who] != states[number - 1][who]
        lead = f", now in {states[number][who]}" if moved and who is not None else ""
        sentences.append(f"Step {number}: {describe(run.system, step)}{lead}.")
    sentences += [f"{line}." for line in (verdict_text(run, outcome) or "").splitlines()]
    return " ".join(sentences)
