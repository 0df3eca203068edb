"""Models that several tests of verdicts ask about."""

GROUP = "message G = X | Y call c timer t "

DEAF = "machine Deaf { initial final idle state D {} }"

OVERFLOWING = f"""{GROUP} {DEAF} machine M {{ initial final state A {{ step / snd X; snd X }} }}
system S {{ m: M d: Deaf channel m -> d: fifo(1) }} check S {{ CLAIM }}"""

LONG = """machine M { var x: 0..99 = 0 initial state A { step [x < 99] / x := x + 1 } }
system S { m: M } check S {
    "small": always m.x < 5
    "bounded": always m.x < 100
    "nine": reachable m.x == 9
    "ninety": reachable m.x == 90
    "end": always possible m.x == 99
    no deadlock
    every transition used
    every state reachable
}"""
