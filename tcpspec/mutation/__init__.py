"""Mutants: which wrong lines do the checks and scenarios of a specification catch?"""
