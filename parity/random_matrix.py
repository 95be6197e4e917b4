"""Parity on random sizes: makes a random checkpoint of each family with an adapter of each method, and compares what graft computes with
what transformers, PEFT and `adapters` do.

usage: python parity/random_matrix.py make FOLDER [--seed N] [--families a,b] [--methods a,b] [--tasks a,b]
       python parity/random_matrix.py check FOLDER

`make` writes FOLDER/FAMILY-TASK/ with base/, data/, adapters/NAME/ and expected/, and FOLDER/commands.json: the commands of graft to run,
each with its words and where its numbers go. acceptance/03-1 runs them. `check` compares to 1e-4 (max|a-b| / max|b|), lets PEFT and
transformers load what graft wrote, and prints a line a case; it exits with 1 if one differs. What PEFT itself cannot put on a family is
named and passed over.
"""

import argparse
import contextlib
import json
import pathlib
import random
import sys
import warnings

import fixtures  # first: it sets the environment that torch sees
import random_adapters
import random_models
import safetensors.torch
import torch
from fixtures import STEPS, numbers, write_json

TOLERANCE = 1e-4
ATTEMPTS = 8  # seeds of an adapter until float32 and float64 training agree
UNDETERMINED = 1e-4  # where no seed was near enough: float32 training says nothing then
DETERMINED = 2e-5  # how near they have to be, of the largest value
MERGED = ("train-lora", "train-patterns", "train-all-linear", "train-bias", "train-dora", "regex", "ia3", "vera", "train-tokens", "train-token-rows", "token-rows", "train-head", "train-words",
          "train-saved-words", "train-saved-head", "train-norms")


def away(found, expected):
    """max|a-b| / max|b| over lists of tensors."""
    found = [torch.as_tensor(f, dtype=torch.float64).flatten() for f in found]
    expected = [torch.as_tensor(e, dtype=torch.float64).flatten() for e in expected]
    if [len(f) for f in found] != [len(e) for e in expected]:
        return float("inf")
    found, expected = torch.cat(found), torch.cat(expected)
    return float((found - expected).abs().max() / expected.abs().max().clamp_min(1e-30))


# ---- making ----


def train(library, base, folder):
    """Ten steps from the stored adapter, in float32 and float64: losses, the trained adapter, and how far the two are apart."""
    found = []
    for precise in (False, True):
        model = library.load(base, folder, trainable=True)
        model = model.double() if precise else model
        trained = {n: p for n, p in model.named_parameters() if p.requires_grad and "original_module" not in n}
        steps = fixtures.run_steps(model, fixtures.adamw(trained.values()), len(base.rows), lambda rows: base.loss(model, rows))
        losses = []
        for _, loss in steps:
            trained = {n: p for n, p in trained.items() if p.grad is not None}
            losses.append(loss.detach())
        found.append((model, losses, {n: p.detach().clone() for n, p in trained.items()}))
    (model, losses, values), (_, exact_losses, exact_values) = found
    apart = {n: away([v], [exact_values[n]]) for n, v in values.items() if not n.endswith(("key.bias", "k_lin.bias", "key_proj.bias", "k_proj.bias"))}
    return model, losses, max(apart.values(), default=0.0)


def make_adapter(name, library, base, seed):
    """Writes adapters/NAME and expected/NAME.json; returns what PEFT fails with, or None."""
    folder = pathlib.Path("adapters", name)
    for attempt in range(ATTEMPTS):
        torch.manual_seed(seed + 1000 * attempt)
        try:
            model = library.make(base)
            library.move(model)
            library.save(model, folder)
            loaded = library.load(base, folder)
            scores = base.scores(loaded)
        except Exception as e:
            return f"{type(e).__name__}: {str(e).splitlines()[0][:120] if str(e) else ''}"
        content = {"scores": [numbers(s) for s in scores]}
        if not all(bool(torch.isfinite(s).all()) for s in scores):
            return "not finite"
        if fixtures.apart(scores, base.plain) < 1e-3:
            print(f"    note: {name} changes little", flush=True)
        if not name.startswith("train-"):
            break
        try:
            trained, losses, apart = train(library, base, folder)
        except Exception as e:
            return f"training: {type(e).__name__}: {str(e).splitlines()[0][:120]}"
        content |= {"losses": [numbers(x) for x in losses], "float64_distance": apart}
        library.save(trained, pathlib.Path("after", name))
        if apart < DETERMINED:
            break
    write_json(pathlib.Path("expected", f"{name}.json"), content)
    return None


