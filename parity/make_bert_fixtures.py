"""Makes the BERT parity fixtures: tiny random checkpoints, PEFT adapters for them, and the numbers that PyTorch, transformers and
HF PEFT compute with both. The Java tests read the same files and must arrive at the same numbers.

usage: python parity/make_bert_fixtures.py [--output DIR]
       (DIR defaults to transformer-model/src/test/resources/parity/bert; its content is replaced)

Everything is seeded: a second run with the pinned versions (parity/requirements.txt) on the same kind of CPU writes the same bytes.
What the files mean is in the README.md that this script writes beside the fixtures, with the exact versions it ran on.

Each number is computed in float32, as a user of PEFT would, and once more in float64. The distance between the two is written next to
the number: it says how far two correct float32 programs may be apart. Adam turns a gradient that is nearly zero into a full step in the
direction of its rounding error; the seeds are chosen so that this stays below 2e-5 in every trained tensor that is compared.
"""

import argparse
import contextlib
import copy
import json
import pathlib
import shutil
from dataclasses import dataclass, field

from fixtures import BASES, BATCH, LABELS, LEARNING_RATE, STEPS, WEIGHT_DECAY  # first: it sets the environment that torch sees
from fixtures import adamw, distance, file_key, numbers, run_steps, save_adapter, settle, versions, write_json, write_lines
import numpy
import peft
import safetensors
import safetensors.torch
import tokenizers
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertPreTrainedModel,
    BertTokenizerFast,
    get_scheduler,
)
from transformers.modeling_outputs import SequenceClassifierOutput

HIDDEN_ROWS = [0, 3, 7]  # rows whose last_hidden_state is written out

# Twelve rows, a multiple of the batch size, so that an epoch never ends inside a batch.
ROWS = [
    ("the boat is on the lake", None, 0),
    ("A cold river runs to the sea", "the sea is cold", 1),
    ("fish", None, 2),
    ("Waters, rivers and lakes: all unsinkable!", "old men fishing in a small boat", 0),
    ("the old man swims", "he swims", 2),
    ("no boat", None, 1),
    ("café waters near the xylophone", None, 1),  # an accent to strip, and a word that no pieces spell: [UNK]
    ("is the water warm? the water is not warm, and the fish are few", "湖 is a lake; a river is not", 0),
    ("running down to the river", None, 1),
    ("sailing boats sail the warm sea", "boats", 2),
    ("UNCOLD", "the man and the fish and the river and the sea and the boat", 2),
    ("a small, small lake in the north", None, 0),
]

WORDS = (
    "the a is on in to and of no not he it all are few near down old man men small warm cold water waters river lake sea boat fish "
    "swim sail run north south 湖 , . ! ? : ;"
).split()
PIECES = "##s ##ing ##ning ##ed ##er ##able ##sink un ##cold ##ca ##fe ca run ##n ##sw ##im".split()


class MeanPoolClassifier(BertPreTrainedModel):
    """What Graft puts on a checkpoint without a pooler: the mean of the last hidden states over the real tokens ([CLS] and [SEP]
    count, padding does not), then one linear layer. transformers has no such head."""

    def __init__(self, config):
        super().__init__(config)
        self.num_labels = config.num_labels
        self.bert = BertModel(config, add_pooling_layer=False)
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def forward(self, input_ids=None, attention_mask=None, token_type_ids=None, labels=None, **unused):
        hidden = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        real = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * real).sum(dim=1) / real.sum(dim=1)
        logits = self.classifier(pooled)
        loss = None if labels is None else torch.nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


@dataclass
class Case:
    """One checkpoint, and what is tried on it."""

    name: str
    about: str
    sizes: dict
    pooler: bool = True
    shard: str | None = None
    dtype: torch.dtype = torch.float32
    adapters: dict = field(default_factory=dict)
    trained: tuple = ()  # adapters that are trained, and "full", "head"
    clipped: tuple = ()  # adapters that are trained once more with clipped gradients


