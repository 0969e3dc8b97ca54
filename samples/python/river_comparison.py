#!/usr/bin/env python3
"""River's own evaluation, once with a model of River's and once with the daemon: one line changes.

    pip install river ./samples/python/osier
    osier serve &
    python3 river_comparison.py
"""

import argparse
import time

from river import datasets, evaluate, linear_model, metrics, preprocessing

from osier import Endpoints
from osier.river import OsierClassifier


def main():
    parser = argparse.ArgumentParser(description="Compares River's models with a daemon.")
    parser.add_argument("--ports", help="what `osier serve --port-file` wrote")
    parser.add_argument("--limit", type=int, default=1_250, help="samples")
    arguments = parser.parse_args()
    endpoints = Endpoints.from_port_file(arguments.ports) if arguments.ports else Endpoints()

    models = {
        "River": preprocessing.StandardScaler() | linear_model.LogisticRegression(),
        "Osier": OsierClassifier(endpoints),
    }
    for name, model in models.items():
        began = time.perf_counter()
        accuracy = evaluate.progressive_val_score(
            datasets.Phishing().take(arguments.limit), model, metrics.Accuracy())
        seconds = time.perf_counter() - began
        print(f"{name}: {accuracy.get():.2%}, {arguments.limit / seconds:,.0f} samples/s")


if __name__ == "__main__":
    main()
