#!/usr/bin/env python3
"""Measures what others need for Osier's work, and writes it beside Osier's own figures.

Everybody predicts and then learns one sample at a time by plain SGD: a network of ReLU units with a
softmax, in 32-bit floats where there is a choice. CPU time of the process, all its threads together;
the best of some rounds. One network of the same shape in Osier is `sgd relu` and `predict` of the
section "kernels" in the report that `Benchmarks --json` wrote.
"""

import argparse
import json
import time
from importlib import metadata

import numpy as np

SHAPES = ([10, 32, 2], [50, 128, 64, 2], [54, 256, 256, 7], [784, 256, 10], [100, 1024, 1024, 10])
RATE = 0.01
# Weights that fit into 64 KiB, and larger ones.
SMALL_BYTES = 64 * 1024
ASKED = {True: 20, False: 6}


class NumPy:
    """By hand, as somebody would write it who knows the library well."""

    package = "numpy"

    def __init__(self, shape, seed=1):
        random = np.random.default_rng(seed)
        self.weights = [
            (random.normal(size=(n, m)) * np.sqrt(2 / m)).astype(np.float32)
            for m, n in zip(shape, shape[1:])
        ]
        self.biases = [np.zeros(n, np.float32) for n in shape[1:]]

    def learn(self, x, y):
        levels = [x]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1]):
            levels.append(np.maximum(weight @ levels[-1] + bias, 0))
        output = self.weights[-1] @ levels[-1] + self.biases[-1]
        error = np.exp(output - output.max())
        error /= error.sum()
        error[y] -= 1
        for index in range(len(self.weights) - 1, -1, -1):
            below = levels[index]
            down = (error @ self.weights[index]) * (below > 0) if index else None
            self.weights[index] -= RATE * np.outer(error, below)
            self.biases[index] -= RATE * error
            error = down


