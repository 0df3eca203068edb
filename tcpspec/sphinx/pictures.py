"""Pictures in documents: what ``figure`` can do, with a picture that is drawn."""

import os
from abc import abstractmethod
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.directives.patches import Figure

from tcpspec.escape import visible
from tcpspec.sphinx.specifications import OPTIONS, SpecificationDirective, Unshowable, flag
from tcpspec.views.draw import answers, chosen, no_run, sequence_picture, state_picture
from tcpspec.views.names import file_names

FORMS = ("svg", "png")
"""Each builder takes the form that it likes best."""


class PictureDirective(SpecificationDirective, Figure):
    """A figure: all options of ``figure``, and a caption as its content."""

    own_options: ClassVar[tuple[str, ...]] = ()
    """Those that ``figure`` does not know."""

    @abstractmethod
    def picture(self) -> tuple[str, dict[str, bytes]]:
        """What it shows, in words, and the picture in each form."""

    def show(self) -> list[nodes.Node]:
        title, forms = self.picture()
        self.options.setdefault("alt", visible(title))
        for name in (*OPTIONS, *self.own_options):
            self.options.pop(name, None)
        self.arguments[0] = self._written(title, forms)
        return list(Figure.run(self))

    def _written(self, title: str, forms: dict[str, bytes]) -> str:
        """The picture beside the documents that Sphinx has read, as ``figure`` names it: any form
        of this name. What is there already stays, so that nothing looks changed.
        """
        folder = Path(self.env.doctreedir) / "tcpspec"
        folder.mkdir(parents=True, exist_ok=True)
        (slug,) = file_names([title])
        stem = f"{slug}-{sha256(forms['svg']).hexdigest()[:12]}"
        for form, data in forms.items():
            path = folder / f"{stem}.{form}"
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)
        return "/" + Path(os.path.relpath(folder / f"{stem}.*", self.env.srcdir)).as_posix()


class StateDirective(PictureDirective):
    """``.. tcpspec:state:: FILE``: a machine as a state diagram."""

    own_options = ("machine", "simple")
    option_spec: ClassVar[dict[str, Any]] = {
        **(Figure.option_spec or {}), **OPTIONS,
        "machine": directives.unchanged_required, "simple": flag,
    }  # fmt: skip

    def picture(self) -> tuple[str, dict[str, bytes]]:
        machine, simple = self.machine(), bool(self.options.get("simple"))
        drawn = {form: state_picture(machine, form, simple=simple) for form in FORMS}
        return f"State diagram of {machine.name}", drawn


class SequenceDirective(PictureDirective):
    """``.. tcpspec:sequence:: FILE``: the run that shows a scenario or answers a check."""

    own_options = ("check", "scenario", "system", "values")
    option_spec: ClassVar[dict[str, Any]] = {
        **(Figure.option_spec or {}), **OPTIONS,
        "check": directives.unchanged_required, "scenario": directives.unchanged_required,
        "system": directives.unchanged_required, "values": flag,
    }  # fmt: skip

    def picture(self) -> tuple[str, dict[str, bytes]]:
        check, scenario = self.options.get("check"), self.options.get("scenario")
        found = answers(self.result(self.options.get("system")))
        runs = chosen(found, check, scenario)
        if not runs:
            raise Unshowable(no_run(found, check, scenario))
        values = bool(self.options.get("values"))
        drawn = {form: sequence_picture(runs[0], form, values=values) for form in FORMS}
        return runs[0].title, drawn