def commands(case, name, trained, shared, method):
    """What graft is to do with an adapter."""
    base, data = ["--base", f"{case}/base"], f"{case}/data"
    adapter, rows = f"{case}/adapters/{name}", f"{data}/test.jsonl"
    yield f"{case}/{name}", "predict", ["predict", *base, "--adapter", adapter, "--input", rows, "--output", f"{case}/found/{name}.jsonl"]
    if trained:
        run = f"{case}/runs/{name}"
        yield f"{case}/{name}", "train", ["train", *base, "--data", data, "--init-adapter", adapter, "--no-shuffle", "--max-steps", str(STEPS), "--batch-size",
            str(fixtures.BATCH), "--learning-rate", str(fixtures.LEARNING_RATE), "--weight-decay", str(fixtures.WEIGHT_DECAY), "--schedule", "constant",
            "--max-grad-norm", "0", *method, "--output", run]
        yield f"{case}/{name}", "predict-trained", ["predict", *base, "--adapter", run, "--input", rows, "--output", f"{case}/found/{name}.trained.jsonl"]
    # in an encoder and decoder that share a table, no checkpoint holds one that differs between them: graft refuses, PEFT's would load wrong
    if name in MERGED and not (shared and name in ("train-words", "train-saved-words")):
        yield f"{case}/{name}", "merge", ["merge", *base, "--adapter", adapter, "--output", f"{case}/merged/{name}"]


def make_case(family, task, options):
    case = f"{family}-{task}"
    made = []
    pathlib.Path(case).mkdir(parents=True)
    with contextlib.chdir(case):
        for folder in ("adapters", "expected", "found", "runs", "after", "merged"):
            pathlib.Path(folder).mkdir()
        base = random_models.make(family, task, options.seed)
        model = base.load()
        base.config = model.config
        base.plain = base.scores(model)
        write_json(pathlib.Path("expected/base.json"), {"scores": [numbers(s) for s in base.plain]})
        if task != "bare":
            made.append((f"{case}/base", "predict", ["predict", "--base", f"{case}/base", "--input", f"{case}/data/test.jsonl", "--output", f"{case}/found/base.jsonl"]))
        draw = random.Random(f"{options.seed}/{case}/adapters")
        for i, (name, library) in enumerate(random_adapters.of(draw, base).items()):
            if options.methods and not any(part in name for part in options.methods):
                continue
            failure = make_adapter(name, library, base, options.seed * 100000 + 97 * i)
            if failure:
                print(f"  PEFT cannot: {case}/{name}: {failure}", flush=True)
                continue
            made += commands(case, name, pathlib.Path("after", name).exists(), base.bart, [])
    return made


