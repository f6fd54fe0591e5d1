"""`python -m benchmarks`: what `make bench` runs."""

from benchmarks.handover import main

main()
