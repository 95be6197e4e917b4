"""Makes the parity fixtures of the methods: adapters on the tiny BERT of make_bert_fixtures.py, and the numbers that HF PEFT, or
AdapterHub's `adapters`, or plain PyTorch compute with them.

usage: python parity/make_method_fixtures.py [MODULE ...]
       (MODULE is lora-core, adapter-tuning or selective-tuning; all of them without one. Writes MODULE/src/test/resources/parity)

Run make_bert_fixtures.py first if its fixtures are to change: the base is read from there. Seeded like that script, with the same checks.
What the files mean is in the README.md that is written beside them.
"""

import contextlib
import json
import pathlib
import shutil
import sys
import tempfile
import warnings

import fixtures  # first: it sets the environment that torch sees
import adapters
import make_bert_fixtures as bert
import numpy
import peft
import safetensors.torch
import torch
import transformers
from fixtures import BASES, distance, numbers, write_json
from transformers import AutoModelForSequenceClassification, AutoTokenizer

NAME = "default"
HEADS = ("classifier", "score", "classification_head")


def base():
    return AutoModelForSequenceClassification.from_pretrained("base", dtype=torch.float32).eval()


class Reference:
    """A method as its library has it. config: what the library is given; own: more keys of Graft's; on: the base."""

    def __init__(self, config, own=None, after_step=None, group=None, on="bert/gelu"):
        self.config, self.own, self.after_step, self.group, self.on = config, own or {}, after_step, group, on

    trains = True

    def tensors(self, model):
        return {self.key(n): p.detach() for n, p in model.named_parameters() if p.requires_grad}


class Peft(Reference):
    """A method of HF PEFT: files are what save_pretrained writes."""

    def __init__(self, kind, after_step=None, group=None, own=None, on="bert/gelu", **config):
        super().__init__(config, own, after_step, group, on)
        self.kind = kind

    def make(self):
        return peft.get_peft_model(base(), self.kind(task_type="SEQ_CLS", **self.config))

    def save(self, model, folder):
        fixtures.save_adapter(model, folder)
        config = pathlib.Path(folder, "adapter_config.json")
        config.write_text(json.dumps({**json.loads(config.read_text()), **self.own}, indent=2, sort_keys=True))

    def load(self, folder):
        with warnings.catch_warnings(action="ignore"):  # of our own keys
            return peft.PeftModel.from_pretrained(base(), folder, is_trainable=True)

    key = staticmethod(lambda name: fixtures.file_key(name).removesuffix(f".{NAME}").replace("lora_magnitude_vector.weight", "lora_magnitude_vector"))

    def merged(self, model):
        try:
            return model.merge_and_unload()
        except AttributeError:
            return None  # PEFT's IA3 and VeRA fail at a head of two layers


class Converted(Peft):
    """PiSSA or OLoRA, saved as what it changes: PEFT then writes a plain LoRA of twice the rank, for the base as it is. It forgets the
    head when it does so, and does not load a classifier's adapter again: this one uses the base's own head."""

    trains = False

    def make(self):
        model = peft.get_peft_model(base(), self.kind(**self.config))
        model.save_pretrained("initial")
        return model

    def save(self, model, folder):
        if model.peft_config[NAME].init_lora_weights is True:
            return super().save(model, folder)  # it was loaded from such a file
        model.save_pretrained(folder, path_initial_model_for_weight_conversion="initial")
        pathlib.Path(folder, "README.md").unlink()


class Ours(Reference):
    """A method that PEFT does not have: the files are Graft's, written here."""

    def save(self, model, folder):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        keys = {"peft_type": self.peft_type, "task_type": "SEQ_CLS", "inference_mode": True, "modules_to_save": ["classifier"], **self.own}
        pathlib.Path(folder, "adapter_config.json").write_text(json.dumps(dict(sorted(keys.items())), indent=2))
        tensors = {n: p.contiguous() for n, p in self.tensors(model).items()}
        safetensors.torch.save_file(tensors, f"{folder}/adapter_model.safetensors", metadata={"format": "pt"})

    def load(self, folder):
        model = self.make()
        values = safetensors.torch.load_file(f"{folder}/adapter_model.safetensors")
        with torch.no_grad():
            for n, p in model.named_parameters():
                if p.requires_grad:
                    p.copy_(values.pop(self.key(n)))
        assert not values, values.keys()
        return model

    def merged(self, model):
        return None


