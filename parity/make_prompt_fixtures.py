"""Makes the parity fixtures of prefix-tuning: adapters of HF PEFT that put rows in front of a text, on the tiny checkpoints of
make_bert_fixtures.py and make_generation_fixtures.py, and the numbers that PyTorch, transformers and PEFT compute with them.

usage: python parity/make_prompt_fixtures.py [--output DIR]
       (DIR defaults to prefix-tuning/src/test/resources/parity; its content is replaced)

METHOD/CASE/ holds what `save_pretrained` writes, and
- expected.json: its `base`; `logits` of all rows, or `token_logprobs` of their completions; `float64_distance`, how far the same computation
  in float64 is from them
- start.safetensors: every trained tensor before training, the encoder's included (no adapter file holds those), under Graft's names
- training.json: `losses` of 10 AdamW steps from that start, before each update, and the settings of the run
- after/: the adapter after the last step, as `save_pretrained` writes it

Seeds are tried in turn until float32 and float64 training end within 2e-5 of each other in every tensor that a file holds: Adam turns a
gradient that is nearly zero into a full step in the direction of its rounding error.
"""

import argparse
import contextlib
import json
import pathlib
import shutil

import fixtures  # first: it sets the environment that torch sees
import safetensors.torch
import torch
from fixtures import Base, distance, numbers, write_json
from peft import PeftModel, PrefixTuningConfig, PromptEncoderConfig, PromptTuningConfig, get_peft_model

BERT, GPT2, CLASSES, BART = "bert/gelu", "gpt2/lm", "gpt2/classify", "bart/lm"
EVEN = "bart/even"  # PEFT's prefixes need as many layers and heads in both stacks
MLP = dict(prefix_projection=True, encoder_hidden_size=12)
LSTM = dict(encoder_hidden_size=10, encoder_reparameterization_type="LSTM", encoder_num_layers=2)
TEXT = dict(prompt_tuning_init="TEXT", prompt_tuning_init_text="the cold lake", tokenizer_name_or_path="base")
ADAPTERS = {
    "prefix": {
        "default": (BERT, PrefixTuningConfig, dict(num_virtual_tokens=5)),
        "zero": (BERT, PrefixTuningConfig, dict(num_virtual_tokens=3, init_weights="zero")),
        "projection": (BERT, PrefixTuningConfig, dict(num_virtual_tokens=4, **MLP)),
        "gpt2": (GPT2, PrefixTuningConfig, dict(num_virtual_tokens=5)),
        "gpt2-projection": (GPT2, PrefixTuningConfig, dict(num_virtual_tokens=3, **MLP)),
        "gpt2-classify": (CLASSES, PrefixTuningConfig, dict(num_virtual_tokens=4)),
        "bart": (EVEN, PrefixTuningConfig, dict(num_virtual_tokens=5)),
        "bart-projection": (EVEN, PrefixTuningConfig, dict(num_virtual_tokens=3, **MLP)),
    },
    "prompt": {
        "default": (BERT, PromptTuningConfig, dict(num_virtual_tokens=6)),
        "text": (BERT, PromptTuningConfig, dict(num_virtual_tokens=9, **TEXT)),
        "gpt2": (GPT2, PromptTuningConfig, dict(num_virtual_tokens=4)),
        "gpt2-text": (GPT2, PromptTuningConfig, dict(num_virtual_tokens=7, **TEXT)),
        "gpt2-classify": (CLASSES, PromptTuningConfig, dict(num_virtual_tokens=5)),
        "bart": (BART, PromptTuningConfig, dict(num_virtual_tokens=4)),
        "bart-text": (BART, PromptTuningConfig, dict(num_virtual_tokens=6, **TEXT)),
    },
    "p-tuning": {
        "default": (BERT, PromptEncoderConfig, dict(num_virtual_tokens=5, encoder_hidden_size=12)),
        "lstm": (BERT, PromptEncoderConfig, dict(num_virtual_tokens=4, **LSTM)),
        "gpt2": (GPT2, PromptEncoderConfig, dict(num_virtual_tokens=5, encoder_hidden_size=12)),
        "gpt2-lstm": (GPT2, PromptEncoderConfig, dict(num_virtual_tokens=3, **LSTM)),
        "bart": (BART, PromptEncoderConfig, dict(num_virtual_tokens=5, encoder_hidden_size=12)),
        "bart-lstm": (BART, PromptEncoderConfig, dict(num_virtual_tokens=3, **LSTM)),
    },
}