def make(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    made = []
    with contextlib.chdir(options.folder):
        for family, (_, _, _, tasks) in random_models.FAMILIES.items():
            for task in tasks:
                if (not options.families or family in options.families) and (not options.tasks or task in options.tasks):
                    print(f"{family}-{task}", flush=True)
                    made += make_case(family, task, options)
        pathlib.Path("commands.json").write_text("[\n" + ",\n".join(json.dumps(dict(name=n, what=w, words=c)) for n, w, c in made) + "\n]\n")


# ---- checking ----


def read_found(file):
    found = []
    for line in pathlib.Path(file).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(row["token_logprobs"] if "token_logprobs" in row else row["logits"])
    return [torch.tensor(f, dtype=torch.float64).flatten() for f in found]


def rebuilt(case):
    """The base of a case with its rows, in the current directory."""
    family, task = case.rsplit("-", 1)
    base = random_models.RandomBase(family, task)
    prefix = {"add_prefix_space": True} if base.tokens and base.name.startswith("roberta") else {}
    base.tokenizer = random_models.transformers.AutoTokenizer.from_pretrained("base", **prefix)
    base.rows = [json.loads(line) for line in pathlib.Path("data/test.jsonl").read_text(encoding="utf-8").splitlines()]
    if base.labels is None and pathlib.Path("data/labels.json").exists():
        base.labels = json.loads(pathlib.Path("data/labels.json").read_text())
    return base


def check_predict(base, name, expected):
    yield "scores", away(read_found(f"found/{name}.jsonl"), expected["scores"])


def check_train(base, name, expected):
    lines = [json.loads(line) for line in pathlib.Path("runs", name, "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line and "learning_rate" in line]
    if expected["float64_distance"] > UNDETERMINED:  # then PyTorch is as far from itself
        yield "first loss", away(losses[:1], expected["losses"][:1])
        return
    yield "losses", away(losses, expected["losses"])
    ours = safetensors.torch.load_file(pathlib.Path("runs", name, "adapter_model.safetensors"))
    theirs = safetensors.torch.load_file(pathlib.Path("after", name, "adapter_model.safetensors"))
    # PEFT stores the base's own tables and a bias two times over: neither is trained
    theirs = {n: t for n, t in theirs.items() if not n.endswith(".base_layer.weight") and ".modules_to_save." not in n and ".original_module." not in n}
    differing = {n for n in theirs if n not in ours} | {n for n in ours if n not in theirs}
    if differing:
        yield f"names {sorted(differing)[:3]}", float("inf")
    apart = {n: away([ours[n]], [t]) for n, t in theirs.items() if n in ours}
    undetermined = ("key.base_layer.bias", "key.bias", "k_lin.bias", "key_proj.bias", "k_proj.bias")
    worst = max((d, n) for n, d in apart.items() if not n.replace(".base_layer", "").endswith(undetermined))
    yield f"trained {worst[1]}", worst[0]


def check_predict_trained(base, name, expected):
    """PEFT reads what was trained and written as graft does."""
    library = next(lib for n, lib in random_adapters.of(random.Random(0), base).items() if n == name)
    model = library.load(base, f"runs/{name}")
    yield "PEFT reads it", away(read_found(f"found/{name}.trained.jsonl"), base.scores(model))


def check_merge(base, name, expected):
    yield "merged", away(base.scores(base.load(f"merged/{name}")), expected["scores"])


CHECKS = {"predict": check_predict, "train": check_train, "predict-trained": check_predict_trained, "merge": check_merge}


def check(options):
    missed, count = 0, 0
    with contextlib.chdir(options.folder):
        done = {(r["name"], r["what"]): r for r in json.loads(pathlib.Path("results.json").read_text())}
        bases = {}
        for command in json.loads(pathlib.Path("commands.json").read_text()):
            case, name = command["name"].split("/")
            result = done[(command["name"], command["what"])]
            count += 1
            found = []
            if result["code"] != 0:
                found.append((f"exit code {result['code']}: {result['error'][:160]}", float("inf")))
            else:
                with contextlib.chdir(case), warnings.catch_warnings(action="ignore"):
                    if case not in bases:
                        bases[case] = rebuilt(case)
                        bases[case].config = bases[case].load().config
                    expected = json.loads(pathlib.Path("expected", f"{name}.json").read_text())
                    try:
                        found += list(CHECKS[command["what"]](bases[case], name, expected))
                    except Exception as e:
                        found.append((f"{type(e).__name__}: {str(e)[:300]}", float("inf")))
            for what, figure in found:
                wrong = not figure <= TOLERANCE
                missed += wrong
                if wrong or options.verbose:
                    print(f"{'MISS' if wrong else 'PASS'}  {command['name']} {command['what']}: {what} {figure:.1e}", flush=True)
    print(f"{count} commands, {missed} missed")
    sys.exit(1 if missed else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=["make", "check"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    for name in ("families", "methods", "tasks"):
        parser.add_argument(f"--{name}", type=lambda text: text.split(","), default=None)
    options = parser.parse_args()
    fixtures.settle()
    warnings.simplefilter("ignore")
    make(options) if options.action == "make" else check(options)


if __name__ == "__main__":
    main()