LORA = {
    # PEFT's defaults but for the rank
    "default": dict(r=8, lora_alpha=16, target_modules=["query", "value"]),
    # The first key that matches wins, so layer 0's value has rank 6 and not 3. The keys are in alphabetical order because PEFT sorts them
    # when it saves: an adapter whose winner depends on another order does not load again.
    "patterns": dict(
        r=8,
        lora_alpha=16,
        target_modules=["query", "value"],
        rank_pattern={"attention.self.value": 6, "layer.0.attention.self.value": 3, r"layer\.1\.attention\.self\.query": 2},
        alpha_pattern={"^bert.encoder.layer.2.attention.self.value": 5, "query": 32},
    ),
    "rslora": dict(r=4, lora_alpha=8, target_modules=["query", "value"], use_rslora=True),
    "patterns-rslora": dict(
        r=4,
        lora_alpha=6,
        target_modules=["query", "value", "intermediate.dense"],
        use_rslora=True,
        rank_pattern={"value": 2, "layer.2.intermediate.dense": 3},
        alpha_pattern={"intermediate.dense": 9},
    ),
    "all-linear": dict(r=4, lora_alpha=8, target_modules="all-linear"),
    # matches attention.output.dense as well as the MLP's output.dense
    "suffix": dict(r=4, lora_alpha=8, target_modules=["output.dense"]),
    "suffix-long": dict(r=4, lora_alpha=8, target_modules=["attention.output.dense", "intermediate.dense"]),
    "exclude": dict(r=4, lora_alpha=8, target_modules=["key", "dense"], exclude_modules=["attention.output.dense", "pooler.dense"]),
    "exclude-regex": dict(r=4, lora_alpha=8, target_modules=["query", "dense"], exclude_modules=r".*(layer\.1\..*|pooler\.dense)"),
    "layers": dict(r=4, lora_alpha=8, target_modules=["query", "value"], layers_to_transform=[0, 2]),
    "layers-pattern": dict(r=4, lora_alpha=8, target_modules=["key", "output.dense"], layers_to_transform=1, layers_pattern="layer"),
    "bias-lora-only": dict(r=4, lora_alpha=8, target_modules=["query", "value"], bias="lora_only"),
    "bias-all": dict(r=4, lora_alpha=8, target_modules=["query", "value"], bias="all"),
    "regex": dict(r=4, lora_alpha=8, target_modules=r"bert\.encoder\.layer\.[02]\.(attention\.self\.(query|key)|intermediate\.dense)"),
    "gaussian": dict(r=4, lora_alpha=8, target_modules=["query", "value"], init_lora_weights="gaussian"),
}

CASES = [
    Case(
        "gelu",
        "the main case: BertForSequenceClassification, exact GELU, every adapter, every training run",
        dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64, hidden_act="gelu"),
        adapters=LORA,
        trained=("default", "patterns-rslora", "bias-all", "full", "head"),
        clipped=("default",),
    ),
    Case(
        "relu",
        "ReLU, layer_norm_eps 1e-5, heads of 6",
        dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40, hidden_act="relu", layer_norm_eps=1e-5),
        adapters={n: LORA[n] for n in ("default", "all-linear")},
    ),
    Case(
        "gelu-new-shards",
        "GELU by tanh (gelu_new), heads of 12, the checkpoint in shards with an index",
        dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=52, hidden_act="gelu_new"),
        shard="20KB",
        adapters={n: LORA[n] for n in ("default",)},
    ),
    Case(
        "bare",
        "bare BertModel: names without `bert.`, no pooler, no head; also an int64 `embeddings.position_ids`, as old checkpoints have. "
        "The head (mean pooling, then linear) is in head.safetensors and, for adapters, in the adapter",
        dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, hidden_act="gelu"),
        pooler=False,
        adapters={n: LORA[n] for n in ("default", "all-linear")},
        trained=("default", "head"),
    ),
    Case(
        "bf16",
        "the checkpoint is stored in bfloat16; the numbers are those of the values read into float32",
        dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24, hidden_act="gelu"),
        dtype=torch.bfloat16,
    ),
]


# ---- the checkpoint ----


def make_tokenizer():
    letters = "abcdefghilmnoprstuvw"  # no x and no y: words with them are unknown
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary += list(dict.fromkeys([*WORDS, *PIECES, *letters, *("##" + c for c in letters)]))
    tokenizer = tokenizers.Tokenizer(
        models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]", max_input_chars_per_word=100)
    )
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    return BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=40)


