"""Variants: an extending file takes in everything of its base, and may then change it.

Syntax tree in, syntax tree out: machines and systems are built from the result, so that a variant
means exactly what the same text written in one file would mean. What is added to a machine stands
behind what the base has; what replaces a line stands in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from types import MappingProxyType

from tcpspec.diagnostics import Diagnostics, did_you_mean
from tcpspec.language import ast
from tcpspec.record import Record, replace

_NAMED = ast.Const | ast.MessageGroup | ast.Define | ast.System


class Combined(Record):
    """One tree of a file and its bases; what the file itself changes, in words; and in what.

    ``origins`` has for each machine the file that last declared or changed it.
    """

    file: ast.File
    changes: tuple[str, ...] = ()
    base: str | None = None
    origins: Mapping[str, str] = MappingProxyType({})


def combine(files: Sequence[ast.File], found: Diagnostics) -> Combined:
    """One tree of a file and its bases, the first base first."""
    combined = Combined(ast.File(None, (), (), span=files[0].span))
    for file in files:
        variant = _Variant(combined.file, file, found)
        base = combined.file.span.source.name if file is not files[0] else None
        written = {
            item.name.text: item.span.source.name
            for item in file.items
            if isinstance(item, ast.Machine)
        }
        combined = Combined(
            variant.apply(), tuple(variant.changes) if base else (), base,
            {**combined.origins, **written},
        )  # fmt: skip
    return combined


class _Variant:
    """One file applied to the tree of what it extends."""

    def __init__(self, base: ast.File, file: ast.File, found: Diagnostics) -> None:
        self._found = found
        self._file = file
        self._comments = base.comments + file.comments
        self._items: list[ast.Item] = list(base.items)
        self._where = ""
        self.changes: list[str] = []
        """What the file changes, one line each."""
        self._base = {id(item): item for item in base.items}
        self._machines = {i.name.text for i in base.items if isinstance(i, ast.Machine)}

    def apply(self) -> ast.File:
        for item in self._file.items:
            match item:
                case ast.Remove():
                    self._remove(item)
                case ast.Replace():
                    self._replace(item)
                case ast.Machine() if item.name.text in self._machines:
                    self._reopen(item)
                case ast.Machine():
                    self._add(self._new_machine(item))
                case ast.Check():
                    self._check(item)
                case _:
                    self._add(item)
        return ast.File(
            self._file.protocol, tuple(self._items), self._comments, span=self._file.span
        )

    def _add(self, item: ast.Item) -> None:
        self._items.append(item)
        self.changes.append(f"adds {_title(item)}")

    def _missing(
        self, node: ast.Node, what: str, known: Sequence[str] = (), name: str = ""
    ) -> None:
        self._found.error(
            "not-in-base", node.span, f"there is no {what} to change here",
            hint=did_you_mean(name, known),
        )  # fmt: skip

    # --- whole declarations ---

    def _remove(self, node: ast.Remove) -> None:
        kinds = {"system": ast.System, "define": ast.Define, "scenario": ast.Scenario}
        kind = kinds[node.what]
        named = [i for i in self._of_base(kind) if _name(i) == node.name.text]
        if not named:
            known = [_name(i) for i in self._of_base(kind)]
            self._missing(node, f"{node.what} `{node.name.text}`", known, node.name.text)
            return
        self._items.remove(named[0])
        self.changes.append(f"removes {_title(named[0])}")
        if node.what == "system":
            self._forget_system(node.name.text)

    def _forget_system(self, name: str) -> None:
        """What was asked of a system goes with it."""
        kept: list[ast.Item] = []
        for item in self._items:
            if isinstance(item, ast.Check):
                rest = tuple(system for system in item.systems if system.text != name)
                if rest:
                    kept.append(self._narrowed(item, rest))
            elif not (isinstance(item, ast.Scenario) and item.system.text == name):
                kept.append(item)
        self._items = kept

    def _narrowed(self, check: ast.Check, systems: tuple[ast.Name, ...]) -> ast.Check:
        """A check of the base, about fewer systems; it is still the base's."""
        narrowed = replace(check, systems=systems)
        if id(check) in self._base:
            self._base[id(narrowed)] = narrowed
        return narrowed

    def _replace(self, node: ast.Replace) -> None:
        new = node.item
        for old in self._of_base(type(new)):
            if _name(old) == _name(new):
                self._items[self._items.index(old)] = new
                self.changes.append(f"replaces {_title(new)}")
                return
        known = [_name(i) for i in self._of_base(type(new))]
        what = "message" if isinstance(new, ast.MessageGroup) else type(new).__name__.lower()
        self._missing(node, f"{what} `{_name(new)}`", known, _name(new))

    def _of_base(self, kind: type[ast.Item]) -> list[ast.Item]:
        """What the base has of a kind: only that can be removed or replaced."""
        return [i for i in self._items if isinstance(i, kind) and id(i) in self._base]

    # --- machines ---

    def _new_machine(self, node: ast.Machine) -> ast.Machine:
        """A machine that the base does not have: there is nothing in it to edit."""
        members: list[ast.Member] = []
        for member in node.members:
            if isinstance(member, ast.ReplaceVariable):
                self._missing(member, f"variable `{member.variable.name.text}`")
            elif isinstance(member, ast.State | ast.Block):
                rules = [rule for rule in member.rules if isinstance(rule, ast.Rule)]
                for edit in member.rules:
                    if not isinstance(edit, ast.Rule):
                        self._not_one(edit, 0, [])
                members.append(replace(member, rules=tuple(rules)))
            else:
                members.append(member)
        return replace(node, members=tuple(members))

    def _reopen(self, node: ast.Machine) -> None:
        position, machine = next(
            (position, item)
            for position, item in enumerate(self._items)
            if isinstance(item, ast.Machine) and item.name.text == node.name.text
        )
        if node.parameters:
            self._found.error(
                "declared-twice", node.name.span,
                "a machine that is opened again keeps the parameters that it has",
            )  # fmt: skip
        members = list(machine.members)
        for member in node.members:
            self._where = f"in machine {node.name.text}"
            self._member(members, member)
        self._items[position] = replace(
            machine, members=tuple(members), ordered=machine.ordered or node.ordered
        )

    def _member(self, members: list[ast.Member], member: ast.Member) -> None:
        match member:
            case ast.ReplaceVariable():
                self._replace_variable(members, member)
            case ast.State() | ast.Block():
                added = []
                for rule in member.rules:
                    if isinstance(rule, ast.Rule):
                        added.append(rule)
                        self._change(member, "adds", rule)
                    else:
                        self._edit_rule(members, member, rule)
                members.append(replace(member, rules=tuple(added)))
            case _:
                members.append(member)
                self.changes.append(f"{self._where}: adds `{member.span.text}`")

    def _change(self, place: ast.State | ast.Block, what: str, rule: ast.Node) -> None:
        where = f"state {place.name.text}" if isinstance(place, ast.State) else "a block"
        self.changes.append(f"{self._where}, {where}: {what} `{rule.span.text}`")

    def _replace_variable(self, members: list[ast.Member], node: ast.ReplaceVariable) -> None:
        name = node.variable.name.text
        for position, member in enumerate(members):
            if isinstance(member, ast.Variable) and member.name.text == name:
                members[position] = node.variable
                old, new = member.span.text, node.variable.span.text
                self.changes.append(f"{self._where}: `{old}` becomes `{new}`")
                return
        known = [member.name.text for member in members if isinstance(member, ast.Variable)]
        self._missing(node, f"variable `{name}`", known, name)

    def _edit_rule(
        self,
        members: list[ast.Member],
        place: ast.State | ast.Block,
        edit: ast.RemoveRule | ast.ReplaceRule,
    ) -> None:
        """Remove or replace the one rule that is meant, of the same state or of any block."""
        places = [m for m in members if isinstance(m, ast.State | ast.Block)]
        if not any(_same_place(member, place) for member in places):
            self._no_place(place, edit, places)
            return
        candidates = [
            (position, rule)
            for position, member in enumerate(members)
            if isinstance(member, ast.State | ast.Block) and _same_place(member, place)
            for rule in member.rules
            if isinstance(rule, ast.Rule)
        ]
        meant = [(position, rule) for position, rule in candidates if _is_meant(rule, edit)]
        if len(meant) > 1 and isinstance(edit, ast.ReplaceRule) and edit.label is None:
            meant = [one for one in meant if one[1].guard == edit.rule.guard] or meant
        if len(meant) != 1:
            self._not_one(edit, len(meant), [rule for _, rule in candidates])
            return
        position, old = meant[0]
        member = members[position]
        assert isinstance(member, ast.State | ast.Block)
        new: tuple[ast.Rule, ...] = ()
        self._change(place, "removes", old)
        if isinstance(edit, ast.ReplaceRule):
            self._change(place, "puts in its place", edit.rule)
            new = (replace(edit.rule, label=edit.rule.label or edit.label or old.label),)
        at = next(i for i, rule in enumerate(member.rules) if rule is old)
        members[position] = replace(
            member, rules=(*member.rules[:at], *new, *member.rules[at + 1 :])
        )

    def _not_one(
        self, edit: ast.RemoveRule | ast.ReplaceRule, count: int, rules: Sequence[ast.Rule]
    ) -> None:
        if count:
            hint = "say its guard as well: `remove TRIGGER [guard]`"
            if isinstance(edit, ast.ReplaceRule):
                hint = "the one that is meant has the guard that is written here, or a label"
            self._found.error(
                "not-in-base", edit.span, f"{count} rules have this trigger", hint=hint
            )
            return
        if edit.label is not None:
            labels = [rule.label.text for rule in rules if rule.label]
            self._missing(edit, f"rule `{edit.label.text}`", labels, edit.label.text)
            return
        self._found.error(
            "not-in-base", edit.span, "there is no rule with this trigger to change here",
            hint=f"there are: {_quoted(rule.span.text for rule in rules)}",
        )  # fmt: skip

    def _no_place(
        self, place: ast.State | ast.Block, edit: ast.Node, places: Sequence[ast.State | ast.Block]
    ) -> None:
        """There is no such state, or no block that says so where it is for."""
        if isinstance(place, ast.State):
            names = [one.name.text for one in places if isinstance(one, ast.State)]
            self._missing(place.name, f"state `{place.name.text}`", names, place.name.text)
            return
        from tcpspec.language.expressions import Notation
        from tcpspec.language.printer import Printer

        printer = Printer(Notation())
        heads = (printer.head(one) for one in places if isinstance(one, ast.Block))
        self._found.error(
            "not-in-base", edit.span, "there is no block with this head to change here",
            hint=f"there are: {_quoted(heads)}",
        )  # fmt: skip

    # --- checks ---

    def _check(self, node: ast.Check) -> None:
        """Edits change lines about these systems; the other lines are added."""
        for line in node.lines:
            if isinstance(line, ast.CheckLine):
                self._items.append(replace(node, lines=(line,)))
                self.changes.append(f"adds check {line.span.text}")
            else:
                self._edit_check(node, line)

    def _edit_check(self, node: ast.Check, edit: ast.RemoveCheck | ast.ReplaceCheck) -> None:
        systems = {system.text for system in node.systems}
        edited: list[ast.Item] = []
        hits = 0
        for item in self._items:
            if (
                not isinstance(item, ast.Check)
                or id(item) not in self._base
                or not _has_line(item, edit.name, systems)
            ):
                edited.append(item)
                continue
            hits += 1
            touched = tuple(s for s in item.systems if s.text in systems)
            rest = tuple(s for s in item.systems if s.text not in systems)
            if rest:
                edited.append(self._narrowed(item, rest))
            if isinstance(edit, ast.ReplaceCheck):
                line = ast.CheckLine(edit.name, edit.claim, span=edit.span)
                edited.append(replace(item, systems=touched, lines=(line,)))
        self._items = edited
        if hits and isinstance(edit, ast.ReplaceCheck):
            self.changes.append(f'check "{edit.name}" is now {edit.claim.span.text}')
        elif hits:
            self.changes.append(f'removes check "{edit.name}"')
        else:
            known = [
                line.name
                for item in self._items if isinstance(item, ast.Check)
                for line in item.lines if isinstance(line, ast.CheckLine) and line.name
            ]  # fmt: skip
            self._missing(edit, f'check "{edit.name}"', known, edit.name)


