"""Documents to look at: how they are made for tests, and reading a page as a browser would."""

from contextlib import chdir
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from tcpspec.check import Result, check, load
from tcpspec.views.document.gather import gather
from tcpspec.views.document.pages import pages

BLOCKS = {"td", "th", "li", "p", "dt", "dd"}
VOID = {"meta", "input", "br", "hr", "link", "img"}

SMALL = """## It asks once.
##
## The other end answers.
protocol Small "a request, and an answer"
message M(N: 0..3 = 1) = ASK | ANSWER(N = 0)
call  ask
timer again
machine Client {
    var asked: 0..3 = 0     ## how often
    initial final state IDLE { call ask / asked := asked + 1; snd ASK -> WAITING   ignore ANSWER }
    state WAITING "for an answer" { rcv ANSWER -> IDLE   timeout again / snd ASK }
}
machine Server { initial final state READY { rcv ASK / snd ANSWER   call ask -> BUSY }
                 final state BUSY { } }
system Line "a line that loses" {
    client: Client may ask once
    server: Server may ask once
    channel client <-> server: fifo(1), lossy, when full drop
}
check Line {
    "answered":           reachable client.asked == 1 and client in IDLE
    "never twice":        never client.asked == 2
    "it asks":            never client in WAITING
    "in the end":         violated client in WAITING leads to client in IDLE
    "asked at last":      violated eventually client in WAITING
    violated no unspecified reception
}
scenario "lost" on Line {
    client: ask
    client -> server: ASK lost
    client: timeout again
    client -> server: ASK
    server -> client: ANSWER
}
"""

HOSTILE = r"""
## </script><script>alert(1)</script> <b>bold</b> {{ 7 * 7 }} {% raw %}
##
## # heading [link](javascript:alert(1)) | `code` <img src=x onerror=alert(1)>
protocol P "</title><script>alert('title')</script> \x1b {{ 7 * 7 }}"
message M(N: 0..1 = 0) = A.b | SYN+ACK | 日本語
call go     ## <script>alert(2)</script>
machine X {
    var v.x: 0..1 = 0   ## --> ]]> </style>
    initial state script "</script><script>alert('state')</script>" {
        call go / snd SYN+ACK; v.x := 1 -> step_1   @ "</script> & | `§`"
        ignore A.b
    }
    state step_1 "<img src=x onerror=alert(1)>" { rcv any -> 日本語 }
    final state 日本語 "\\N & &lt; ' `" { rcv SYN+ACK / snd A.b -> script }
}
system S "<svg onload=alert(1)>" {
    a: X may go
    b: X may go once
    channel a <-> b: bag(2), lossy, when full drop
}
check S {
    "</script><script>alert('check')</script>": violated never a in 日本語
    "step-1": violated never a in step_1
    "step":   violated never b in step_1
    "../../../etc/passwd": violated never a in step_1 and b in step_1
}
scenario "--> <!-- <script>" on S { a: go   a -> b: SYN+ACK delayed }
scenario "a step-1" on S { a: go   a -> b: SYN+ACK lost }
"""


@cache
def made(text: str) -> dict[str, str]:
    """The files of the document of ``test.fsm``, by their names."""
    return made_of(answered(text))


def answered(text: str) -> Result:
    """What comes out of ``test.fsm``, wherever that is."""
    with TemporaryDirectory() as folder, chdir(folder):
        Path("test.fsm").write_text(text, "utf-8")
        return check(load("test.fsm"))


def made_of(result: Result) -> dict[str, str]:
    found = pages(gather(result, "tcpspec doc test.fsm -o DIR"))
    assert found.problems == ()
    return {name: data.decode() for name, data in found.files.items()}


class Page(HTMLParser):
    """What is in a page; anything that is not closed where it was opened is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice: {attrs}"
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))
        if tag in BLOCKS:
            self.text += " "
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"HTML does not close {tag} so"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["script"]:
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)
        elif self._open[-1:] != ["style"]:
            self.text += data

    def values(self, name: str) -> list[str]:
        """All values of an attribute, in order."""
        return [value for _, attributes in self.elements if (value := attributes.get(name))]
