"""Kills builds and updates at random moments, and looks whether the index is a whole one: the old or the new.

Each round starts `qa index` in a process of its own and ends it: SIGKILL or SIGINT at a random moment of a
random phase, a file that may not grow, a full disk (a small tmpfs, as root). Another process opens the index
all the while, and this one when it is over: `verify` must pass, the articles must be those of one edition,
known questions must be answered from it, and what the user is told must be true. Anything else is a loss.
"""
