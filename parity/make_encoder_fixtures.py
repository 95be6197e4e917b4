"""Makes the parity fixtures of the encoders other than BERT: tiny random checkpoints of RoBERTa, XLM-R, DistilBERT, ELECTRA, ALBERT and
DeBERTa v2/v3, adapters of HF PEFT and AdapterHub's `adapters` for them, and the numbers that PyTorch and these libraries compute.

usage: python parity/make_encoder_fixtures.py [FAMILY/CASE ...]
       (all of them without one; writes FAMILY/CASE/ in transformer-model/src/test/resources/parity)

Seeded like make_bert_fixtures.py, with the same rows. What the files mean is in the README.md that is written beside the fixtures. Seeds of a
training run are tried in turn until float32 and float64 end within 2e-5 of each other.
"""

import contextlib
import json
import pathlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, field

import fixtures  # first: it sets the environment that torch sees
import adapters
import make_bert_fixtures as bert

ROWS = list(bert.ROWS)
import make_method_fixtures as methods
import make_prompt_fixtures as prompts
import peft
import tokenizers
import torch
import transformers
from fixtures import BASES, LABELS, distance, numbers, write_json, write_lines
from make_method_fixtures import AdaLora, BitFit, Bottleneck, Peft
from peft import PromptEncoderConfig, PromptTuningConfig
from tokenizers import decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LENGTH = 48


# ---- tokenizers ----


def byte_level():
    """RoBERTa's byte-level BPE, trained on the rows."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return transformers.RobertaTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH)


def unigram():
    """XLM-R's pieces of a unigram model: some whole words, and the letters of the rows."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words = sorted({word for text in texts() for word in text.split() if len(word) > 1 and word != "water"})
    letters = sorted({letter for text in texts() for letter in text if letter not in " x"})  # x is unknown
    vocabulary = [(piece, 0.0) for piece in special] + [("\u2581" + word, -4.0 - 0.1 * i) for i, word in enumerate(words)]
    vocabulary += [("\u2581", -9.0)] + [(letter, -10.0 - 0.1 * i) for i, letter in enumerate(letters)]
    tokenizer = tokenizers.Tokenizer(models.Unigram(vocabulary, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return transformers.XLMRobertaTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH)


def pieces(kind):
    """BERT's word pieces under the name of another family."""

    def make():
        return kind(tokenizer_object=bert.make_tokenizer().backend_tokenizer, model_max_length=LENGTH)

    return make


def texts():
    return [text for first, second, _ in ROWS for text in (first, second) if text]


# ---- the cases ----

BERT_SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40, max_position_embeddings=LENGTH)
NO_DROPOUT = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
DEBERTA = dict(
    BERT_SIZES, **NO_DROPOUT, num_hidden_layers=3, relative_attention=True, pad_token_id=0, max_position_embeddings=LENGTH, layer_norm_eps=1e-7
)
QV = ["query", "value"]


def lora(targets, **more):
    return lambda on: Peft(peft.LoraConfig, on=on, r=4, lora_alpha=8, target_modules=targets, **more)


def adalora(targets):
    return lambda on: AdaLora(
        peft.AdaLoraConfig, on=on, own={"ranks": True}, init_r=4, target_r=2, total_step=9, target_modules=targets
    )


def bottleneck(kind, config, **own):
    return lambda on: Bottleneck(kind, config, on=on, **own)


BOTTLENECKS = {
    "houlsby": bottleneck("HOULSBY", adapters.DoubleSeqBnConfig(reduction_factor=4), reduction_factor=4),
    "pfeiffer": bottleneck("PFEIFFER", adapters.SeqBnConfig(reduction_factor=4), reduction_factor=4),
    "parallel": bottleneck(
        "PARALLEL",
        adapters.ParBnConfig(scaling="learned", mh_adapter=True, reduction_factor=4),
        scaling="learned",
        mh_adapter=True,
        reduction_factor=4,
    ),
}
# PEFT 0.21 fails with prefixes on all of these, and with prompts on DistilBERT and where embeddings are narrower than hidden states
PROMPTS = {
    "prompt": (PromptTuningConfig, dict(num_virtual_tokens=4)),
    "p-tuning": (PromptEncoderConfig, dict(num_virtual_tokens=3, encoder_hidden_size=12)),
}