class BitFit(Ours):
    """All biases of the base, in plain PyTorch."""

    peft_type = "BITFIT"

    def make(self):
        model = base()
        for n, p in model.named_parameters():
            wanted = n.endswith(".bias") and self.config.get("only", "") in n
            p.requires_grad_(n.split(".")[0] in HEADS or wanted)
        return model

    key = staticmethod(lambda name: "base_model.model." + name)


class Bottleneck(Ours):
    """A bottleneck of AdapterHub: its tensors stand under the sub-layer's path, without the adapter's name."""

    def __init__(self, peft_type, config, on="bert/gelu", **own):
        super().__init__(config, own, on=on)
        self.peft_type = peft_type

    def make(self):
        model = base()
        adapters.init(model)
        model.add_adapter("a", config=self.config)
        model.train_adapter("a")
        model.set_active_adapters("a")
        for n, p in model.named_parameters():
            p.requires_grad_(n.split(".")[0] in HEADS or ".adapters.a." in n)
        return model.eval()

    def key(self, name):
        for theirs, ours in PLACES[self.on.split("/")[0]].items():
            name = name.replace(f".{theirs}.adapters.a.", f".{ours}.").replace(f".{theirs}.a.", f".{ours}.")
        return "base_model.model." + name


# by family: where AdapterHub puts a bottleneck, and the path of the sub-layer in Graft; the longer ones first
PLACES = {
    "bert": {"attention.output": "attention", "output": "output"},
    "gpt2": {"attention_adapters": "attn", "output_adapters": "mlp"},
    "bart": {"cross_attention_adapters": "encoder_attn", "attention_adapters": "self_attn", "output_adapters": "fc2"},
}


def encode(tokenizer, rows):
    """As bert.encode, but with token types only where the family has them."""
    inputs, labels = bert_encode(tokenizer, rows)
    return {k: v for k, v in inputs.items() if k != "token_type_ids" or bert.TYPES}, labels


bert_encode, bert.encode = bert.encode, encode


def on(reference):
    """Copies the reference's base to the current folder, and takes its rows."""
    shutil.copytree(BASES / reference.on / "base", "base")
    bert.TYPES = reference.on.startswith("bert/")
    labels = json.loads((BASES / reference.on / "labels.json").read_text())
    lines = [json.loads(line) for line in (BASES / reference.on / "data.jsonl").read_text().splitlines()]
    bert.ROWS = [(line["text"], line.get("text_pair"), labels.index(line["label"])) for line in lines]


def randomize(reference, model, base_model):
    """Every trained value is moved, so that an adapter which is not applied in full shows."""
    own = dict(base_model.named_parameters())
    with torch.no_grad():
        for n, p in model.named_parameters():
            if not p.requires_grad or "original_module" in n:
                continue
            if "lora_B" in n and torch.count_nonzero(p) == 0:
                torch.nn.init.normal_(p, std=0.2)
            elif "lora_A" not in n:
                p.add_(torch.randn_like(p) * 0.2)


def make(reference, folder, seed, tokenizer):
    torch.manual_seed(seed)
    plain = base()
    before = bert.logits_of(plain, tokenizer)
    model = reference.make()
    randomize(reference, model, plain)
    reference.save(model, folder)
    expected = bert.logits_of(model, tokenizer)
    model = reference.load(folder)
    logits = bert.logits_of(model, tokenizer)
    assert distance(expected, logits) < 1e-5, "saving and loading changes the adapter"
    assert distance(logits, before) > 0.1, "the adapter changes too little"
    exact = bert.logits_of(reference.load(folder).double(), tokenizer)
    content = {"base": reference.on, "logits": numbers(logits), "float64_distance": {"logits": distance(logits, exact)}}
    merged = reference.merged(reference.load(folder))
    if merged is not None:
        content["merged_logits"] = numbers(bert.logits_of(merged, tokenizer))
    write_json(folder / "expected.json", content)