class Torch:
    """The usual module, automatic differentiation, the prediction taken from the same pass."""

    package = "torch"

    def __init__(self, shape):
        import torch

        torch.manual_seed(1)
        torch.set_num_threads(1)
        self.torch = torch
        layers = []
        for m, n in zip(shape, shape[1:]):
            layers += [torch.nn.Linear(m, n), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.loss = torch.nn.CrossEntropyLoss()

    def learn(self, x, y):
        output = self.model(self.torch.from_numpy(x))
        self.optimizer.zero_grad()
        self.loss(output, self.torch.tensor(y)).backward()
        self.optimizer.step()


class TorchByHand:
    """Products and rank-one updates without automatic differentiation."""

    package = "torch"

    def __init__(self, shape):
        import torch

        torch.manual_seed(1)
        torch.set_num_threads(1)
        self.torch = torch
        self.weights = [torch.randn(n, m) * (2 / m) ** 0.5 for m, n in zip(shape, shape[1:])]
        self.biases = [torch.zeros(n) for n in shape[1:]]

    def learn(self, x, y):
        with self.torch.no_grad():
            levels = [self.torch.from_numpy(x)]
            for weight, bias in zip(self.weights[:-1], self.biases[:-1]):
                levels.append(self.torch.addmv(bias, weight, levels[-1]).relu_())
            error = self.torch.addmv(self.biases[-1], self.weights[-1], levels[-1]).softmax(0)
            error[y] -= 1
            for index in range(len(self.weights) - 1, -1, -1):
                below = levels[index]
                down = (self.weights[index].t().mv(error)).mul_(below > 0) if index else None
                self.weights[index].addr_(error, below, alpha=-RATE)
                self.biases[index].add_(error, alpha=-RATE)
                error = down


class ScikitLearn:
    package = "scikit-learn"

    def __init__(self, shape):
        from sklearn.neural_network import MLPClassifier

        self.classes = np.arange(shape[-1])
        self.model = MLPClassifier(
            shape[1:-1], solver="sgd", learning_rate_init=RATE, momentum=0, batch_size=1, alpha=0,
            random_state=1)
        first = np.zeros((1, shape[0]), np.float32)
        self.model.partial_fit(first, [0], classes=self.classes)

    def learn(self, x, y):
        row = x[None]
        self.model.predict_proba(row)
        self.model.partial_fit(row, [y])


class River:
    """It has no network for classes: its logistic regression, for scale."""

    package = "river"

    def __init__(self, shape):
        from river import linear_model, multiclass, optim

        model = linear_model.LogisticRegression(optim.SGD(RATE))
        self.model = multiclass.OneVsRestClassifier(model) if shape[-1] > 2 else model

    def learn(self, x, y):
        row = dict(enumerate(x.tolist()))
        self.model.predict_proba_one(row)
        self.model.learn_one(row, y)


class VowpalWabbit:
    """One hidden layer at most: the first width."""

    package = "vowpalwabbit"

    def __init__(self, shape):
        from vowpalwabbit import Workspace

        task = "" if shape[-1] == 2 else f"--oaa {shape[-1]} "
        self.two = shape[-1] == 2
        self.vw = Workspace(
            f"{task}--loss_function logistic --nn {shape[1]} -l {RATE} --sgd --quiet")

    def learn(self, x, y):
        label = (1 if y else -1) if self.two else y + 1
        features = " ".join(f"{index}:{value}" for index, value in enumerate(x.tolist()))
        example = self.vw.parse(f"{label} | {features}", self.vw.get_label_type())
        self.vw.predict(example)
        self.vw.learn(example)
        self.vw.finish_example(example)


PEERS = (NumPy, Torch, TorchByHand, ScikitLearn, River, VowpalWabbit)
# Networks, rather than what stands beside them for scale, and written in Python.
NETWORKS = (NumPy, Torch, TorchByHand, ScikitLearn)


def rate(peer, shape, seconds, rounds):
    """Samples for each second of CPU time."""
    random = np.random.default_rng(1)
    x = random.normal(size=(256, shape[0])).astype(np.float32)
    y = random.integers(0, shape[-1], 256).tolist()
    learner = peer(shape)
    best = 0.0
    # The first round warms up.
    for index in range(rounds + 1):
        count = 0
        start = time.process_time()
        while (spent := time.process_time() - start) < seconds:
            for row, label in zip(x[:32], y[:32]):
                learner.learn(row, label)
            count += 32
        if index:
            best = max(best, count / spent)
    return best


def osier_rate(report, name):
    figures = {figure["name"]: figure["median"] for figure in report["figures"]}
    try:
        return 1e9 / (figures[f"{name} sgd relu"] + figures[f"{name} predict"])
    except KeyError:
        return None


def measure(options):
    with open(options.report, encoding="utf-8") as file:
        report = json.load(file)
    for shape in SHAPES[: 1 if options.quick else None]:
        name = "-".join(map(str, shape))
        weights = sum((m + 1) * n for m, n in zip(shape, shape[1:])) * 4
        figure = {"shape": name, "weight_bytes": weights, "peers": {}}
        figure["osier"] = osier_rate(report, name)
        for peer in PEERS:
            try:
                found = rate(peer, shape, *((0.01, 1) if options.quick else (0.5, 3)))
            except ImportError as error:
                figure["peers"][peer.__name__] = {"missing": str(error)}
                continue
            figure["peers"][peer.__name__] = {"samples_per_cpu_second": found}
        networks = [
            figure["peers"][peer.__name__].get("samples_per_cpu_second", 0) for peer in NETWORKS]
        if figure["osier"] and max(networks):
            figure["ratio_to_best_python_network"] = figure["osier"] / max(networks)
            figure["asked_ratio"] = ASKED[weights <= SMALL_BYTES]
        yield figure


def releases():
    found = {}
    for package in sorted({peer.package for peer in PEERS}):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found


def table(figures, versions):
    yield "\n## peers\n"
    listed = ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
    yield f"Predicted and learned samples per second of CPU time, one at a time. {listed}.\n"
    names = [peer.__name__ for peer in PEERS]
    yield "| shape | Osier | " + " | ".join(names) + " | Osier to the best network | asked |"
    yield "|---|" + "---:|" * (len(names) + 3)
    for figure in figures:
        cells = [figure["shape"], f"{figure['osier']:,.0f}" if figure["osier"] else "-"]
        for name in names:
            found = figure["peers"][name].get("samples_per_cpu_second")
            cells.append(f"{found:,.0f}" if found else "-")
        ratio = figure.get("ratio_to_best_python_network")
        cells += [f"{ratio:.1f}" if ratio else "-", str(figure.get("asked_ratio", "-"))]
        yield "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", required=True, help="what Benchmarks --json wrote")
    parser.add_argument("--json", help="write the figures here")
    parser.add_argument("--markdown", help="append the table to this file")
    parser.add_argument("--quick", action="store_true", help="next to no work, to see that it runs")
    options = parser.parse_args()
    figures = list(measure(options))
    versions = releases()
    lines = "\n".join(table(figures, versions)) + "\n"
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"releases": versions, "figures": figures}, file, indent=1)
    if options.markdown:
        with open(options.markdown, "a", encoding="utf-8") as file:
            file.write(lines)
    print(lines)


if __name__ == "__main__":
    main()
