"""What scraping `/metrics` every 100 ms costs the predictions: rounds with and without, in turn.

`python Tests/Benchmarks/scraping.py [ROUNDS]` with the end-to-end tests' packages; prints the ratio
of the round trips of predictions, scraped over unscraped.
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

SECONDS = 2.0


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
            took = {False: [], True: []}
            # Without, with, with, without: what drifts in the machine meets both alike.
            for index in range(4 * rounds):
                is_scraped = index % 4 in (1, 2)
                (wanted.set if is_scraped else wanted.clear)()
                took[is_scraped] += measure(client)
            for what, pick in (
                    ("mean", statistics.fmean), ("median", statistics.median),
                    ("p99", lambda values: statistics.quantiles(values, n=100)[98])):
                plain, scraped = pick(took[False]), pick(took[True])
                print(f"{what:7} {plain * 1e6:8.1f} us without, {scraped * 1e6:8.1f} us with: "
                      f"ratio {scraped / plain:.3f}")
            print(f"{scrapes.value} scrapes, {len(took[False])} and {len(took[True])} predictions")
        finally:
            scraper.terminate()
            scraper.join()
            daemon.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
