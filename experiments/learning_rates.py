#!/usr/bin/env python3
"""Trains methods at several learning rates and seeds and measures them on validation rows: the source of the defaults.

usage: learning_rates.py DATA RESULTS [--grid FILE] [--seeds N] [--math fp32|bf16] [--epochs N]
       learning_rates.py --table RESULTS

DATA is what graft train takes, RESULTS a file of JSON lines that is added to: what it already has is not run again, so an
interrupted sweep goes on. A line of the grid is a method, settings as KEY=VALUE (any number of them), and rates:
    prefix prefix_projection=true encoder_lr_ratio=1 1e-4 3e-4 1e-3
The test rows are never looked at. Only Python's standard library is used here.
"""
import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
GRAFT = os.environ.get("GRAFT", str(HERE.parent / "bin" / "graft"))
NEVER = "1000000000"  # evaluate at the last step only


def read_grid(path):
    """(method with its settings, rate) in the order of the file."""
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            rates = [word for word in words[1:] if "=" not in word]
            settings = [word for word in words[1:] if "=" in word]
            yield from ((" ".join([words[0], *settings]), float(rate)) for rate in rates)


def read_results(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def train(data, what, rate, seed, math, epochs):
    """The last validation of one run; a run that diverges has an accuracy of 0."""
    method, *settings = what.split()
    with tempfile.TemporaryDirectory() as folder:
        command = [GRAFT, "train", "--data", data, "--method", method, "--learning-rate", str(rate), "--seed", str(seed),
                   "--math", math, "--epochs", str(epochs), "--evaluate-every", NEVER, "--checkpoint-every", NEVER,
                   "--output", folder + "/run", "--json"]
        for setting in settings:
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 1 and "not finite" in done.stderr:
        return {"accuracy": 0.0, "loss": None}
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr[-2000:]}")
    result = json.loads(done.stdout)
    return {"accuracy": result["final_validation"]["accuracy"], "loss": result["final_validation"]["loss"],
            "seconds": result["seconds"], "trainable": result["trainable"]}


def sweep(options):
    done = {(one["data"], one["what"], one["rate"], one["seed"]) for one in read_results(options.results)}
    for what, rate in read_grid(options.grid):
        for seed in range(options.seeds):
            if (options.data, what, rate, seed) in done:
                continue
            result = train(options.data, what, rate, seed, options.math, options.epochs)
            line = {"data": options.data, "what": what, "rate": rate, "seed": seed, "math": options.math,
                    "epochs": options.epochs, **result}
            with options.results.open("a") as out:
                out.write(json.dumps(line) + "\n")
            print(f"{what}, {rate:g}, seed {seed}: {result['accuracy']:.4f}", file=sys.stderr, flush=True)


def table(path):
    """A Markdown table a data set: mean accuracy in per cent over the seeds, the best rate of a row in bold."""
    by_data = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
    for one in read_results(path):
        by_data[one["data"]][one["what"]][one["rate"]].append(one["accuracy"])
    for data, methods in by_data.items():
        print(f"\n{data}\n\n| method | learning rate: mean validation accuracy % |\n| --- | --- |")
        for what, rates in methods.items():
            means = {rate: 100 * statistics.mean(found) for rate, found in sorted(rates.items())}
            best = max(means.values())
            cells = [f"{'**' if mean == best else ''}{rate:g}: {mean:.1f}{'**' if mean == best else ''}"
                     for rate, mean in means.items()]
            print(f"| {what} | {', '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("data", nargs="?")
    parser.add_argument("results", nargs="?", type=pathlib.Path)
    parser.add_argument("--grid", type=pathlib.Path, default=HERE / "learning_rates.txt")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--math", default="bf16")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    if options.table:
        table(options.table)
    elif options.data and options.results:
        sweep(options)
    else:
        parser.error("DATA and RESULTS, or --table RESULTS")


main()
