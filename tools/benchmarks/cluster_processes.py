"""A Dask scheduler with workers, as processes: ``python -m tools.benchmarks.cluster_processes WORKERS``.

Prints the scheduler's address, then for every line that comes in its processor seconds so far, as JSON. All end with
the input.
"""

from __future__ import annotations

import json
import logging
import sys
import time

from distributed import LocalCluster


def main(workers: int) -> None:
    """Start them, and answer until the input ends."""
    one_thread = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**one_thread, memory_limit=None, silence_logs=logging.CRITICAL) as cluster:
        print(json.dumps(cluster.scheduler_address), flush=True)
        for _ in sys.stdin:
            print(json.dumps(time.process_time()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