def randomize(model, seed):
    """Weights far larger than a fresh model's, biases and norms included: whatever is left out or swapped shows."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "LayerNorm.weight" in name:
                torch.nn.init.uniform_(p, 0.6, 1.4)
            elif name.endswith("bias"):
                torch.nn.init.normal_(p, std=0.3)
            elif "embeddings" in name:
                torch.nn.init.normal_(p, std=0.5)
            else:
                torch.nn.init.normal_(p, std=0.25)


def make_base(case, seed, tokenizer):
    """Writes base/ (and head.safetensors where the checkpoint has no head). The current directory is the case's."""
    config = BertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=40,
        type_vocab_size=2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(LABELS)),
        label2id={n: i for i, n in enumerate(LABELS)},
        **case.sizes,
    )
    model = (BertForSequenceClassification if case.pooler else MeanPoolClassifier)(config)
    randomize(model, seed)
    model.to(case.dtype)
    if case.pooler:
        model.save_pretrained("base", max_shard_size=case.shard or "1GB")
    else:
        model.bert.save_pretrained("base")
        tensors = safetensors.torch.load_file("base/model.safetensors")
        tensors["embeddings.position_ids"] = torch.arange(config.max_position_embeddings).unsqueeze(0)
        safetensors.torch.save_file(tensors, "base/model.safetensors", metadata={"format": "pt"})
        safetensors.torch.save_file({f"classifier.{k}": v for k, v in model.classifier.state_dict().items()}, "head.safetensors")
    tokenizer.save_pretrained("base")
    for extra in ("vocab.txt", "special_tokens_map.json"):  # tokenizer.json says it all
        pathlib.Path("base", extra).unlink(missing_ok=True)


def load_base(case):
    """The base as a user reads it: from its files, in float32."""
    if case.pooler:
        return BertForSequenceClassification.from_pretrained("base", dtype=torch.float32).eval()
    model = MeanPoolClassifier.from_pretrained("base", dtype=torch.float32)
    head = safetensors.torch.load_file("head.safetensors")
    model.classifier.load_state_dict({k.removeprefix("classifier."): v for k, v in head.items()})
    return model.eval()


# ---- running a model ----


def encode(tokenizer, rows):
    """Rows as one padded batch, with labels."""
    chosen = [ROWS[r] for r in rows]
    batch = [tokenizer(text, pair, truncation=True, max_length=40) for text, pair, _ in chosen]
    encoded = tokenizer.pad(batch, return_tensors="pt")
    return dict(encoded), torch.tensor([label for _, _, label in chosen])


def logits_of(model, tokenizer):
    """Logits of all rows, [rows, labels], from one padded batch; a row alone must give the same."""
    model.eval()
    with torch.no_grad():
        together = model(**encode(tokenizer, range(len(ROWS)))[0]).logits
        alone = torch.cat([model(**encode(tokenizer, [r])[0]).logits for r in range(len(ROWS))])
    assert distance(together, alone) < 1e-4, "padding changes the logits"
    return together


def precisely(model, tokenizer):
    """The same logits computed in float64."""
    return logits_of(copy.deepcopy(model).double(), tokenizer)


def expected_of_base(case, tokenizer):
    model = load_base(case)
    inputs, labels = encode(tokenizer, range(len(ROWS)))
    logits = logits_of(model, tokenizer)
    with torch.no_grad():
        output = model.bert(**inputs, output_hidden_states=True)
        exact = copy.deepcopy(model).double().bert(**inputs).last_hidden_state
    lengths = inputs["attention_mask"].sum(dim=1).tolist()
    real = inputs["attention_mask"].unsqueeze(-1)
    tokens = [{k: v[r, : lengths[r]].tolist() for k, v in inputs.items() if k != "attention_mask"} for r in range(len(ROWS))]
    shortened = [tokenizer(text, pair, truncation=True, max_length=8)["input_ids"] for text, pair, _ in ROWS]
    content = {
        "tokens": tokens,
        "truncated": {"max_length": 8, "input_ids": shortened},
        "last_hidden_state": {str(r): numbers(output.last_hidden_state[r, : lengths[r]]) for r in HIDDEN_ROWS},
        "hidden_states_of_row_0": [numbers(h[0, : lengths[0]]) for h in output.hidden_states],
        "pooling": "tanh(dense([CLS]))" if case.pooler else "mean over real tokens",
    }
    if case.pooler:
        content["pooler_output"] = numbers(output.pooler_output)
    content |= {
        "classifier": {k: numbers(v) for k, v in model.classifier.state_dict().items()},
        "logits": numbers(logits),
        "loss": numbers(torch.nn.functional.cross_entropy(logits, labels)),
        "float64_distance": {
            "last_hidden_state": distance(output.last_hidden_state * real, exact * real),
            "logits": distance(logits, precisely(model, tokenizer)),
        },
    }
    write_json(pathlib.Path("expected.json"), content)


