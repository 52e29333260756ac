"""The feature kernel alone: events per second with 8 windows × 5 aggregates on 20 concepts, 5 % of the events late.

A sample of the vectors is computed again from the definition by brute force; a difference ends the program with 1.
"""
from __future__ import annotations

from harness import interleave, program, rounds, run, table

ROUNDS = rounds(3)


def main() -> None:
    """Runs and prints."""
    usages = interleave({"kernel": lambda: run([program("kernel")])}, ROUNDS)["kernel"]
    least = min((usage.lines()[0] for usage in usages), key=lambda line: line["cpu_us_per_event"])
    table("Feature kernel: one vector per hour of stay, one core",
          ["", "events/s", "CPU-µs/event", "columns", "CPU-µs/vector", "peak RSS MB"],
          [["ours", least["events_per_s"], least["cpu_us_per_event"], least["columns"], least["cpu_us_per_vector"], least["peak_rss_mb"]]],
          f"Least CPU of {ROUNDS} rounds.")


if __name__ == "__main__":
    main()
