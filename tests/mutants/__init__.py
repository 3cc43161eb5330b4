"""Mutation testing: the code is changed in one place, and a test has to notice. `make mutants`.

What decides who may do what, who is asked next, and what is sent in whose name, is changed a few hundred times at random,
each time alone. The tests that run the changed line, and only those, are run on it. A change that nobody notices is a
promise without a test: it is to be given one, or explained in `explained.yaml`.
"""