def _quoted(texts: Iterable[str]) -> str:
    """Each on one line, and not all of a long list."""
    short = [shorten(text, 60, placeholder=" …") for text in texts]
    return ", ".join(f"`{text}`" for text in short[:8]) + ", …" * (len(short) > 8) or "none"


def _title(item: ast.Item) -> str:
    """A declaration for people: its kind and its name, or, if it has none, its text."""
    match item:
        case ast.Scenario(name):
            return f'scenario "{name}"'
        case ast.TypeDeclaration() | ast.MessageGroup():
            kind = "type" if isinstance(item, ast.TypeDeclaration) else "message"
            return f"{kind} {item.name.text}"
        case ast.System() | ast.Machine():
            return f"{type(item).__name__.lower()} {item.name.text}"
    return item.span.text


def _name(item: ast.Item) -> str:
    if isinstance(item, ast.Scenario):
        return item.name
    return item.name.text if isinstance(item, _NAMED) else ""


def _same_place(member: ast.State | ast.Block, place: ast.State | ast.Block) -> bool:
    """Edits in a state are about that state's own rules, edits in a block about a block's with the
    same head.
    """
    if isinstance(place, ast.State):
        return isinstance(member, ast.State) and member.name == place.name
    return isinstance(member, ast.Block) and _head(member) == _head(place)


def _head(block: ast.Block) -> tuple[object, ...]:
    return block.any, block.states, block.guard, block.unless_handled


def _is_meant(rule: ast.Rule, edit: ast.RemoveRule | ast.ReplaceRule) -> bool:
    if edit.label is not None:
        return rule.label == edit.label
    if isinstance(edit, ast.ReplaceRule):
        return _trigger(rule) == _trigger(edit.rule)
    same_guard = edit.guard is None or edit.guard == rule.guard
    return _trigger(rule) == (False, edit.trigger) and same_guard


def _trigger(rule: ast.Rule) -> tuple[bool, ast.Trigger]:
    """What a rule waits for; ``otherwise`` is not the same as ``rcv any``."""
    return rule.kind.startswith("otherwise"), rule.trigger


def _has_line(check: ast.Check, name: str, systems: set[str]) -> bool:
    """Every check holds one line here: ``_check`` takes blocks apart.

    A line without a name is called by its claim, as in reports.
    """
    return any(system.text in systems for system in check.systems) and any(
        isinstance(line, ast.CheckLine) and line.name_or_claim == name for line in check.lines
    )