# ---- adapters ----


def make_adapter(case, name, seed, tokenizer):
    """Writes adapters/NAME/ with expected.json: every tensor in it is random, so an adapter that is not applied in full shows."""
    folder = pathlib.Path("adapters", name)
    base = load_base(case)
    base_logits = logits_of(base, tokenizer)
    torch.manual_seed(seed)
    model = get_peft_model(base, LoraConfig(task_type="SEQ_CLS", **case.adapters[name]))
    with torch.no_grad():
        for parameter_name, p in model.named_parameters():
            if not p.requires_grad or "original_module" in parameter_name:
                continue
            if "lora_B" in parameter_name:
                torch.nn.init.normal_(p, std=0.2)
            elif "lora_A" not in parameter_name:  # the head's copy, and the biases that bias= trains
                p.add_(torch.randn_like(p) * 0.2)
    before = logits_of(model, tokenizer)
    save_adapter(model, folder)
    model = load_adapter(case, name)
    logits = logits_of(model, tokenizer)
    assert torch.equal(before, logits), "saving and loading changes the adapter"
    assert distance(logits, base_logits) > 0.1, "the adapter changes too little"
    targets = {
        n.removeprefix("base_model.model."): {"r": m.r["default"], "lora_alpha": m.lora_alpha["default"], "scaling": m.scaling["default"]}
        for n, m in model.named_modules()
        if isinstance(m, LoraLayer)
    }
    exact = precisely(model, tokenizer)
    merged = logits_of(model.merge_and_unload(), tokenizer)
    write_json(
        folder / "expected.json",
        {
            "targets": targets,
            "logits": numbers(logits),
            "merged_logits": numbers(merged),
            "float64_distance": {"logits": distance(logits, exact), "merged_logits": distance(merged, exact)},
        },
    )


def load_adapter(case, name, trainable=False):
    return PeftModel.from_pretrained(load_base(case), f"adapters/{name}", is_trainable=trainable)


# ---- training ----


def loss_of(model, tokenizer, rows):
    inputs, labels = encode(tokenizer, rows)
    return model(**inputs, labels=labels).loss


def train(model, tokenizer, max_grad_norm):
    """Returns what is trained, and what a training.json says of the run."""
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    optimizer = adamw(trained.values())
    rows, losses, norms, first = [], [], [], {}
    for batch, loss in run_steps(model, optimizer, len(ROWS), lambda batch: loss_of(model, tokenizer, batch)):
        rows.append(batch)
        if not first:  # the head's frozen original gets no gradient although bias="all" marks its bias as trainable
            trained = {n: p for n, p in trained.items() if p.grad is not None}
            first = {file_key(n): float(p.grad.double().norm()) for n, p in trained.items()}
        norms.append(numbers(torch.nn.utils.clip_grad_norm_(trained.values(), max_grad_norm or float("inf"))))
        losses.append(numbers(loss))
    return trained, dict(rows=rows, losses=losses, grad_norms=norms, first_grad_norms=first)