def tuned(query, value, down, norm, **more):
    """What PEFT puts on linear sites and norms, by the names of a family."""
    found = {
        "lora": lora([query, value]),
        "lora-long": lora([down, query], use_rslora=True, bias="lora_only"),
        "lora-all-linear": lora("all-linear"),
        "dora": lora([query, down], use_dora=True),
        "vera": lambda on: Peft(peft.VeraConfig, on=on, r=8, target_modules=[query, value]),
        "adalora": adalora([query, value]),
        "ia3": lambda on: Peft(peft.IA3Config, on=on, target_modules=[value, down], feedforward_modules=[down]),
        "layer-norm": lambda on: Peft(peft.LNTuningConfig, on=on, target_modules=norm),
        "bitfit": lambda on: BitFit({"only": value}, own={"target_modules": [value]}, on=on),
    }
    if query == "q_lin":  # PEFT would adapt a layer of the classifier, and then fail to save it whole
        del found["lora-all-linear"]
    return {**found, **more}


@dataclass
class Case:
    """One checkpoint, and what is tried on it: adapters of linear sites, norms and sub-layers, and rows in front of texts."""

    about: str
    config: object
    sizes: dict
    tokenizer: object
    adapters: dict = field(default_factory=dict)
    prompts: dict = field(default_factory=dict)
    extra: tuple = ()  # more rows


BERT_TUNED = tuned("query", "value", "output.dense", ["LayerNorm"])
DEBERTA_TUNED = tuned("query_proj", "value_proj", "output.dense", ["LayerNorm"], **{"lora-key": lora(["key_proj", "query_proj"])})

