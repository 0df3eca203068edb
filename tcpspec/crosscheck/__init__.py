"""Other checkers as witnesses: the same specification, asked of SPIN and of TLC."""
