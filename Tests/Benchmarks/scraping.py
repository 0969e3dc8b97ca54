"""What scraping `/metrics` every 100 ms costs the predictions: rounds with and without, in turn.

`python Tests/Benchmarks/scraping.py [ROUNDS]` with the end-to-end tests' packages; prints the ratio
of the round trips of predictions, scraped over unscraped, with its 95 % interval over the rounds.
"""

import multiprocessing
import statistics
import sys
import tempfile
import time
from pathlib import Path

import zmq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEndTests"))

from client import Client
from process import Daemon
from streams import teach
from web import Web

SECONDS = 0.5


def measure(client):
    """Round trips of single predictions, in seconds."""
    took, end = [], time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < end:
        client.predict({"x": [1, 2, 3]})
        took.append(time.perf_counter() - start)
    return took


def scrape(web, wanted, scrapes):
    """Reads the page every 100 ms while that is wanted."""
    while True:
        wanted.wait()
        web.get("/metrics")
        scrapes.value += 1
        time.sleep(0.1)


def main(rounds):
    with tempfile.TemporaryDirectory() as name, zmq.Context() as context:
        daemon = Daemon(Path(name), "http.address=127.0.0.1:0", "structure.policy=off")
        client, web = Client(context, daemon), Web(daemon)
        wanted, scrapes = multiprocessing.Event(), multiprocessing.Value("i", 0)
        # A process of its own: threads of Python would wait for each other.
        scraper = multiprocessing.Process(
            target=scrape, args=(web, wanted, scrapes), daemon=True)
        scraper.start()
        try:
            teach(client, 1000)
            measure(client)
            rounds_taken, counts = [], {False: 0, True: 0}
            for _ in range(rounds):
                took = {False: [], True: []}
                # Without, with, with, without: what drifts in the machine meets both alike.
                for is_scraped in (False, True, True, False):
                    (wanted.set if is_scraped else wanted.clear)()
                    took[is_scraped] += measure(client)
                rounds_taken.append(took)
                for is_scraped, values in took.items():
                    counts[is_scraped] += len(values)
            for what, pick in (
                    ("median", statistics.median), ("mean", statistics.fmean),
                    ("p99", lambda values: statistics.quantiles(values, n=100)[98])):
                plain = [pick(took[False]) for took in rounds_taken]
                ratios = [pick(took[True]) / pick(took[False]) for took in rounds_taken]
                spread = 1.96 * statistics.stdev(ratios) / len(ratios) ** 0.5
                print(f"{what:7} {statistics.fmean(plain) * 1e6:8.1f} us without; ratio with "
                      f"{statistics.fmean(ratios):.3f} +- {spread:.3f}")
            print(f"{scrapes.value} scrapes, {counts[False]} and {counts[True]} predictions")
        finally:
            scraper.terminate()
            scraper.join()
            daemon.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
