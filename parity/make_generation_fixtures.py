"""Makes the GPT-2 and BART parity fixtures: tiny random checkpoints, PEFT adapters for them, and the numbers that PyTorch, transformers
and HF PEFT compute with both: logits, log-probabilities of completions, greedy texts, loss curves and trained adapters.

usage: python parity/make_generation_fixtures.py [--output DIR]
       (DIR defaults to transformer-model/src/test/resources/parity; its folders gpt2 and bart are replaced)

Everything is seeded: a second run with the pinned versions (parity/requirements.txt) on the same kind of CPU writes the same bytes. As in
make_bert_fixtures.py, training runs once in float32 and once in float64, and the seeds are chosen so that both end within 2e-5.
What the files mean is in the README.md that this script writes beside the fixtures.
"""

import argparse
import contextlib
import copy
import json
import pathlib
import shutil
import warnings
from dataclasses import dataclass, field

from fixtures import BASES, BATCH, LABELS, LEARNING_RATE, STEPS, WEIGHT_DECAY  # first: it sets the environment that torch sees
from fixtures import adamw, distance, file_key, numbers, run_steps, save_adapter, settle, versions, write_json, write_lines
import numpy
import peft
import safetensors.torch
import tokenizers
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer,
    BartConfig,
    BartForConditionalGeneration,
    BartForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

NEW_TOKENS = 10

# Eight rows, a multiple of the batch size: prompt, completion, class of the prompt.
ROWS = [
    ("The boat is on the", " lake.", 0),
    ("A cold river runs", " to the sea, and the sea is cold", 1),
    ("fish", " swim", 2),
    ("Waters, rivers and lakes: all", " unsinkable!", 0),
    ("The old man swims in the sea. He", " is old.", 2),
    ("no", " boat on the river", 1),
    ("café waters near the 湖", " are warm", 1),
    ("small, small lake in the north of the", " land", 0),
]


@dataclass
class Case:
    """One checkpoint, and what is tried on it."""

    name: str
    about: str
    config: dict
    task: str = "generate"
    shard: str | None = None
    bare: bool = False  # names without the root of the whole model, as the first checkpoints of the family have them
    adapters: dict = field(default_factory=dict)
    trained: tuple = ()

    @property
    def bart(self):
        return self.name.startswith("bart")


GPT2 = dict(n_embd=32, n_layer=3, n_head=4, n_positions=48)
BART = dict(d_model=32, encoder_layers=2, decoder_layers=3, encoder_attention_heads=4, decoder_attention_heads=2, encoder_ffn_dim=48,
            decoder_ffn_dim=40, max_position_embeddings=48)