CASES = {
    "roberta/classify": Case(
        "RobertaForSequenceClassification; the padding token is 1, so that positions start at 2",
        transformers.RobertaConfig,
        dict(BERT_SIZES, **NO_DROPOUT, max_position_embeddings=LENGTH + 2, type_vocab_size=1, layer_norm_eps=1e-5),
        byte_level,
        {**BERT_TUNED, **BOTTLENECKS},
        PROMPTS,
    ),
    "roberta/padding": Case(
        "the padding token is 3, there are two token types, ReLU; the token occurs in a text, and takes no position there",
        transformers.RobertaConfig,
        dict(BERT_SIZES, **NO_DROPOUT, hidden_size=24, pad_token_id=3, max_position_embeddings=LENGTH, type_vocab_size=2, hidden_act="relu"),
        byte_level,
        extra=(("fish <unk> swim <unk>", "no <unk> boat", 2),),
    ),
    "xlm-roberta/classify": Case(
        "XLMRobertaForSequenceClassification with a unigram tokenizer",
        transformers.XLMRobertaConfig,
        dict(BERT_SIZES, **NO_DROPOUT, hidden_size=24, max_position_embeddings=LENGTH + 2, type_vocab_size=1),
        unigram,
        {"lora": lora(QV)},
    ),
    "distilbert/classify": Case(
        "DistilBertForSequenceClassification: no token types, a classifier of two layers, the first one without dropout in front",
        transformers.DistilBertConfig,
        dict(dim=32, n_layers=2, n_heads=4, hidden_dim=40, max_position_embeddings=LENGTH, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0),
        pieces(transformers.DistilBertTokenizerFast),
        {**tuned("q_lin", "v_lin", "lin2", ["sa_layer_norm", "output_layer_norm"]), **BOTTLENECKS},
    ),
    "electra/classify": Case(
        "ElectraForSequenceClassification: embeddings of 20 features are projected to 32, GELU in the classifier",
        transformers.ElectraConfig,
        dict(BERT_SIZES, **NO_DROPOUT, embedding_size=20),
        pieces(transformers.ElectraTokenizerFast),
        {**BERT_TUNED, **BOTTLENECKS},
    ),
    "electra/wide": Case(
        "embeddings as wide as the hidden states: no projection",
        transformers.ElectraConfig,
        dict(BERT_SIZES, **NO_DROPOUT, embedding_size=32, layer_norm_eps=1e-5),
        pieces(transformers.ElectraTokenizerFast),
        prompts=PROMPTS,
    ),
    "albert/classify": Case(
        "AlbertForSequenceClassification: one layer is run three times, embeddings of 20 features",
        transformers.AlbertConfig,
        dict(BERT_SIZES, num_hidden_layers=3, embedding_size=20, classifier_dropout_prob=0.0),
        pieces(transformers.AlbertTokenizerFast),
        # `adapters` 1.3 hands ALBERT's attention bottleneck the sub-layer's input and output in each other's place
        {**tuned("query", "value", "ffn_output", ["LayerNorm", "full_layer_layer_norm"]), "pfeiffer": BOTTLENECKS["pfeiffer"]},
    ),
    "albert/groups": Case(
        "five layers in two groups of two inner layers each; embeddings as wide as the hidden states are projected too",
        transformers.AlbertConfig,
        dict(BERT_SIZES, num_hidden_layers=5, num_hidden_groups=2, inner_group_num=2, embedding_size=32, classifier_dropout_prob=0.0),
        pieces(transformers.AlbertTokenizerFast),
        {"lora-groups": lora(QV)},  # not trained: five runs of the same layers turn rounding into whole steps of Adam
        PROMPTS,
    ),
    "deberta-v2/shared": Case(
        "as DeBERTa v3: the text's own projections for distances, which share rows beyond 4, a norm on their table, no positions, no types",
        transformers.DebertaV2Config,
        dict(DEBERTA, share_att_key=True, position_buckets=8, pos_att_type=["p2c", "c2p"], norm_rel_ebd="layer_norm", position_biased_input=False, type_vocab_size=0),
        pieces(transformers.DebertaV2TokenizerFast),
        {**DEBERTA_TUNED, **BOTTLENECKS},
        PROMPTS,
    ),
    "deberta-v2/apart": Case(
        "projections of their own for distances, up to 10, positions and token types, tanh in the pooler",
        transformers.DebertaV2Config,
        dict(DEBERTA, pos_att_type="c2p|p2c", max_relative_positions=10, type_vocab_size=2, pooler_hidden_act="tanh"),
        pieces(transformers.DebertaV2TokenizerFast),
        {k: DEBERTA_TUNED[k] for k in ("lora", "lora-all-linear", "lora-key", "layer-norm")},
        {"prompt": PROMPTS["prompt"]},
    ),
    "deberta-v2/c2p": Case(
        "queries meet distances, keys do not",
        transformers.DebertaV2Config,
        dict(DEBERTA, num_hidden_layers=2, pos_att_type=["c2p"], position_buckets=6, norm_rel_ebd="layer_norm", position_biased_input=False),
        pieces(transformers.DebertaV2TokenizerFast),
    ),
    "deberta-v2/p2c": Case(
        "keys meet distances, queries do not; the projections are shared",
        transformers.DebertaV2Config,
        dict(DEBERTA, num_hidden_layers=2, pos_att_type=["p2c"], share_att_key=True, position_biased_input=True),
        pieces(transformers.DebertaV2TokenizerFast),
    ),
}

# where AdapterHub puts a bottleneck, and the path of the sub-layer in Graft
methods.PLACES |= {
    "roberta": methods.PLACES["bert"],
    "electra": methods.PLACES["bert"],
    "deberta-v2": methods.PLACES["bert"],
    "distilbert": {"attention_adapters": "attention", "output_adapters": "ffn"},
    "albert": {"attention.attention_adapters": "attention", "output_adapters": "ffn_output"},
}
methods.HEADS += ("pre_classifier",)


# ---- running ----


def encode(tokenizer, rows):
    """Rows as one padded batch with labels; the tokenizer knows whether the family has token types."""
    chosen = [bert.ROWS[r] for r in rows]
    batch = tokenizer.pad([tokenizer(text, pair, truncation=True, max_length=40) for text, pair, _ in chosen], return_tensors="pt")
    return dict(batch), torch.tensor([label for _, _, label in chosen])


bert.encode = encode


