"""Makes the parity fixtures of prefix-tuning: adapters of HF PEFT that put rows in front of a text, on the tiny BERT of
make_bert_fixtures.py, and the numbers that PyTorch, transformers and PEFT compute with them.

usage: python parity/make_prompt_fixtures.py [--output DIR]
       (DIR defaults to prefix-tuning/src/test/resources/parity; its content is replaced)

A folder holds what `save_pretrained` writes, and
- expected.json: `logits` of all rows, and `float64_distance`, how far the same computation in float64 is from them
- start.safetensors: every trained tensor before training, the encoder's included (no adapter file holds those), under Graft's names
- training.json: `losses` of 10 AdamW steps from that start, before each update, `float64_distance`, and the settings of the run
- after/: the adapter after the last step, as `save_pretrained` writes it

Seeds are tried in turn until float32 and float64 training end within 2e-5 of each other in every tensor that a file holds: Adam turns a
gradient that is nearly zero into a full step in the direction of its rounding error.
"""

import contextlib
import copy
import pathlib
import shutil

import make_bert_fixtures as bert
import safetensors.torch
import torch
import transformers
from peft import PeftModel, PrefixTuningConfig, PromptEncoderConfig, PromptTuningConfig, get_peft_model
from transformers import AutoTokenizer

CASE = bert.CASES[0]
ADAPTERS = {
    "prefix": lambda: PrefixTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=5),
    "prefix-zero": lambda: PrefixTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=3, init_weights="zero"),
    "prefix-projection": lambda: PrefixTuningConfig(
        task_type="SEQ_CLS", num_virtual_tokens=4, prefix_projection=True, encoder_hidden_size=12
    ),
    "prompt": lambda: PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=6),
    "prompt-text": lambda: PromptTuningConfig(
        task_type="SEQ_CLS",
        num_virtual_tokens=9,
        prompt_tuning_init="TEXT",
        prompt_tuning_init_text="the cold lake",
        tokenizer_name_or_path="base",
    ),
    "p-tuning": lambda: PromptEncoderConfig(task_type="SEQ_CLS", num_virtual_tokens=5, encoder_hidden_size=12),
    "p-tuning-lstm": lambda: PromptEncoderConfig(
        task_type="SEQ_CLS", num_virtual_tokens=4, encoder_hidden_size=10, encoder_reparameterization_type="LSTM", encoder_num_layers=2
    ),
}


def graft_name(name, model):
    """A parameter's name in a PeftModel -> Graft's name for the trained tensor."""
    name = name.replace(".modules_to_save.default.", ".").replace("prompt_encoder.default.", "prompt_encoder.")
    if name.startswith("prompt_encoder.") and len(list(model.prompt_encoder["default"].parameters())) == 1:
        return "prompt_embeddings"
    return name


def fresh(name, seed):
    torch.manual_seed(seed)
    model = get_peft_model(bert.load_base(CASE), ADAPTERS[name]())
    with torch.no_grad():
        for parameter_name, p in model.named_parameters():
            if p.requires_grad and ("classifier" in parameter_name or name == "prefix-zero"):
                p.add_(torch.randn_like(p) * 0.2)
    return model


def make(name, seed, tokenizer):
    """Writes NAME/, or returns False if rounding decides too much with this seed."""
    folder = pathlib.Path(name)
    model, exact = fresh(name, seed), fresh(name, seed).double()
    start = {graft_name(n, model): p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    bert.save_adapter(model, folder)
    loaded = PeftModel.from_pretrained(bert.load_base(CASE), folder)
    logits = bert.logits_of(loaded, tokenizer)
    assert bert.distance(logits, bert.logits_of(model, tokenizer)) < 1e-5, "saving and loading changes the adapter"
    assert bert.distance(logits, bert.logits_of(bert.load_base(CASE), tokenizer)) > 0.05, "the adapter changes too little"
    bert.write_json(
        folder / "expected.json",
        {"logits": bert.numbers(logits), "float64_distance": bert.distance(logits, bert.precisely(loaded, tokenizer))},
    )
    safetensors.torch.save_file(start, folder / "start.safetensors")
    _, run = bert.train(model, tokenizer, 0.0)
    _, exact_run = bert.train(exact, tokenizer, 0.0)
    model.eval()
    exact.eval()
    bert.save_adapter(model, folder / "after")
    bert.save_adapter(exact, folder / "exact")
    after, precise = (safetensors.torch.load_file(folder / kind / "adapter_model.safetensors") for kind in ("after", "exact"))
    shutil.rmtree(folder / "exact")
    worst = max(bert.distance(t, precise[n]) for n, t in after.items())
    if worst > 2e-5:
        return False
    bert.write_json(
        folder / "training.json",
        {
            "optimizer": {"name": "AdamW", "learning_rate": bert.LEARNING_RATE, "weight_decay": bert.WEIGHT_DECAY},
            "batch_size": bert.BATCH,
            "steps": bert.STEPS,
            "losses": run["losses"],
            "logits": bert.numbers(bert.logits_of(model, tokenizer)),
            "float64_distance": {"losses": max(abs(a - b) for a, b in zip(run["losses"], exact_run["losses"])), "tensors": worst},
        },
    )
    print(f"{name}, seed {seed}: loss {run['losses'][0]:.4f} -> {run['losses'][-1]:.4f}; float64 is {worst:.1e} away")
    return True


def main():
    parser = bert.argparse.ArgumentParser()
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=pathlib.Path, default=root / "prefix-tuning/src/test/resources/parity")
    output = parser.parse_args().output.resolve()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if output.exists():
        shutil.rmtree(output)
    output.mkdir(parents=True)
    with contextlib.chdir(output):  # so that no path of this machine gets into a file: PEFT writes the base's path as "base"
        shutil.copytree(root / "transformer-model/src/test/resources/parity/bert" / CASE.name / "base", "base")
        tokenizer = AutoTokenizer.from_pretrained("base")
        for number, name in enumerate(ADAPTERS):
            seeds = (700 + 100 * number + i for i in range(100))
            assert any(make(name, seed, tokenizer) for seed in seeds), "no seed is good enough"
        shutil.rmtree("base")


if __name__ == "__main__":
    main()
