"""Measurements that anybody can repeat.

Invariant: whatever is compared is measured by the same clock, with the same phones, in the same
run; what could not be measured is said, never guessed.
"""