def run(reference, model, tokenizer):
    """Ten AdamW steps, as make_bert_fixtures.py has them, with the library's step hook and learning-rate groups."""
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad and "original_module" not in n}
    rate = fixtures.LEARNING_RATE
    groups = [{"params": [p], "lr": rate * (reference.group(n) if reference.group else 1)} for n, p in trained.items()]
    optimizer = fixtures.adamw(groups)
    after = reference.after_step and (lambda step: reference.after_step(model, step))
    rows, losses = [], []
    for batch, loss in fixtures.run_steps(
        model, optimizer, len(bert.ROWS), lambda batch: bert.loss_of(model, tokenizer, batch), after
    ):
        rows.append(batch)
        losses.append(numbers(loss))
    return trained, rows, losses


def train(reference, folder, tokenizer):
    model, exact = reference.load(folder), reference.load(folder).double()
    trained, rows, losses = run(reference, model, tokenizer)
    exact_trained, _, exact_losses = run(reference, exact, tokenizer)
    apart = {reference.key(n): distance(p, exact_trained[n]) for n, p in trained.items()}
    undetermined = [n for n in apart if n.endswith(("key.bias", "k_lin.bias"))]
    logits = bert.logits_of(model, tokenizer)
    write_json(
        folder / "training.json",
        {
            "optimizer": {"name": "AdamW", "learning_rate": fixtures.LEARNING_RATE, "weight_decay": fixtures.WEIGHT_DECAY},
            "max_grad_norm": 0,
            "batch_size": fixtures.BATCH,
            "steps": fixtures.STEPS,
            "rows": rows,
            "losses": losses,
            "logits": numbers(logits),
            "undetermined": undetermined,
            "float64_distance": {"losses": max(abs(a - b) for a, b in zip(losses, exact_losses)), "tensors": apart},
        },
    )
    reference.save(model, folder / "after")
    worst = max((d, n) for n, d in apart.items() if n not in undetermined)
    assert worst[0] < 5e-5, f"rounding decides too much: take another seed ({worst})"
    print(f"  {folder}: loss {losses[0]:.4f} -> {losses[-1]:.4f}; float64 is {worst[0]:.1e} away, in {worst[1]}")


class AdaLora(Peft):
    """With `ranks`, some are given up before saving; PEFT cannot train such an adapter on. After training all ranks are saved, those that
    were given up with an E of zero, as Graft saves them."""

    def save(self, model, folder):
        config = model.peft_config[NAME]
        config.rank_pattern = None
        if "ranks" in self.own:
            names = [n for n, _ in model.named_parameters() if n.endswith(f"lora_E.{NAME}")]
            ranks = config.init_r
            config.rank_pattern = {n.removeprefix("base_model.model."): [(i + j) % 3 > 0 for j in range(ranks)] for i, n in enumerate(names)}
            kept = {n: config.rank_pattern[n.removeprefix("base_model.model.")] for n in names}
            with torch.no_grad():
                for n, p in model.named_parameters():
                    if n in kept:
                        p.mul_(torch.tensor(kept[n]).unsqueeze(1))
        fixtures.save_adapter(model, folder)


def adalora(model, step):
    model.base_model.update_and_allocate(step)