def randomize(model, seed):
    """Weights far larger than a fresh model's, biases and norms included: whatever is left out or swapped shows."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            norm = "norm" in name.lower()
            if norm and name.endswith("weight"):
                torch.nn.init.uniform_(p, 0.6, 1.4)
            elif name.endswith("bias"):
                torch.nn.init.normal_(p, std=0.3)
            elif "embeddings." in name:
                torch.nn.init.normal_(p, std=0.5)
            else:
                torch.nn.init.normal_(p, std=0.25)


def make_base(case, seed):
    tokenizer = case.tokenizer()
    labels = dict(id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})
    config = case.config(vocab_size=len(tokenizer), **labels, **case.sizes)
    model = AutoModelForSequenceClassification.from_config(config)
    randomize(model, seed)
    model.save_pretrained("base")
    tokenizer.save_pretrained("base")
    for path in pathlib.Path("base").iterdir():  # tokenizer.json says it all
        if path.name not in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
            path.unlink()
    write_lines(
        pathlib.Path("data.jsonl"),
        [{"text": a, **({"text_pair": b} if b else {}), "label": LABELS[l]} for a, b, l in bert.ROWS],
    )
    pathlib.Path("labels.json").write_text(json.dumps(LABELS) + "\n")
    model = methods.base()
    tokenizer = AutoTokenizer.from_pretrained("base")
    logits = bert.logits_of(model, tokenizer)
    ids = [tokenizer(text, pair)["input_ids"] for text, pair, _ in bert.ROWS]
    content = {"input_ids": ids, "logits": numbers(logits), "float64_distance": distance(logits, bert.precisely(model, tokenizer))}
    write_json(pathlib.Path("expected.json"), content)


def make_tuned(name, adapter, reference, seed):
    """Adapters of linear sites, norms and sub-layers; of `lora` a training run too."""
    for attempt in range(50):
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            folder = pathlib.Path("adapters", adapter)
            methods.on(reference)
            tokenizer = AutoTokenizer.from_pretrained("base")
            methods.make(reference, folder, seed + attempt, tokenizer)
            try:
                if adapter == "lora":
                    methods.train(reference, folder, tokenizer)
            except AssertionError as e:
                print(f"  {e}")
                continue
            shutil.copytree(folder, BASES / name / folder)
            return
    raise AssertionError("no seed is good enough")


def make_prompt(name, adapter, kind, settings, seed):
    with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
        base = fixtures.Base(name)
        folder = pathlib.Path("adapters", adapter)
        assert any(prompts.make(folder, base, kind, settings, seed + k) for k in range(100)), "no seed is good enough"
        if adapter != "prompt":
            for path in (folder / "training.json", folder / "start.safetensors"):
                path.unlink()
            shutil.rmtree(folder / "after")
        shutil.copytree(folder, BASES / name / folder)


README = """# {family} parity fixtures

Written by `parity/make_encoder_fixtures.py`; do not edit. Made with {versions}.

Tiny checkpoints with large random weights, adapters of HF PEFT and AdapterHub for them (AdapterHub's and PyTorch's under Graft's names), and
what PyTorch computes with both, in float32 without dropout. `float64_distance` is how far the same computation in float64 lies from it.

| case | what is special |
| --- | --- |
{cases}

`expected.json`: the rows' `input_ids` and `logits`; `adapters/NAME/expected.json`: `logits` with the adapter, and `merged_logits` where the
library can merge it; `training.json` and `after/`: {steps} AdamW steps from there, or from `start.safetensors`.
"""


def main():
    wanted = sys.argv[1:] or list(CASES)
    fixtures.settle()
    for i, (name, case) in enumerate(CASES.items()):
        if name not in wanted:
            continue
        print(name, flush=True)
        folder = BASES / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        bert.ROWS = ROWS + list(case.extra)
        with contextlib.chdir(folder):
            make_base(case, 4000 + 100 * i)
        for j, (adapter, make) in enumerate(case.adapters.items()):
            print(" ", adapter, flush=True)
            make_tuned(name, adapter, make(name), 5000 + 1000 * i + 60 * j)
        for j, (adapter, (kind, settings)) in enumerate(case.prompts.items()):
            print(" ", adapter, flush=True)
            make_prompt(name, adapter, kind, settings, 90000 + 1000 * i + 100 * j)
        family = name.split("/")[0]
        cases = [f"| `{n.split('/')[1]}` | {c.about} |" for n, c in CASES.items() if n.startswith(family + "/")]
        named = fixtures.versions(torch, transformers, peft, adapters, tokenizers)
        text = README.format(family=family, versions=named, cases="\n".join(cases), steps=fixtures.STEPS)
        (BASES / family / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
