"""What the scripts beside this one share: an environment in which nothing is left to chance, numbers as text, and files.

Import it before torch: it sets what torch and PEFT look at when they start.
"""

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # PEFT keeps target_modules in a set: the order in adapter_config.json follows the hashes
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", CUDA_VISIBLE_DEVICES="")

import json
import pathlib
import platform
import shutil
import warnings

import numpy
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoTokenizer

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASES = ROOT / "transformer-model/src/test/resources/parity"  # what make_bert_fixtures.py and make_generation_fixtures.py write

# every training run of a fixture
BATCH, STEPS, LEARNING_RATE, WEIGHT_DECAY = 4, 10, 5e-3, 0.01
LABELS = ["lake", "river", "sea"]


def settle():
    """One thread, deterministic kernels, no messages: the same bytes each time."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def versions(*libraries):
    """The versions that a README names."""
    named = ", ".join(f"{m.__name__} {m.__version__.split('+')[0]}" for m in libraries)
    return f"Python {platform.python_version()}, {named}"


def numbers(tensor):
    """Nested lists of the shortest decimals that read back as the same float32."""
    array = numpy.asarray(tensor.detach())
    return numpy.array([float(str(v)) for v in array.flat]).reshape(array.shape).tolist()


def write_json(path, content):
    """One line a key, so that a change shows in a diff."""
    lines = ",\n".join(f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in content.items())
    path.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def write_lines(path, rows):
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def distance(a, b):
    return float((a.detach().double() - b.detach().double()).abs().max())


def file_key(name):
    """A parameter's name in a PeftModel -> its name in adapter_model.safetensors."""
    return name.replace(".modules_to_save.default.", ".").replace(".default.", ".")


def save_adapter(model, folder):
    model.save_pretrained(folder)
    pathlib.Path(folder, "README.md").unlink()  # the model card, a template


def adamw(groups):
    """The optimizer of every run: parameters, or groups with rates of their own."""
    return torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=WEIGHT_DECAY)


def run_steps(model, optimizer, count, loss, after=None):
    """The steps of every training run: batches of `count` rows in file order, around and around. Yields the numbers of a step's rows and its
    loss when the gradients are there; `after` is called with the step's number when the optimizer has used them."""
    model.train()
    for step in range(STEPS):
        rows = [(step * BATCH + i) % count for i in range(BATCH)]
        value = loss(rows)
        value.backward()
        yield rows, value
        optimizer.step()
        if after:
            after(step)
        optimizer.zero_grad(set_to_none=True)


class Base:
    """A tiny checkpoint under BASES, copied to the folder base/ of the current directory, with its rows. Every number comes from a row
    alone, without padding."""

    def __init__(self, name):
        self.name = name
        source = BASES / name
        shutil.copytree(source / "base", "base", dirs_exist_ok=True)
        self.tokenizer = AutoTokenizer.from_pretrained("base")
        self.rows = [json.loads(line) for line in (source / "data.jsonl").read_text(encoding="utf-8").splitlines()]
        labels = source / "labels.json"
        self.labels = json.loads(labels.read_text()) if labels.exists() else None
        self.bart = name.startswith(("bart/", "t5/"))  # an encoder and a decoder
        self.task = "SEQ_CLS" if self.labels else "SEQ_2_SEQ_LM" if self.bart else "CAUSAL_LM"

    def load(self, folder="base"):
        """Eager attention: in transformers 4.57 the other implementations pass over some of GPT-2's settings."""
        kinds = {"SEQ_CLS": AutoModelForSequenceClassification, "SEQ_2_SEQ_LM": AutoModelForSeq2SeqLM, "CAUSAL_LM": AutoModelForCausalLM}
        return kinds[self.task].from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()

    def inputs(self, row, end):
        """A row as the model reads it, with labels; training adds the end token, prediction does not."""
        row = self.rows[row]
        if self.labels:
            encoded = self.tokenizer(row["text"], row.get("text_pair"), return_tensors="pt")
            # tokenizers that are of no family name types all the same
            if self.name.split("/")[0] in ("gpt2", "bart", "llama", "mistral", "qwen2", "qwen3", "gemma2", "t5"):
                encoded.pop("token_type_ids", None)
            return {**encoded, "labels": torch.tensor([self.labels.index(row["label"])])}
        prompt = self.tokenizer(row["prompt"])["input_ids"]
        completion = self.tokenizer(row["completion"], add_special_tokens=False)["input_ids"] + [self.tokenizer.eos_token_id] * end
        ids = torch.tensor([prompt if self.bart else prompt + completion])
        labels = torch.tensor([completion if self.bart else [-100] * len(prompt) + completion])
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}

    def scores(self, model):
        """Of each row: the classes' logits, or the log-probabilities of the completion's tokens, without an end token."""
        model.eval()
        found = []
        with torch.no_grad(), warnings.catch_warnings(action="ignore"):
            for r in range(len(self.rows)):
                inputs = self.inputs(r, end=False)
                labels = inputs.pop("labels")[0]  # PEFT's AdaLoRA cannot compute a loss when it is not trained
                if self.task == "SEQ_2_SEQ_LM":
                    start = torch.tensor([model.config.decoder_start_token_id])
                    inputs["decoder_input_ids"] = torch.cat([start, labels[:-1]]).unsqueeze(0)
                logits = model(**inputs).logits[0]
                if self.labels:
                    found.append(logits)
                    continue
                logp = logits.log_softmax(-1)[-len(labels) :]  # rows in front of the text have logits too
                if not self.bart:
                    logp, labels = logp[:-1], labels[1:]
                found.append(torch.stack([logp[i, t] for i, t in enumerate(labels.tolist()) if t != -100]))
        return found

    def loss(self, model, rows):
        """The mean over the labelled tokens, or the rows, of a step."""
        total, count = 0, 0
        for r in rows:
            inputs = self.inputs(r, end=True)
            labelled = int((inputs["labels"] != -100).sum())
            with warnings.catch_warnings(action="ignore"):
                total = total + model(**inputs).loss * labelled
            count += labelled
        return total / count


def apart(scores, others):
    """The largest distance between two models' scores."""
    return max(distance(a, b) for a, b in zip(scores, others, strict=True))
