"""Benchmarks on this machine. Every figure stands beside a baseline of the same run; none is a promise about yours."""