BART_HEAD = ["classification_head"]
QV = ["query", "value"]
METHODS = {
    "lora-core": {
        "lora": {
            "dora-gpt2": Peft(peft.LoraConfig, on="gpt2/classify", r=4, target_modules=["c_attn", "mlp.c_proj"], use_dora=True, fan_in_fan_out=True),
            "dora-bart": Peft(peft.LoraConfig, on="bart/classify", r=4, target_modules=["q_proj", "fc1"], use_dora=True, modules_to_save=BART_HEAD),
            "pissa-gpt2": Peft(peft.LoraConfig, on="gpt2/classify", r=3, target_modules=["c_attn"], init_lora_weights="pissa", fan_in_fan_out=True),
            "dora": Peft(peft.LoraConfig, r=4, lora_alpha=6, target_modules=QV, use_dora=True),
            "dora-everywhere": Peft(peft.LoraConfig, r=3, lora_alpha=8, target_modules="all-linear", use_dora=True, use_rslora=True),
            "pissa": Peft(peft.LoraConfig, r=4, lora_alpha=8, target_modules=QV, init_lora_weights="pissa"),
            "olora": Peft(peft.LoraConfig, r=4, lora_alpha=8, target_modules=["query", "output.dense"], init_lora_weights="olora"),
            "lora-plus": Peft(
                peft.LoraConfig,
                r=4,
                lora_alpha=8,
                target_modules=QV,
                own={"loraplus_lr_ratio": 4},
                group=lambda n: 4 if "lora_B" in n else 1,
            ),
            "pissa-converted": Converted(
                peft.LoraConfig, r=3, lora_alpha=8, target_modules=QV, init_lora_weights="pissa", rank_pattern={"value": 2}
            ),
            "olora-converted": Converted(
                peft.LoraConfig, r=2, lora_alpha=5, target_modules=["query", "dense"], init_lora_weights="olora", use_rslora=True
            ),
            "dora-pissa": Peft(peft.LoraConfig, r=4, lora_alpha=8, target_modules=QV, use_dora=True, init_lora_weights="pissa"),
            "dora-olora": Peft(peft.LoraConfig, r=4, lora_alpha=8, target_modules=["query", "output.dense"], use_dora=True, init_lora_weights="olora"),
        },
        "vera": {
            "gpt2": Peft(peft.VeraConfig, on="gpt2/classify", r=16, target_modules=["c_attn"], fan_in_fan_out=True),
            "default": Peft(peft.VeraConfig, r=16, target_modules=QV),
            "sizes": Peft(peft.VeraConfig, r=8, target_modules=["query", "dense"], d_initial=0.3, projection_prng_key=7),
        },
        "adalora": {
            "ranks": AdaLora(peft.AdaLoraConfig, own={"ranks": True}, init_r=5, target_r=3, total_step=9, target_modules=QV),
            "default": AdaLora(
                peft.AdaLoraConfig,
                after_step=adalora,
                init_r=6,
                target_r=3,
                lora_alpha=12,
                tinit=2,
                tfinal=3,
                deltaT=2,
                total_step=fixtures.STEPS,
                orth_reg_weight=0.3,
                target_modules=QV,
            ),
        },
    },
    "adapter-tuning": {
        "houlsby": {
            "gpt2": Bottleneck("HOULSBY", adapters.DoubleSeqBnConfig(reduction_factor=4), on="gpt2/classify", reduction_factor=4),
            "default": Bottleneck("HOULSBY", adapters.DoubleSeqBnConfig()),
            "by-layer": Bottleneck(
                "HOULSBY",
                adapters.DoubleSeqBnConfig(reduction_factor={"1": 8, "default": 4}, non_linearity="gelu", init_weights="houlsby"),
                reduction_factor={"1": 8, "default": 4},
                non_linearity="gelu",
                init_weights="houlsby",
            ),
            "bart": Bottleneck(
                "HOULSBY",
                adapters.DoubleSeqBnConfig(reduction_factor={"3": 8, "default": 4}, cross_adapter=True),
                on="bart/classify",
                reduction_factor={"3": 8, "default": 4},
                cross_adapter=True,
            ),
        },
        "pfeiffer": {
            "gpt2": Bottleneck("PFEIFFER", adapters.SeqBnConfig(reduction_factor=4), on="gpt2/classify", reduction_factor=4),
            "default": Bottleneck("PFEIFFER", adapters.SeqBnConfig()),
            "both": Bottleneck(
                "PFEIFFER",
                adapters.SeqBnConfig(mh_adapter=True, reduction_factor=5, scaling="channel", leave_out=[1]),
                mh_adapter=True,
                reduction_factor=5,
                scaling="channel",
                leave_out=[1],
            ),
            "gpt2-both": Bottleneck(
                "PFEIFFER",
                adapters.SeqBnConfig(mh_adapter=True, reduction_factor=4, scaling="channel", non_linearity="gelu"),
                on="gpt2/classify",
                mh_adapter=True,
                reduction_factor=4,
                scaling="channel",
                non_linearity="gelu",
            ),
            "bart": Bottleneck(
                "PFEIFFER",
                adapters.SeqBnConfig(mh_adapter=True, cross_adapter=True, reduction_factor=5, leave_out=[1, 3]),
                on="bart/classify",
                mh_adapter=True,
                cross_adapter=True,
                reduction_factor=5,
                leave_out=[1, 3],
            ),
        },
        "parallel": {
            "gpt2": Bottleneck("PARALLEL", adapters.ParBnConfig(), on="gpt2/classify"),
            "default": Bottleneck("PARALLEL", adapters.ParBnConfig()),
            "learned": Bottleneck(
                "PARALLEL",
                adapters.ParBnConfig(scaling="learned", mh_adapter=True, reduction_factor=4),
                scaling="learned",
                mh_adapter=True,
                reduction_factor=4,
            ),
            "gpt2-learned": Bottleneck(
                "PARALLEL", adapters.ParBnConfig(scaling="learned", mh_adapter=True), on="gpt2/classify", scaling="learned", mh_adapter=True
            ),
            "bart": Bottleneck(
                "PARALLEL",
                adapters.ParBnConfig(scaling="learned", mh_adapter=True, cross_adapter=True, reduction_factor=4),
                on="bart/classify",
                scaling="learned",
                mh_adapter=True,
                cross_adapter=True,
                reduction_factor=4,
            ),
        },
    },
    "selective-tuning": {
        "ia3": {
            "gpt2": Peft(peft.IA3Config, on="gpt2/classify", fan_in_fan_out=True),
            "bart": Peft(peft.IA3Config, on="bart/classify", modules_to_save=BART_HEAD),
            "default": Peft(peft.IA3Config),
            "outputs": Peft(peft.IA3Config, target_modules=["key", "intermediate.dense"], feedforward_modules=[]),
        },
        "layer-norm": {
            "gpt2": Peft(peft.LNTuningConfig, on="gpt2/classify", target_modules=["ln_1", "ln_f"]),"default": Peft(peft.LNTuningConfig, target_modules=["LayerNorm"])},
        "bitfit": {"default": BitFit({}), "queries": BitFit({"only": "query"}, own={"target_modules": ["query"]})},
    },
}