CASES = [
    Case(
        "gpt2/lm",
        "the main case: GPT2LMHeadModel, tied embeddings",
        GPT2,
        adapters={
            "default": dict(r=8, lora_alpha=16, target_modules=["c_attn"], fan_in_fan_out=True),
            "all-linear": dict(r=4, lora_alpha=8, target_modules="all-linear", fan_in_fan_out=True),
            "rslora": dict(r=4, lora_alpha=8, target_modules=["c_attn", "mlp.c_proj"], use_rslora=True, fan_in_fan_out=True,
                           rank_pattern={"c_attn": 3}),
        },
        trained=("default", "rslora"),
    ),
    Case(
        "gpt2/options",
        "an output projection of its own, scores divided by the layer's number, ReLU, n_inner, epsilon 1e-4, in shards",
        dict(n_embd=24, n_layer=2, n_head=3, n_positions=48, n_inner=40, activation_function="relu", tie_word_embeddings=False,
             scale_attn_by_inverse_layer_idx=True, layer_norm_epsilon=1e-4),
        shard="20KB",
        adapters={"default": dict(r=8, lora_alpha=16, target_modules=["c_attn"], fan_in_fan_out=True)},
    ),
    Case(
        "gpt2/bare",
        "names without `transformer.` and with the masks as buffers, as the first files of gpt2; scores that are not scaled",
        dict(n_embd=24, n_layer=2, n_head=2, n_positions=48, scale_attn_weights=False),
        bare=True,
    ),
    Case(
        "gpt2/classify",
        "GPT2ForSequenceClassification: the last token",
        GPT2,
        task="classify",
        adapters={"default": dict(r=8, lora_alpha=16, target_modules=["c_attn"], fan_in_fan_out=True)},
        trained=("default",),
    ),
    Case(
        "bart/lm",
        "the main case: BartForConditionalGeneration, 2 layers in the encoder and 3 in the decoder, a bias on the logits",
        BART,
        adapters={
            "default": dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"]),
            "all-linear": dict(r=4, lora_alpha=8, target_modules="all-linear"),
            "cross": dict(r=4, lora_alpha=8, target_modules=["encoder_attn.k_proj", "encoder_attn.v_proj", "fc1"]),
        },
        trained=("default", "cross"),
    ),
    Case(
        "bart/scaled",
        "words times the square root of the width, 3 layers in the encoder and 1 in the decoder, ReLU, in shards",
        dict(BART, d_model=24, encoder_layers=3, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=3,
             scale_embedding=True, activation_function="relu"),
        shard="20KB",
        adapters={"default": dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"])},
    ),
    Case(
        "bart/classify",
        "BartForSequenceClassification: the decoder's state at the last end token, through a projection that is trained too",
        BART,
        task="classify",
        adapters={"default": dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"], modules_to_save=["classification_head"])},
        trained=("default",),
    ),
    Case(
        "bart/even",
        "as many layers and heads in the encoder as in the decoder, which PEFT's prefixes need; an even number of layers, as all of BART's",
        dict(BART, d_model=16, encoder_layers=4, decoder_layers=4, encoder_attention_heads=2, decoder_attention_heads=2),
    ),
]


# ---- the checkpoint ----


def make_tokenizer(bart):
    """Byte-level BPE, as both families have it, trained on the rows."""
    special = ["<s>", "<pad>", "</s>", "<unk>"] if bart else ["<|endoftext|>", "<pad>"]
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([p + c for p, c, _ in ROWS], trainer)
    if bart:
        tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=False, add_prefix_space=False)
        names = dict(bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
    else:
        names = dict(bos_token="<|endoftext|>", eos_token="<|endoftext|>", pad_token="<pad>")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=48, **names)


def randomize(model, seed):
    """Weights far larger than a fresh model's, biases and norms included: whatever is left out or swapped shows."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            norm = "ln_" in name or "layer_norm" in name or "layernorm" in name
            if norm and name.endswith("weight"):
                torch.nn.init.uniform_(p, 0.6, 1.4)
            elif name.endswith("bias"):
                torch.nn.init.normal_(p, std=0.3)
            elif any(part in name for part in ("wte", "wpe", "embed", "shared")):
                torch.nn.init.normal_(p, std=0.3)
            else:
                torch.nn.init.normal_(p, std=0.25)
        if hasattr(model, "final_logits_bias"):
            torch.nn.init.normal_(model.final_logits_bias, std=0.5)


def model_class(case):
    if case.bart:
        return BartForConditionalGeneration if case.task == "generate" else BartForSequenceClassification
    return GPT2LMHeadModel if case.task == "generate" else GPT2ForSequenceClassification


def make_base(case, seed, tokenizer):
    """Writes base/. The current directory is the case's."""
    labels = {} if case.task == "generate" else dict(id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})
    if case.bart:
        config = BartConfig(vocab_size=len(tokenizer), dropout=0.0, forced_eos_token_id=None, **labels, **case.config)
    else:
        config = GPT2Config(vocab_size=len(tokenizer), embd_pdrop=0.0, resid_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
                            pad_token_id=1, **labels, **case.config)
    model = model_class(case)(config)
    randomize(model, seed)
    model.save_pretrained("base", max_shard_size=case.shard or "1GB")
    if case.bare:
        tensors = safetensors.torch.load_file("base/model.safetensors")
        tensors = {n.removeprefix("transformer."): t for n, t in tensors.items()}
        mask = torch.tril(torch.ones(48, 48)).view(1, 1, 48, 48)
        for i in range(config.n_layer):
            tensors[f"h.{i}.attn.bias"] = mask.clone()
        safetensors.torch.save_file(tensors, "base/model.safetensors", metadata={"format": "pt"})
    tokenizer.save_pretrained("base")
    for extra in ("vocab.json", "merges.txt", "special_tokens_map.json"):  # tokenizer.json says it all
        pathlib.Path("base", extra).unlink(missing_ok=True)


def load_base(case):
    """Eager attention: in transformers 4.57 the other implementations pass over GPT-2's scale_attn_weights and its layer-wise scaling."""
    return model_class(case).from_pretrained("base", dtype=torch.float32, attn_implementation="eager").eval()


# ---- running a model ----