def graft_name(name, model):
    """A parameter's name in a PeftModel -> Graft's name for the trained tensor."""
    name = name.replace(".modules_to_save.default.", ".").replace("prompt_encoder.default.", "prompt_encoder.")
    if name.startswith("prompt_encoder.") and len(list(model.prompt_encoder["default"].parameters())) == 1:
        return "prompt_embeddings"
    return name


def fresh(base, kind, settings, seed):
    torch.manual_seed(seed)
    model = get_peft_model(base.load(), kind(task_type=base.task, **settings))
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.requires_grad and ("prompt_encoder" not in name or settings.get("init_weights") == "zero"):
                p.add_(torch.randn_like(p) * 0.2)  # the head's copy, and zeros, that show nothing
    return model


def train(base, model):
    """Trains and returns the losses."""
    optimizer = fixtures.adamw([p for p in model.parameters() if p.requires_grad])
    losses = [
        loss.detach()
        for _, loss in fixtures.run_steps(model, optimizer, len(base.rows), lambda rows: base.loss(model, rows))
    ]
    model.eval()
    return losses


def make(folder, base, kind, settings, seed):
    """Writes METHOD/CASE/, or returns False if rounding decides too much with this seed."""
    model, exact = fresh(base, kind, settings, seed), fresh(base, kind, settings, seed).double()
    start = {graft_name(n, model): p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    fixtures.save_adapter(model, folder)
    loaded = PeftModel.from_pretrained(base.load(), folder)
    scores = base.scores(loaded)
    assert fixtures.apart(scores, base.scores(model)) < 1e-5, "saving and loading changes the adapter"
    assert fixtures.apart(scores, base.scores(base.load())) > 0.05, "the adapter changes too little"
    kind_of_scores = "logits" if base.labels else "token_logprobs"
    precise = fixtures.apart(scores, base.scores(loaded.double()))
    write_json(folder / "expected.json", {"base": base.name, kind_of_scores: [numbers(s) for s in scores], "float64_distance": precise})
    safetensors.torch.save_file(start, folder / "start.safetensors")
    losses, exact_losses = train(base, model), train(base, exact)
    fixtures.save_adapter(model, folder / "after")
    fixtures.save_adapter(exact, folder / "exact")
    after, precise = (safetensors.torch.load_file(folder / kind / "adapter_model.safetensors") for kind in ("after", "exact"))
    shutil.rmtree(folder / "exact")
    worst = max(distance(t, precise[n]) for n, t in after.items())
    if worst > 2e-5:
        return False
    write_json(
        folder / "training.json",
        {
            "optimizer": {"name": "AdamW", "learning_rate": fixtures.LEARNING_RATE, "weight_decay": fixtures.WEIGHT_DECAY},
            "max_grad_norm": 0,
            "batch_size": fixtures.BATCH,
            "steps": fixtures.STEPS,
            "losses": [numbers(loss) for loss in losses],
            "float64_distance": {"losses": fixtures.apart(losses, exact_losses), "tensors": worst},
        },
    )
    if len(list(model.prompt_encoder["default"].parameters())) > 1:  # PEFT trains an encoder at the rate of all else; Graft by default does not
        config = folder / "adapter_config.json"
        config.write_text(json.dumps({**json.loads(config.read_text()), "encoder_lr_ratio": 1}, indent=2, sort_keys=True))
    print(f"{folder}, seed {seed}: loss {losses[0]:.4f} -> {losses[-1]:.4f}; float64 is {worst:.1e} away", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=pathlib.Path, default=fixtures.ROOT / "prefix-tuning/src/test/resources/parity")
    output = parser.parse_args().output.resolve()
    fixtures.settle()
    if output.exists():
        shutil.rmtree(output)
    output.mkdir(parents=True)
    with contextlib.chdir(output):  # so that no path of this machine gets into a file: PEFT writes the base's path as "base"
        for i, (method, cases) in enumerate(ADAPTERS.items()):
            for j, (case, (name, kind, settings)) in enumerate(cases.items()):
                base = Base(name)
                seeds = (700 + 1000 * i + 100 * j + k for k in range(100))
                assert any(make(pathlib.Path(method, case), base, kind, settings, seed) for seed in seeds), "no seed is good enough"
                shutil.rmtree("base")


if __name__ == "__main__":
    main()