README = """# Parity fixtures of this module's methods

Written by `parity/make_method_fixtures.py`; do not edit. Made with {versions}.

METHOD/CASE/ is an adapter with random values, as its library saved it (AdapterHub's and PyTorch's under Graft's names). `expected.json`:
its `base` in `transformer-model/src/test/resources/parity`, the logits of the rows of that folder's data.jsonl, the same after merging where
the library can, and how far a float64 computation is from them. `training.json` and `after/`: {steps} AdamW steps
from there, the losses before each, and the adapter that they leave; `undetermined` tensors have a gradient of zero but for rounding.
"""


def main():
    modules = sys.argv[1:] or list(METHODS)
    fixtures.settle()
    for module in modules:
        output = fixtures.ROOT / module / "src/test/resources/parity"
        shutil.rmtree(output, ignore_errors=True)
        for i, (method, cases) in enumerate(METHODS[module].items()):
            for j, (case, reference) in enumerate(cases.items()):
                with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):  # so that no path gets into a file
                    folder = pathlib.Path(method, case)
                    on(reference)
                    tokenizer = AutoTokenizer.from_pretrained("base")
                    make(reference, folder, 700 + 10 * i + j, tokenizer)
                    if reference.trains and "ranks" not in reference.own:
                        train(reference, folder, tokenizer)
                    shutil.copytree(folder, output / folder)
        versions = fixtures.versions(torch, transformers, peft, adapters, numpy)
        (output / "README.md").write_text(README.format(versions=versions, steps=fixtures.STEPS))


if __name__ == "__main__":
    main()
