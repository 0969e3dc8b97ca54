#!/usr/bin/env python3
"""Plots a run from the status stream: quality, widths of the layers, throughput.

    pip install matplotlib ./samples/python/osier
    osier serve &
    python3 plot_run.py --seconds 60 run.png

Written to be read from top to bottom, like a notebook: each part is marked and may be run by itself.
"""

# %% What is needed
import argparse
import time

from osier import Endpoints, Osier

MEASURES = ("accuracy", "mae")


# %% Listen: one point for each status, and every change of structure
def listen(endpoints, seconds):
    """Points of the run and its adaptations, until the time is up."""
    points, changes = [], []
    end = time.monotonic() + seconds
    with Osier(endpoints) as daemon:
        for event in daemon.events("status", "adaptation", timeout=max(5.0, seconds)):
            if event.topic == "adaptation":
                changes.append(event.body)
            else:
                points.append(point(event.body))
            if time.monotonic() >= end:
                break
    return points, changes


def point(status):
    """The figures that are drawn."""
    quality, stream = status["quality"], status["stream"]
    measure = next((name for name in MEASURES if name in quality["window"]), None)
    return {
        "time": status["time"], "measure": measure,
        "window": quality["window"].get(measure), "baselines": quality.get("baselines", {}),
        "hidden": status["model"]["hidden"], "rate": stream["samples_per_second"],
        "queue": stream["queue"],
    }


# %% Draw
def draw(points, changes, path):
    """Three panels over one time axis."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    start = points[0]["time"]
    at = [one["time"] - start for one in points]
    figure, (quality, widths, throughput) = pyplot.subplots(
        3, sharex=True, figsize=(9, 8), layout="constrained")

    quality.plot(at, [number(one["window"]) for one in points], label="model, window")
    for name in points[-1]["baselines"]:
        values = [number(one["baselines"].get(name)) for one in points]
        quality.plot(at, values, "--", label=name.replace("_", " "))
    quality.set_ylabel((points[-1]["measure"] or "quality").replace("_", " "))
    quality.legend(loc="best")

    for layer in range(max(len(one["hidden"]) for one in points)):
        units = [one["hidden"][layer] if layer < len(one["hidden"]) else 0 for one in points]
        widths.step(at, units, where="post", label=f"layer {layer}")
    colors = {"kept": "tab:green", "reverted": "tab:red"}
    for change in changes:
        widths.axvline(
            change["time"] - start, color=colors.get(change["event"], "tab:gray"), alpha=0.5)
    widths.set_ylabel("units")
    if widths.has_data():
        widths.legend(loc="best")

    throughput.plot(at, [one["rate"] for one in points], label="learned per second")
    throughput.plot(at, [one["queue"] for one in points], label="waiting")
    throughput.set_ylabel("samples")
    throughput.set_xlabel("seconds")
    throughput.legend(loc="best")
    figure.savefig(path)


def number(value):
    """A gap where there is no figure yet."""
    return float("nan") if value is None else value


# %% Run
def main():
    parser = argparse.ArgumentParser(description="Plots a run of an Osier daemon.")
    parser.add_argument("picture", nargs="?", default="run.png", help="a PNG file to write")
    parser.add_argument("--ports", help="what `osier serve --port-file` wrote")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to listen")
    arguments = parser.parse_args()
    endpoints = Endpoints.from_port_file(arguments.ports) if arguments.ports else Endpoints()

    points, changes = listen(endpoints, arguments.seconds)
    print(f"{len(points)} points, {len(changes)} changes of structure")
    try:
        draw(points, changes, arguments.picture)
    except ImportError:
        print("matplotlib is not installed: nothing was drawn")
        for one in points[-5:]:
            print(one)
    else:
        print(f"drawn to {arguments.picture}")


if __name__ == "__main__":
    main()
