"""Whole trajectories beside PyTorch's: the same weights, the same samples, the same weights after.

Runs where PyTorch is installed, and is skipped visibly elsewhere. Tests/run.sh builds the probe.
"""

import os
import pathlib
import subprocess

import numpy as np
import pytest

from process import OSIER

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here and is not installed")

PROBE = pathlib.Path(OSIER).with_name("TrajectoryProbe")
if not os.access(PROBE, os.X_OK):
    pytest.skip(f"no executable at {PROBE}: build the product TrajectoryProbe",
                allow_module_level=True)

STEPS = 200
INPUTS = 5
HIDDEN = (7, 6)
RATE = 0.01

OPTIMIZERS = {
    "sgd": lambda p, decay: torch.optim.SGD(p, RATE, weight_decay=decay),
    "momentum": lambda p, decay: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=decay),
    "nesterov": lambda p, decay: torch.optim.SGD(
        p, RATE, momentum=0.9, nesterov=True, weight_decay=decay),
    "adagrad": lambda p, decay: torch.optim.Adagrad(p, RATE, eps=1e-8, weight_decay=decay),
    "rmsprop": lambda p, decay: torch.optim.RMSprop(
        p, RATE, alpha=0.9, eps=1e-8, weight_decay=decay),
    "adam": lambda p, decay: torch.optim.Adam(p, RATE, eps=1e-8, weight_decay=decay),
}
ACTIVATIONS = {
    "relu": torch.nn.ReLU, "leaky_relu": lambda: torch.nn.LeakyReLU(0.01),
    "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid,
}
LOSSES = {
    "logistic": torch.nn.BCEWithLogitsLoss(), "cross_entropy": torch.nn.CrossEntropyLoss(),
    "squared": torch.nn.MSELoss(), "absolute": torch.nn.L1Loss(), "huber": torch.nn.HuberLoss(),
}


def network(activation, outputs, seed, hidden):
    torch.manual_seed(seed)
    widths = (INPUTS, *hidden, outputs)
    layers = []
    for below, above in zip(widths, widths[1:], strict=False):
        layers += [torch.nn.Linear(below, above), ACTIVATIONS[activation]()]
    return torch.nn.Sequential(*layers[:-1])


def values(model):
    """Every weight and bias in the probe's order, which is PyTorch's."""
    return np.concatenate([p.detach().double().numpy().ravel() for p in model.parameters()])


def text(numbers):
    return " ".join(repr(float(number)) for number in np.asarray(numbers, np.float32))


def stream(loss, outputs, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(STEPS, INPUTS)).astype(np.float32)
    if loss == "logistic":
        return x, random.integers(2, size=(STEPS, 1)).astype(np.float32)
    if loss == "cross_entropy":
        return x, random.integers(outputs, size=(STEPS, 1)).astype(np.float32)
    return x, random.normal(size=(STEPS, outputs)).astype(np.float32)


def learned_by_probe(optimizer, activation, loss, decay, hidden, start, x, y, outputs):
    head = [optimizer, activation, loss, RATE, decay, STEPS, INPUTS, outputs, *hidden]
    rows = [text(np.concatenate(pair)) for pair in zip(x, y, strict=True)]
    result = subprocess.run(
        [PROBE], input="\n".join([" ".join(map(str, head)), text(start), *rows]) + "\n",
        capture_output=True, text=True, check=True, timeout=60)
    return np.array([float(word) for word in result.stdout.split()])


def learned_by_torch(optimizer, loss, decay, model, x, y, precision):
    model = model.to(precision)
    weights = [p for p in model.parameters() if p.dim() > 1]
    biases = [p for p in model.parameters() if p.dim() == 1]
    # Biases are not decayed in Osier.
    steppers = [OPTIMIZERS[optimizer](weights, decay), OPTIMIZERS[optimizer](biases, 0.0)]
    for features, target in zip(torch.tensor(x, dtype=precision), y, strict=True):
        output = model(features[None])
        wanted = torch.tensor(target, dtype=precision)[None]
        if loss == "cross_entropy":
            wanted = torch.tensor(target, dtype=torch.long)
        for stepper in steppers:
            stepper.zero_grad()
        LOSSES[loss](output, wanted).backward()
        for stepper in steppers:
            stepper.step()
    return values(model)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_weights_after_200_steps_are_pytorch_s(optimizer, activation, loss):
    check(optimizer, activation, loss, decay=0.0, hidden=HIDDEN)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_with_weight_decay(optimizer):
    check(optimizer, "tanh", "cross_entropy", decay=0.01, hidden=HIDDEN)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_linear_model(loss):
    check("adam", "relu", loss, decay=0.0, hidden=())


def check(optimizer, activation, loss, decay, hidden):
    outputs = 1 if loss == "logistic" else 3
    x, y = stream(loss, outputs, seed=2)
    start = values(network(activation, outputs, 1, hidden))
    ours = learned_by_probe(
        optimizer, activation, loss, decay, hidden, start, x, y, outputs)
    single = learned_by_torch(
        optimizer, loss, decay, network(activation, outputs, 1, hidden), x, y, torch.float32)
    double = learned_by_torch(
        optimizer, loss, decay, network(activation, outputs, 1, hidden), x, y, torch.float64)
    assert np.abs(ours - start).max() > 0.01, "nothing was learned"
    # Two runs in single precision part by their rounding errors, which grow along the trajectory.
    # How far shows in how far PyTorch's own one is from its run in double precision; ours may
    # round otherwise, so it gets some times that.
    spread = np.abs(single - double).max()
    assert np.abs(ours - double).max() <= 10 * spread + 2e-5