def encode(case, tokenizer, rows, end):
    """Rows as one padded batch with labels; training adds the end token, prediction does not."""
    if case.task == "classify":
        batch = tokenizer([ROWS[r][0] for r in rows], padding=True, return_tensors="pt")
        return dict(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=torch.tensor([ROWS[r][2] for r in rows]))
    inputs, labels = [], []
    for r in rows:
        prompt = tokenizer(ROWS[r][0])["input_ids"]
        completion = tokenizer(ROWS[r][1], add_special_tokens=False)["input_ids"] + ([tokenizer.eos_token_id] if end else [])
        inputs.append(prompt if case.bart else prompt + completion)
        labels.append(completion if case.bart else [-100] * len(prompt) + completion)

    def padded(lists, value):
        width = max(map(len, lists))
        return torch.tensor([x + [value] * (width - len(x)) for x in lists])

    ids = padded(inputs, tokenizer.pad_token_id)
    mask = padded([[1] * len(x) for x in inputs], 0)
    return dict(input_ids=ids, attention_mask=mask, labels=padded(labels, -100))


def run(case, model, inputs):
    """Loss and logits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = model(**inputs)
    return output.loss, output.logits


def scores(case, model, tokenizer):
    """What each row gets alone: class logits, or the logits of every token of the last stack and the completion's log-probabilities."""
    model.eval()
    found = []
    with torch.no_grad():
        for r in range(len(ROWS)):
            inputs = encode(case, tokenizer, [r], end=False)
            logits = run(case, model, inputs)[1][0]
            if case.task == "classify":
                found.append(dict(input_ids=inputs["input_ids"][0].tolist(), logits=logits))
                continue
            labels = inputs["labels"][0]
            logp = logits.log_softmax(-1)
            if not case.bart:
                logp, labels = logp[:-1], labels[1:]
            chosen = [float(str(numpy.float32(logp[i, t]))) for i, t in enumerate(labels.tolist()) if t != -100]
            found.append(dict(input_ids=inputs["input_ids"][0].tolist(), token_logprobs=chosen, last_logits=logits[-1], all_logits=logits))
    return found


def greedy(case, model, tokenizer):
    """New tokens after each prompt, end token included."""
    texts = []
    for prompt, _, _ in ROWS:
        inputs = tokenizer(prompt, return_tensors="pt")
        inputs.pop("token_type_ids", None)
        out = model.generate(**inputs, do_sample=False, num_beams=1, max_new_tokens=NEW_TOKENS, pad_token_id=tokenizer.pad_token_id)
        new = out[0, 1:] if case.bart else out[0, inputs["input_ids"].shape[1] :]
        texts.append(new.tolist())
    return texts


def expected(case, model, tokenizer, full):
    found = scores(case, model, tokenizer)
    exact = scores(case, copy.deepcopy(model).double(), tokenizer)
    if case.task == "classify":
        return {
            "input_ids": [f["input_ids"] for f in found],
            "logits": [numbers(f["logits"]) for f in found],
            "float64_distance": max(distance(a["logits"], b["logits"]) for a, b in zip(found, exact)),
        }
    content = {
        "input_ids": [f["input_ids"] for f in found],
        "token_logprobs": [f["token_logprobs"] for f in found],
        "last_logits": [numbers(f["last_logits"]) for f in found[:3]],
        "greedy": greedy(case, model, tokenizer),
        "float64_distance": max(distance(a["all_logits"], b["all_logits"]) for a, b in zip(found, exact)),
    }
    if full:
        content["logits_of_row_0"] = numbers(found[0]["all_logits"])
    return content


# ---- adapters and training ----


def task_type(case):
    return "SEQ_CLS" if case.task == "classify" else "SEQ_2_SEQ_LM" if case.bart else "CAUSAL_LM"


def load_adapter(case, name, trainable=False):
    return PeftModel.from_pretrained(load_base(case), f"adapters/{name}", is_trainable=trainable)


def make_adapter(case, name, seed, tokenizer):
    """Writes adapters/NAME/ with expected.json: every tensor in it is random, so an adapter that is not applied in full shows."""
    folder = pathlib.Path("adapters", name)
    torch.manual_seed(seed)
    model = get_peft_model(load_base(case), LoraConfig(task_type=task_type(case), **case.adapters[name]))
    with torch.no_grad():
        for parameter_name, p in model.named_parameters():
            if not p.requires_grad or "original_module" in parameter_name:
                continue
            if "lora_B" in parameter_name:
                torch.nn.init.normal_(p, std=0.2)
            elif "lora_A" not in parameter_name:  # the head's copy
                p.add_(torch.randn_like(p) * 0.2)
    save_adapter(model, folder)
    model = load_adapter(case, name)
    content = expected(case, model, tokenizer, full=False)
    content["targets"] = sorted(n.removeprefix("base_model.model.") for n, m in model.named_modules() if hasattr(m, "lora_A"))
    write_json(folder / "expected.json", content)


