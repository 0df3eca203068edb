"""Models that several tests of engines ask about."""

HALF_WAY = """type T = mod 4
machine M { var x: T = 0 initial state A { step / x := any -> B } state B {} }
system S { m: M n: M }
check S {
    "early": never m in B
    "never asked": always (m in B or m in A) or m.x < n.x
    "late": never n.x == 3 and (m in A or m.x < n.x)
}"""

MANY = """message G(F: 0..3 = x) = X
machine M { var x: 0..3 = 0 initial final state A { step / x := any; snd X  ignore X } }
system S { m: M n: M channel m <-> n: fifo(2), when full drop, lossy }
check S { "bad": never m.x == 3 and n.x == 2 and full(m -> n) and full(n -> m) }"""

KNOWN = MANY.replace('"bad":', '"bad": violated')
"""The same, as it should be: no reason to stop early."""

NINE = "machine M { var x: 0..1 = 0 initial final state A { step / x := any } }"
