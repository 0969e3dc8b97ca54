"""Turns the results of `osier simulate --json` into a page with plots. Standard library only."""

import json
import pathlib
import random
import sys


def interval(values: list[float]) -> tuple[float, float, float]:
    """Mean and its 95 % percentile bootstrap interval."""
    draws = random.Random(1)
    means = sorted(
        sum(draws.choices(values, k=len(values))) / len(values) for _ in range(2000)
    )
    return sum(values) / len(values), means[50], means[1949]


def plot(result: dict, path: pathlib.Path) -> None:
    """Bars of the utility with their intervals."""
    lines = result["policies"]
    low = min(line["utility"]["low"] for line in lines)
    high = max(line["utility"]["high"] for line in lines)
    span = max(high - low, 1e-6)

    def x(value: float) -> float:
        return 180 + 400 * (value - low) / span

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{24 * len(lines) + 40}" '
        'font-family="sans-serif" font-size="12">'
    ]
    for row, line in enumerate(lines):
        y = 20 + 24 * row
        utility = line["utility"]
        colour = "#2a6f4e" if line["policy"] == "dqn" else "#777777"
        parts.append(f'<text x="4" y="{y + 4}">{line["policy"]}</text>')
        parts.append(
            f'<line x1="{x(utility["low"]):.1f}" x2="{x(utility["high"]):.1f}" y1="{y}" y2="{y}" '
            f'stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<circle cx="{x(utility["mean"]):.1f}" cy="{y}" r="4" fill="{colour}"/>')
        parts.append(
            f'<text x="590" y="{y + 4}">{100 * utility["mean"]:.1f}</text>'
        )
    parts.append("</svg>")
    path.write_text("\n".join(parts) + "\n")


def difference(result: dict, other: str) -> str:
    """The utility of dqn less that of another, paired by seed, in points."""
    by_name = {line["policy"]: line["utilities"] for line in result["policies"]}
    if "dqn" not in by_name or other not in by_name:
        return "–"
    pairs = zip(by_name["dqn"], by_name[other])
    mean, low, high = interval([100 * (mine - theirs) for mine, theirs in pairs])
    return f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]"


def main() -> None:
    output = pathlib.Path(sys.argv[1])
    seeds = int(sys.argv[2])
    results = [json.loads(line) for line in (output / "results.jsonl").open()]
    page = [
        "# What the structure controller is worth",
        "",
        f"{seeds} seeds for each line. Utility is the share of samples that were answered right and in "
        "time, in percent; intervals hold 95 % (bootstrap over seeds; differences are paired).",
        "",
        "| scenario | best fixed | headroom | dqn − best fixed | headroom recovered | dqn − rules | "
        "dqn − random | dqn − permuted observations | dqn − permuted rewards |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        headroom = result["headroom"]["mean"]
        dqn = next((line for line in result["policies"] if line["policy"] == "dqn"), None)
        gain = -dqn["regret_to_best_fixed"]["mean"] if dqn else 0.0
        share = f"{100 * gain / headroom:.0f} %" if headroom >= 0.03 else "–"
        page.append(
            f"| {result['scenario']} | {result['best_fixed']} | {100 * headroom:.2f} | "
            f"{difference(result, 'fixed-' + str(result['best_fixed']))} | {share} | "
            + " | ".join(
                difference(result, other)
                for other in ("rules", "random", "observations-permuted", "rewards-permuted")
            )
            + " |"
        )
    for result in results:
        plot(result, output / f"{result['scenario']}.svg")
        page += [
            "",
            f"## {result['scenario']}",
            "",
            f"![utility]({result['scenario']}.svg)",
            "",
            "| policy | utility | regret to oracle | late % | changes | kept | rollbacks | overhead % |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for line in result["policies"]:
            utility = line["utility"]
            page.append(
                f"| {line['policy']} | {100 * utility['mean']:.2f} [{100 * utility['low']:.2f}, "
                f"{100 * utility['high']:.2f}] | {100 * line['regret_to_oracle']['mean']:.2f} | "
                f"{100 * line['violations']:.2f} | {line['changes']:.1f} | {line['kept']:.1f} | "
                f"{line['rollbacks']:.1f} | {100 * line['overhead']:.1f} |"
            )
    (output / "report.md").write_text("\n".join(page) + "\n")


main()
