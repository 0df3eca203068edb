"""Exit status, as scripts read it.

0, all came out as the specification says; 1, some did not; 2, the specification or the command line
is wrong; 3, a limit was reached before an answer, and nothing failed; 130, Ctrl-C.
"""

OK, FAILED, WRONG, UNKNOWN, INTERRUPTED = 0, 1, 2, 3, 130
