"""Ranked passages to the sentence that answers, and how likely it is that there is one."""
