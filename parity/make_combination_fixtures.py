"""Makes the parity fixtures of combinations: adapters on the tiny BERT of make_bert_fixtures.py, and what HF PEFT's add_weighted_adapter
makes of them.

usage: python parity/make_combination_fixtures.py
       (writes lora-core/src/test/resources/combination)

DARE draws values: here from Graft's own random numbers, computed again in Python, so that the results can be compared.
"""

import contextlib
import json
import pathlib
import platform
import shutil
import tempfile

import make_method_fixtures as methods  # first: it sets the environment that torch sees
import make_bert_fixtures as bert
import numpy
import peft
import safetensors.torch
import torch
import transformers
from peft.utils import merge_utils
from transformers import AutoTokenizer

OUTPUT = methods.ROOT / "lora-core/src/test/resources/combination"
BASE = "bert/gelu"
SEED = 11
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15

ADAPTERS = {
    "first": dict(r=4, lora_alpha=6, target_modules=["query", "value"]),
    "second": dict(r=4, lora_alpha=10, target_modules=["query", "key"]),
    "wide": dict(r=6, lora_alpha=6, target_modules=["query", "value"]),
}
SAME, ALL = ["first", "second"], ["first", "second", "wide"]
CASES = {
    "linear": dict(adapters=SAME, weights=[0.7, -0.4], combination_type="linear"),
    "one": dict(adapters=["first"], weights=[1.0], combination_type="linear"),
    "cat": dict(adapters=ALL, weights=[0.7, -0.4, 0.2], combination_type="cat"),
    "svd": dict(adapters=ALL, weights=[0.7, -0.4, 0.2], combination_type="svd"),
    "svd-narrow": dict(adapters=ALL, weights=[0.7, 0.4, 0.2], combination_type="svd", svd_rank=3),
    "ties": dict(adapters=SAME, weights=[1.0, 0.8], combination_type="ties", density=0.5),
    "ties-frequency": dict(adapters=SAME, weights=[1.0, 0.8], combination_type="ties", density=0.3, majority_sign_method="frequency"),
    "ties-svd": dict(adapters=ALL, weights=[1.0, 0.8, 0.6], combination_type="ties_svd", density=0.4),
    "dare-linear": dict(adapters=SAME, weights=[0.7, -0.4], combination_type="dare_linear", density=0.6),
    "dare-ties": dict(adapters=SAME, weights=[0.7, 0.9], combination_type="dare_ties", density=0.6),
    "dare-linear-svd": dict(adapters=ALL, weights=[0.7, -0.4, 1.0], combination_type="dare_linear_svd", density=0.7),
    "dare-ties-svd": dict(adapters=ALL, weights=[0.7, 0.5, 1.0], combination_type="dare_ties_svd", density=0.7, majority_sign_method="frequency"),
    "magnitude-prune": dict(adapters=SAME, weights=[0.7, -0.4], combination_type="magnitude_prune", density=0.25),
    "magnitude-prune-svd": dict(adapters=ALL, weights=[0.7, -0.4, 0.9], combination_type="magnitude_prune_svd", density=0.25),
}


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class CounterRandom:
    """dev.graft.autograd.CounterRandom."""

    def __init__(self, key):
        self.key = mix((key + GOLDEN) & MASK)

    def part(self, part):
        if isinstance(part, str):
            hashed = 0xCBF29CE484222325
            for letter in part:
                hashed = ((hashed ^ ord(letter)) * 0x100000001B3) & MASK
            part = hashed
        return CounterRandom(self.key ^ mix((part * GOLDEN + 1) & MASK))

    def uniform(self, index):
        return (mix((self.key + (index + 1) * GOLDEN) & MASK) >> 11) * 2.0**-53


def draws(case, sites):
    """The generators of random_pruning's calls, in their order: for each site A and then B, or the product; for each adapter there."""
    svd = case["combination_type"].endswith("svd")
    for site in sites:
        here = [a for a in case["adapters"] if site.split(".")[-1] in ADAPTERS[a]["target_modules"]]
        for tensor in [site] if svd else [f"{site} A", f"{site} B"] if here else []:
            for i in range(len(here)):
                yield CounterRandom(SEED).part("combine").part(tensor).part(i)


def combine(model, name, case):
    sites = [n.removeprefix("base_model.model.") for n, m in model.named_modules() if isinstance(m, peft.tuners.lora.Linear)]
    generators = draws(case, sites)

    def pruned(tensor, density, rescale):
        random = next(generators)
        kept = torch.tensor([random.uniform(i) < density for i in range(tensor.numel())]).reshape(tensor.shape)
        return tensor * kept / density if rescale else tensor * kept

    merge_utils.random_pruning = pruned
    model.add_weighted_adapter(adapter_name=name, **case)
    assert "dare" not in name or next(generators, None) is None, "not all numbers were drawn"


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):  # so that no path gets into a file
        methods.on(methods.Reference({}, on=BASE))
        tokenizer = AutoTokenizer.from_pretrained("base")
        torch.manual_seed(900)
        plain = methods.base()
        before = bert.logits_of(plain, tokenizer)
        model = None
        for name, keys in ADAPTERS.items():
            config = peft.LoraConfig(**keys)
            if model is None:
                model = peft.get_peft_model(plain, config, adapter_name=name)
            else:
                model.add_adapter(name, config)
        with torch.no_grad():
            for n, p in model.named_parameters():
                if "lora_B" in n:
                    torch.nn.init.normal_(p, std=0.2)
        for name in ADAPTERS:
            model.save_pretrained("saved", selected_adapters=[name])
            pathlib.Path("saved", "README.md").unlink(missing_ok=True)
        expected = {}
        for name, case in CASES.items():
            combine(model, name, case)
            model.set_adapter(name)
            logits = bert.logits_of(model, tokenizer)
            assert bert.distance(logits, before) > 0.02, f"{name} changes too little"
            model.save_pretrained(f"combined/{name}", selected_adapters=[name])
            tensors = safetensors.torch.load_file(f"combined/{name}/{name}/adapter_model.safetensors")
            pathlib.Path("saved", name).mkdir()
            safetensors.torch.save_file(tensors, f"saved/{name}/adapter_model.safetensors", metadata={"format": "pt"})
            expected[name] = {**case, "logits": bert.numbers(logits)}
        bert.write_json(pathlib.Path("saved/expected.json"), {"base": BASE, "seed": SEED, "cases": expected})
        shutil.copytree("saved", OUTPUT)
    versions = ", ".join(f"{m.__name__} {m.__version__.split('+')[0]}" for m in (torch, transformers, peft, numpy))
    (OUTPUT / "README.md").write_text(f"""# Parity fixtures of combinations

Written by `parity/make_combination_fixtures.py`; do not edit. Made with Python {platform.python_version()}, {versions}.

{", ".join(ADAPTERS)}: adapters with random values, as PEFT saved them. Every other folder holds the tensors of a combination of theirs;
`expected.json` says of each what add_weighted_adapter was given, and the logits of the rows of `{BASE}/data.jsonl`. The values that DARE
keeps are drawn with Graft's random numbers from `seed`.
""")


if __name__ == "__main__":
    main()