def train_both(make, tokenizer, folder, max_grad_norm=0.0):
    """Trains in float32 and, as the measure of rounding, in float64; writes FOLDER/training.json. Returns the float32 model."""
    model, exact = make(), make().double()
    trained, run = train(model, tokenizer, max_grad_norm)
    exact_trained, exact_run = train(exact, tokenizer, max_grad_norm)
    logits = logits_of(model, tokenizer)
    final = {file_key(n): p.detach().double() for n, p in trained.items()}
    apart = {file_key(n): distance(p, exact_trained[n]) for n, p in trained.items()}
    content = {
        "optimizer": {"name": "AdamW", "learning_rate": LEARNING_RATE, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": WEIGHT_DECAY},
        "schedule": "constant",
        "max_grad_norm": max_grad_norm,
        "batch_size": BATCH,
        "steps": STEPS,
        "rows": run["rows"],
        "losses": run["losses"],
        "grad_norms": run["grad_norms"],
        "first_grad_norms": run["first_grad_norms"],
        "trained": {n: list(p.shape) for n, p in final.items()},
        "sums": {n: [float(p.sum()), float(p.abs().sum()), float(p.square().sum())] for n, p in final.items()},
        "logits": numbers(logits),
        "float64_distance": {
            "losses": max(abs(a - b) for a, b in zip(run["losses"], exact_run["losses"])),
            "logits": distance(logits, logits_of(exact, tokenizer)),
            "tensors": apart,
        },
        "undetermined": [n for n in apart if n.endswith("attention.self.key.bias")],
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "training.json", content)
    worst = max((d, n) for n, d in apart.items() if n not in content["undetermined"])
    assert worst[0] < 2e-5, "rounding decides too much: take another seed"
    print(f"  {folder}: loss {run['losses'][0]:.4f} -> {run['losses'][-1]:.4f}; float64 is {worst[0]:.1e} away, in {worst[1]}")
    return model


def head_only(case):
    model = load_base(case)
    for n, p in model.named_parameters():
        p.requires_grad_(n.startswith("classifier."))
    return model


def run_training(case, tokenizer):
    for name in case.trained:
        if name == "full":
            train_both(lambda: load_base(case), tokenizer, pathlib.Path("full"))
        elif name == "head":
            model = train_both(lambda: head_only(case), tokenizer, pathlib.Path("head"))
            safetensors.torch.save_file({f"classifier.{k}": v for k, v in model.classifier.state_dict().items()}, "head/after.safetensors")
        else:
            folder = pathlib.Path("adapters", name)
            save_adapter(train_both(lambda: load_adapter(case, name, trainable=True), tokenizer, folder), folder / "after")
    for name in case.clipped:
        folder = pathlib.Path("adapters", name, "clipped")
        save_adapter(train_both(lambda: load_adapter(case, name, trainable=True), tokenizer, folder, max_grad_norm=0.5), folder / "after")


def schedules():
    """Learning rate factors, one a step, of transformers' schedules."""
    content = {}
    for name in ("constant_with_warmup", "linear", "cosine"):
        for warmup in (0, 3):
            optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=STEPS)
            factors = []
            for _ in range(STEPS):
                factors.append(schedule.get_last_lr()[0])
                optimizer.step()
                schedule.step()
            content[f"{name}, warmup {warmup} of {STEPS}"] = factors
    return content


README = """# BERT parity fixtures

Written by `parity/make_bert_fixtures.py`; do not edit. Made with {versions}.

Tiny BERT checkpoints with large random weights, LoRA adapters saved by HF PEFT, and what PyTorch, transformers and PEFT compute with them.
All dropout is 0. Numbers are float32 results, written as the shortest decimals that read back exactly. `float64_distance` is how far
(largest absolute difference) the same computation in float64 lies from them: a yardstick for tolerances, not a tolerance.

| case | what is special |
| --- | --- |
{cases}

## Files of a case

- `base/`: a Hugging Face directory (`config.json`, `model.safetensors` or shards with an index, `tokenizer.json`, `tokenizer_config.json`)
- `data.jsonl`, `labels.json`: {rows} rows {{"text", "text_pair"?, "label"}}, labels in id order. Rows below are numbered from 0 in file order
- `expected.json`, of the base in evaluation mode
  - `tokens`: per row `input_ids` and `token_type_ids`, without padding; `truncated`: `input_ids` of every row at `max_length` 8
  - `last_hidden_state`: row -> [tokens, hidden]; `hidden_states_of_row_0`: embeddings' output, then each layer's
  - `pooling`, `pooler_output` [rows, hidden] (only with a pooler), `classifier` (`weight` [labels, hidden], `bias`)
  - `logits` [rows, labels], `loss` (mean cross entropy over all rows), `float64_distance`
- `head.safetensors` (only `bare`): `classifier.weight`, `classifier.bias`
- `adapters/NAME/`: what `save_pretrained` writes, and
  - `expected.json`: `targets` (module path -> `r`, `lora_alpha`, `scaling`: exactly the modules PEFT adapts), `logits`, `merged_logits`
    (after `merge_and_unload`), `float64_distance`
  - `training.json` and `after/` (some): the adapter trained on from this state, and the adapter after the last step
  - `clipped/` (some): the same with gradients clipped to `max_grad_norm`
- `full/training.json`: all weights trained, head included. `head/training.json`, `head/after.safetensors`: the classifier alone. Both start
  from the base's own head

`training.json`: `optimizer`, `schedule`, `max_grad_norm` (0 = off), `batch_size`, `steps`; `rows` of each step (file order, around and
around); `losses`, mean over the step's rows, before its update; `grad_norms`, global, before clipping (torch scales by
`max_grad_norm / (norm + 1e-6)` where that is below 1); `first_grad_norms`, per tensor at the first step; `trained`: every tensor that is trained, by its name in the adapter file (in the checkpoint, for `full` and `head`), and its
shape; `sums` after the last step: [sum, sum of absolute values, sum of squares]; `logits` after the last step; `float64_distance`;
`undetermined`: tensors that no two programs agree on. The gradient of `attention.self.key.bias` is zero (softmax ignores a shift), what
arrives is rounding, and Adam scales rounding up to full steps. They touch neither loss nor logits; leave them out of comparisons. Every
other tensor is within 2e-5 of its float64 twin after the last step (the seeds were chosen for that).

`schedules.json`: the factor on the learning rate at each of {steps} steps, from transformers' schedules.

## What PEFT does, seen here

{peft}
"""

