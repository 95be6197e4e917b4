"""Makes the parity fixtures of token classification: tiny random encoders with a classifier of tokens, LoRA adapters of HF PEFT for them, and
the numbers that PyTorch, transformers and PEFT compute.

usage: python parity/make_token_fixtures.py
       (writes transformer-model/src/test/resources/parity/tokens, whose content is replaced)

tokens/FAMILY/ holds base/, data.jsonl with words and their labels, labels.json and expected.json: `logits`, of each row the first tokens of
its words, one after another; adapters/lora/ what `save_pretrained` writes, with `logits` and, where it is trained, training.json and after/.
A word's label is that of its first token. Seeded like make_bert_fixtures.py; float32 and float64 training end within 2e-5 of each other.
"""

import contextlib
import json
import pathlib
import shutil

import fixtures  # first: it sets the environment that torch sees
import make_bert_fixtures as bert
import make_encoder_fixtures as encoders
import peft
import tokenizers
import torch
import transformers
from fixtures import BASES, STEPS, distance, numbers, write_json, write_lines
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForTokenClassification, AutoTokenizer

OUTPUT = BASES / "tokens"
LABELS = ["B", "I", "O"]
ROWS = [
    ("the boat is on the lake .", "O B O O O B O"),
    ("A cold river runs to the unsinkable sea", "O B I O O O B I"),
    ("fish", "B"),
    ("old men fishing in boats !", "B I O O B O"),
    ("he swims", "O O"),
    ("no boat on the warm waters near the lake", "O B O O B I O O B"),
    ("uncold waters running", "B I O"),
    ("small , small boats sailing north", "O O B I O O"),
]
SIZES = dict(encoders.BERT_SIZES, **encoders.NO_DROPOUT, hidden_size=24)


def with_space():
    """Words that were split need a space in front to be the tokens that they are in a text."""
    tokenizer = encoders.byte_level()
    tokenizer.backend_tokenizer.pre_tokenizer = encoders.pre_tokenizers.ByteLevel(add_prefix_space=True)
    return transformers.RobertaTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer, model_max_length=48, add_prefix_space=True)


CASES = {
    "bert": (transformers.BertConfig, dict(SIZES, type_vocab_size=2), bert.make_tokenizer, ["query", "value"]),
    "roberta": (transformers.RobertaConfig, dict(SIZES, max_position_embeddings=50, type_vocab_size=1), with_space, ["query", "value"]),
    "distilbert": (
        transformers.DistilBertConfig,
        dict(dim=24, n_layers=2, n_heads=4, hidden_dim=40, max_position_embeddings=48, dropout=0.0, attention_dropout=0.0),
        encoders.pieces(transformers.DistilBertTokenizerFast),
        ["q_lin", "v_lin"],
    ),
    "electra": (transformers.ElectraConfig, dict(SIZES, embedding_size=16), encoders.pieces(transformers.ElectraTokenizerFast), ["query", "value"]),
    "albert": (
        transformers.AlbertConfig,
        dict(SIZES, embedding_size=16, classifier_dropout_prob=0.0),
        encoders.pieces(transformers.AlbertTokenizerFast),
        ["query", "value"],
    ),
    "deberta-v2": (
        transformers.DebertaV2Config,
        dict(encoders.DEBERTA, hidden_size=24, share_att_key=True, position_buckets=8, pos_att_type="p2c|c2p", norm_rel_ebd="layer_norm"),
        encoders.pieces(transformers.DebertaV2TokenizerFast),
        ["query_proj", "value_proj"],
    ),
}


def encode(tokenizer, rows):
    """Rows as one padded batch, with a label for the first token of each word."""
    words = [ROWS[r][0].split() for r in rows]
    batch = tokenizer(words, is_split_into_words=True, padding=True, return_tensors="pt")
    labels = torch.full(batch["input_ids"].shape, -100)
    for i, r in enumerate(rows):
        before = None
        for j, word in enumerate(batch.word_ids(i)):
            if word is not None and word != before:
                labels[i, j] = LABELS.index(ROWS[r][1].split()[word])
            before = word
    return {**batch, "labels": labels}