def train(case, model, tokenizer):
    """Returns what is trained and the losses."""
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    optimizer = adamw(trained.values())
    losses = []
    for _, loss in run_steps(model, optimizer, len(ROWS), lambda rows: run(case, model, encode(case, tokenizer, rows, end=True))[0]):
        trained = {n: p for n, p in trained.items() if p.grad is not None}
        losses.append(numbers(loss))
    return {file_key(n): p for n, p in trained.items()}, losses


def run_training(case, name, tokenizer):
    folder = pathlib.Path("adapters", name)
    model, exact = load_adapter(case, name, trainable=True), load_adapter(case, name, trainable=True).double()
    trained, losses = train(case, model, tokenizer)
    exact_trained, exact_losses = train(case, exact, tokenizer)
    apart = {n: distance(p, exact_trained[n]) for n, p in trained.items()}
    worst = max((d, n) for n, d in apart.items())
    assert worst[0] < 2e-5, f"rounding decides too much ({worst}): take another seed"
    save_adapter(model, folder / "after")
    write_json(
        folder / "training.json",
        {
            "optimizer": {"name": "AdamW", "learning_rate": LEARNING_RATE, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": WEIGHT_DECAY},
            "batch_size": BATCH,
            "steps": STEPS,
            "losses": losses,
            "float64_distance": {"losses": max(abs(a - b) for a, b in zip(losses, exact_losses)), "tensors": worst[0]},
        },
    )
    print(f"  {folder}: loss {losses[0]:.4f} -> {losses[-1]:.4f}; float64 is {worst[0]:.1e} away, in {worst[1]}")


README = """# {family} parity fixtures

Written by `parity/make_generation_fixtures.py`; do not edit. Made with {versions}.

Tiny checkpoints with large random weights, LoRA adapters saved by HF PEFT, and what PyTorch, transformers and PEFT compute with them. All
dropout is 0; each number comes from a row alone, without padding, in float32. `float64_distance` is how far the same computation in float64
lies from it.

| case | what is special |
| --- | --- |
{cases}

## Files of a case

- `base/`: a Hugging Face directory
- `data.jsonl`: {rows} rows, {{"prompt", "completion"}} or {{"text", "label"}}; `labels.json` in id order
- `expected.json`, of the base; `adapters/NAME/expected.json`, of the adapter
  - `input_ids`: what the encoder reads, or prompt and completion for GPT-2
  - `token_logprobs`: of the completion's tokens given the prompt, without an end token; `last_logits`: of the last stack's last token, first
    three rows; `logits_of_row_0`: of all its tokens
  - `greedy`: {new} new tokens after each prompt, or fewer up to the end token
  - `logits` [rows, labels] of a classifier; `targets`: the modules that PEFT adapts
- `adapters/NAME/training.json` and `after/`: `losses` of {steps} AdamW steps on batches of {batch} rows in file order, around and around,
  completions with their end token; and the adapter after the last step
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=pathlib.Path, default=BASES)
    output = parser.parse_args().output.resolve()
    settle()
    for family in ("gpt2", "bart"):
        shutil.rmtree(output / family, ignore_errors=True)
    for i, case in enumerate(CASES):
        print(case.name)
        folder = output / case.name
        folder.mkdir(parents=True)
        with contextlib.chdir(folder):  # so that no path of this machine gets into a file
            make_base(case, 100 * i + 9, make_tokenizer(case.bart))
            tokenizer = AutoTokenizer.from_pretrained("base")
            if case.task == "classify":
                write_lines(pathlib.Path("data.jsonl"), [{"text": p, "label": LABELS[l]} for p, _, l in ROWS])
                pathlib.Path("labels.json").write_text(json.dumps(LABELS) + "\n")
            else:
                write_lines(pathlib.Path("data.jsonl"), [{"prompt": p, "completion": c} for p, c, _ in ROWS])
            write_json(pathlib.Path("expected.json"), expected(case, load_base(case), tokenizer, full=case.name.endswith("/lm")))
            for j, name in enumerate(case.adapters):
                make_adapter(case, name, 100 * i + 40 + j, tokenizer)
            for name in case.trained:
                run_training(case, name, tokenizer)
    for family, title in (("gpt2", "GPT-2"), ("bart", "BART")):
        (output / family / "README.md").write_text(
            README.format(
                family=title,
                versions=versions(torch, transformers, peft, tokenizers, numpy),
                cases="\n".join(f"| `{c.name}` | {c.about} |" for c in CASES if c.name.startswith(family)),
                rows=len(ROWS),
                new=NEW_TOKENS,
                steps=STEPS,
                batch=BATCH,
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