PEFT_NOTES = """- `all-linear` with task type SEQ_CLS adapts every `torch.nn.Linear` but the classifier, `bert.pooler.dense` included. The saved
  `target_modules` are the resolved ones: full paths, or, from 20 modules on, the shortest suffixes that say the same (not in these files).
  Without a task type the classifier is adapted too
- a target or an exclusion in a list matches the whole path or its end after a dot; a string is a regular expression for the whole path
- `rank_pattern` and `alpha_pattern`: the first key, in file order, that matches `(.*\\.)?(KEY)$` from the start of the path. PEFT sorts
  the keys when it saves, so an adapter whose winners depended on another order fails to load
- a module in `modules_to_save` is never adapted, even where it is named: targets ["classifier", "query"] adapt the queries alone
- bias="lora_only" saves the adapted modules' biases as `base_model.model....query.base_layer.bias`
- bias="all" trains and saves every bias of the model: adapted modules' under `....base_layer.bias`, others' under their own names
  (LayerNorms, pooler). The file has the head's bias three times: `base_model.model.classifier.bias` and
  `base_model.model.classifier.modules_to_save.bias` (equal), and `base_model.model.classifier.original_module.bias`, the base's own, never
  trained and never used
- the head is saved under `base_model.model.classifier.weight` and `.bias`, without `modules_to_save`; `modules_to_save` in
  adapter_config.json is ["classifier", "score"]"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=pathlib.Path, default=BASES / "bert")
    output = parser.parse_args().output.resolve()
    settle()
    if output.exists():
        if any(output.iterdir()) and not (output / "schedules.json").exists():
            parser.error(f"{output} holds something else")
        shutil.rmtree(output)
    output.mkdir(parents=True)
    write_json(output / "schedules.json", schedules())
    for i, case in enumerate(CASES):
        print(case.name)
        folder = output / case.name
        folder.mkdir(parents=True)
        with contextlib.chdir(folder):  # so that no path of this machine gets into a file: PEFT writes the base's path as "base"
            make_base(case, 100 * i + 9, make_tokenizer())
            tokenizer = AutoTokenizer.from_pretrained("base")
            lines = [{"text": t, **({"text_pair": p} if p else {}), "label": LABELS[l]} for t, p, l in ROWS]
            write_lines(pathlib.Path("data.jsonl"), lines)
            pathlib.Path("labels.json").write_text(json.dumps(LABELS) + "\n")
            expected_of_base(case, tokenizer)
            for j, name in enumerate(case.adapters):
                make_adapter(case, name, 100 * i + 40 + j, tokenizer)
            run_training(case, tokenizer)
    (output / "README.md").write_text(
        README.format(
            versions=versions(torch, transformers, peft, tokenizers, safetensors, numpy),
            cases="\n".join(f"| `{c.name}` | {c.about} |" for c in CASES),
            rows=len(ROWS),
            steps=STEPS,
            peft=PEFT_NOTES,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