def logits(model, tokenizer):
    """Of each row the logits of its words' first tokens."""
    model.eval()
    batch = encode(tokenizer, range(len(ROWS)))
    labels = batch["labels"]
    with torch.no_grad():
        all_logits = model(**batch).logits
    return [all_logits[i][labels[i] != -100].flatten() for i in range(len(ROWS))]


def base():
    return AutoModelForTokenClassification.from_pretrained("base", dtype=torch.float32, attn_implementation="eager").eval()


def make_base(config, sizes, tokenizer, seed):
    labels = dict(id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})
    model = AutoModelForTokenClassification.from_config(config(vocab_size=len(tokenizer), **labels, **sizes))
    encoders.randomize(model, seed)
    model.save_pretrained("base")
    tokenizer.save_pretrained("base")
    for path in pathlib.Path("base").iterdir():  # tokenizer.json says it all
        if path.name not in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
            path.unlink()
    write_lines(pathlib.Path("data.jsonl"), [{"tokens": words.split(), "labels": labels.split()} for words, labels in ROWS])
    pathlib.Path("labels.json").write_text(json.dumps(LABELS) + "\n")


def train(model, tokenizer):
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad and "original_module" not in n}
    steps = fixtures.run_steps(model, fixtures.adamw(trained.values()), len(ROWS), lambda rows: model(**encode(tokenizer, rows)).loss)
    return trained, [loss.detach() for _, loss in steps]


def make_adapter(name, targets, tokenizer, seed):
    folder = pathlib.Path("adapters", "lora")
    torch.manual_seed(seed)
    model = get_peft_model(base(), LoraConfig(task_type="TOKEN_CLS", r=4, lora_alpha=8, target_modules=targets))
    with torch.no_grad():
        for n, p in model.named_parameters():
            if "lora_B" in n:
                torch.nn.init.normal_(p, std=0.2)
            elif p.requires_grad and "lora_A" not in n:
                p.add_(torch.randn_like(p) * 0.2)
    fixtures.save_adapter(model, folder)
    found = logits(model, tokenizer)
    assert fixtures.apart(found, logits(base(), tokenizer)) > 0.1, "the adapter changes too little"
    merged = logits(PeftModel.from_pretrained(base(), folder).merge_and_unload(), tokenizer)
    on = f"tokens/{name}"
    write_json(folder / "expected.json", {"base": on, "logits": [numbers(x) for x in found], "merged_logits": [numbers(x) for x in merged]})
    model, exact = (PeftModel.from_pretrained(base(), folder, is_trainable=True) for _ in range(2))
    trained, losses = train(model, tokenizer)
    exact_trained, exact_losses = train(exact.double(), tokenizer)
    worst = max(distance(p, exact_trained[n]) for n, p in trained.items())
    if worst > 2e-5:
        return False
    fixtures.save_adapter(model, folder / "after")
    optimizer = {"name": "AdamW", "learning_rate": fixtures.LEARNING_RATE, "weight_decay": fixtures.WEIGHT_DECAY}
    run = {"optimizer": optimizer, "max_grad_norm": 0, "batch_size": fixtures.BATCH, "steps": STEPS}
    apart = {"losses": fixtures.apart(losses, exact_losses), "tensors": worst}
    write_json(folder / "training.json", {**run, "losses": [numbers(x) for x in losses], "float64_distance": apart})
    return True


README = """# Parity fixtures of token classification

Written by `parity/make_token_fixtures.py`, whose first lines say what the files mean; do not edit. Made with {versions}.
"""


def main():
    fixtures.settle()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    (OUTPUT / "README.md").write_text(README.format(versions=fixtures.versions(torch, transformers, peft, tokenizers)))
    for i, (name, (config, sizes, tokenizer, targets)) in enumerate(CASES.items()):
        print(name, flush=True)
        folder = OUTPUT / name
        folder.mkdir()
        with contextlib.chdir(folder):
            make_base(config, sizes, tokenizer(), 300 + i)
            loaded = AutoTokenizer.from_pretrained("base", **({"add_prefix_space": True} if name == "roberta" else {}))
            write_json(pathlib.Path("expected.json"), {"logits": [numbers(x) for x in logits(base(), loaded)]})
            assert any(make_adapter(name, targets, loaded, 60000 + 100 * i + k) for k in range(60)), "no seed is good enough"


if __name__ == "__main__":
    main()
