"""Makes the parity fixtures of T5 and of the decoder families that came from LLaMA: tiny random checkpoints, adapters of HF PEFT and AdapterHub for
them, and the numbers that PyTorch, transformers, PEFT and `adapters` compute with both.

usage: python parity/make_decoder_fixtures.py [CASE ...]
       (CASE is a name below, such as llama/lm; all of them without one. Writes the folders llama, mistral, qwen2, qwen3, gemma2 and t5 of
       transformer-model/src/test/resources/parity, and the cases METHOD/FAMILY... in src/test/resources/parity of the methods' modules)

Rows, tokenizer, seeds and checks are those of make_generation_fixtures.py, make_method_fixtures.py and make_prompt_fixtures.py, which do
the work; run those first, as they empty the folders that they write. Attention is eager: the other implementations of transformers 4.57
pass over Gemma 2's soft caps.
"""

import contextlib
import json
import pathlib
import shutil
import sys
import tempfile

import fixtures  # first: it sets the environment that torch sees
import adapters
import make_generation_fixtures as gen
import make_method_fixtures as methods
import make_prompt_fixtures as prompts
import numpy
import peft
import tokenizers
import torch
import transformers
from fixtures import BASES, LABELS, ROOT, write_json, write_lines
from make_method_fixtures import AdaLora, Bottleneck, Peft
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoTokenizer

SIZES = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=48, tie_word_embeddings=False)
SMALL = dict(SIZES, hidden_size=24, intermediate_size=20, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
             tie_word_embeddings=True)
GEMMA = dict(SIZES, head_dim=12, query_pre_attn_scalar=20, sliding_window=4, attn_logit_softcapping=2.5, final_logit_softcapping=3.0,
             tie_word_embeddings=True)
QV = dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"])
T5 = dict(d_model=32, d_kv=10, d_ff=40, num_layers=2, num_heads=4, dropout_rate=0.0, decoder_start_token_id=1)
T5_QV = dict(r=8, lora_alpha=16, target_modules=["q", "v"])
ALL = dict(r=4, lora_alpha=8, target_modules="all-linear")


def rope(kind, **keys):
    return dict(SMALL, rope_scaling={"rope_type": kind, **keys})


class Case(gen.Case):
    """One checkpoint: its family is the first part of its name."""

    @property
    def bart(self):  # an encoder and a decoder
        return self.family == "t5"

    @property
    def family(self):
        return self.name.split("/")[0]


CASES = [
    Case("llama/lm", "the main case: grouped heads, an output projection of its own", SIZES,
         adapters={"default": QV, "all-linear": ALL,
                   "gates": dict(r=4, lora_alpha=8, target_modules=["mlp.gate_proj", "down_proj"], use_rslora=True),
                   # PEFT stores the base's own output projection and words beside it
                   "head": dict(r=4, lora_alpha=8, target_modules=["q_proj", "lm_head"]),
                   "saved": dict(QV, modules_to_save=["norm", "embed_tokens"]),
                   "shift": dict(r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"], lora_bias=True)},
         trained=("default", "gates", "saved", "shift")),
    Case("llama/options", "biases everywhere, heads of another size, tied, GELU, epsilon 1e-3, rope_theta 500, in shards",
         dict(SIZES, attention_bias=True, mlp_bias=True, head_dim=12, tie_word_embeddings=True, hidden_act="gelu", rms_norm_eps=1e-3,
              rope_theta=500.0),
         shard="20KB", adapters={"default": QV}),
    Case("llama/linear", "linear rope scaling", rope("linear", factor=2.5)),
    Case("llama/dynamic", "dynamic rope scaling; texts longer than the trained positions",
         dict(rope("dynamic", factor=4.0), max_position_embeddings=12)),
    Case("llama/llama3", "rope scaling of Llama 3.1",
         rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=24)),
    Case("llama/yarn", "YaRN rope scaling", rope("yarn", factor=4.0, original_max_position_embeddings=12)),
    Case("llama/yarn-options", "YaRN with all its keys",
         rope("yarn", factor=4.0, beta_fast=4.0, beta_slow=0.5, mscale=0.8, mscale_all_dim=0.3, truncate=False)),
    Case("llama/classify", "LlamaForSequenceClassification: the last token", SIZES, task="classify", adapters={"default": QV},
         trained=("default",)),
    Case("mistral/lm", "a window of 4 keys", dict(SIZES, sliding_window=4), adapters={"default": QV}, trained=("default",)),
    Case("mistral/wide", "no window, one key-value head for all, rope_theta 1e6", dict(SMALL, sliding_window=None, rope_theta=1e6)),
    Case("qwen2/lm", "biases on queries, keys and values; a window of 5 keys in the second layer",
         dict(SIZES, use_sliding_window=True, sliding_window=5, max_window_layers=1), adapters={"default": QV, "all-linear": ALL},
         trained=("default",)),
    Case("qwen3/lm", "norms of each head's queries and keys, heads of another size, a window of 6 keys in the first layer",
         dict(SIZES, head_dim=12, use_sliding_window=True, sliding_window=6, layer_types=["sliding_attention", "full_attention"]),
         adapters={"default": QV}, trained=("default",)),
    Case("qwen3/classify", "Qwen3ForSequenceClassification, with biases", dict(SMALL, head_dim=16, attention_bias=True), task="classify"),
    Case("gemma2/lm", "norms of 1 + w before and behind, soft caps, a window of 4 keys in every other layer", GEMMA,
         adapters={"default": QV, "all-linear": ALL,
                   "tokens": dict(QV, trainable_token_indices=[2, 260, 40, 299]),
                   "words": dict(r=4, lora_alpha=8, target_modules=["q_proj", "embed_tokens"])},
         trained=("default", "tokens")),
    Case("gemma2/plain", "no caps", dict(GEMMA, num_hidden_layers=1, attn_logit_softcapping=None, final_logit_softcapping=None)),
    Case("gemma2/classify", "Gemma2ForSequenceClassification; a window longer than the texts, as transformers computes NaN for padding in float64",
         dict(GEMMA, sliding_window=48), task="classify"),
    Case("t5/lm", "the main case: 3 layers in the encoder and 2 in the decoder, heads of another size, ReLU, tied", dict(T5, num_layers=3, num_decoder_layers=2),
         adapters={"default": T5_QV, "all-linear": ALL,
                   "cross": dict(r=4, lora_alpha=8, target_modules=["EncDecAttention.k", "EncDecAttention.v", "wi"])},
         trained=("default", "cross")),
    Case("t5/gated", "gated GELU, an output projection of its own, 10 buckets up to a distance of 14, in shards",
         dict(T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False, relative_attention_num_buckets=10,
              relative_attention_max_distance=14), shard="20KB", adapters={"default": T5_QV}),
    Case("t5/even", "as many layers in both stacks and heads of the width that PEFT expects, few buckets", dict(T5, d_kv=8, relative_attention_num_buckets=6, relative_attention_max_distance=9)),
    Case("t5/classify", "T5ForSequenceClassification: the last end token", dict(T5, feed_forward_proj="gated-silu"), task="classify",
         adapters={"default": dict(T5_QV, modules_to_save=["classification_head"])}, trained=("default",)),
    Case("llama/longrope", "LongRoPE with the trained length beside it, as Phi 3 has it; texts on both sides of it",
         dict(rope("longrope", short_factor=[1.0, 1.1, 1.3, 1.4, 1.6, 1.9], long_factor=[1.2, 2.0, 3.5, 6.0, 6.5, 8.0]), max_position_embeddings=60,
              original_max_position_embeddings=12)),
    Case("llama/longrope-factor", "LongRoPE with a factor of its own: no text is too long for the first list",
         rope("longrope", factor=4.0, short_factor=[1.0, 1.1, 1.3, 1.4, 1.6, 1.9], long_factor=[1.2, 2.0, 3.5, 6.0, 6.5, 8.0])),
]

TUNERS = {
    "llama/classify": {
        "lora-core": {
            "lora": {"dora-llama": Peft(peft.LoraConfig, r=4, target_modules=["q_proj", "gate_proj", "down_proj"], use_dora=True)},
            "vera": {"llama": Peft(peft.VeraConfig, r=16, target_modules=["q_proj", "v_proj"])},
            "adalora": {
                "llama": AdaLora(peft.AdaLoraConfig, after_step=methods.adalora, init_r=6, target_r=3, lora_alpha=12, tinit=2, tfinal=3,
                                 deltaT=2, total_step=fixtures.STEPS, target_modules=["q_proj", "v_proj"])
            },
        },
        "adapter-tuning": {
            "houlsby": {"llama": Bottleneck("HOULSBY", adapters.DoubleSeqBnConfig(reduction_factor=4), reduction_factor=4)},
            "pfeiffer": {"llama": Bottleneck("PFEIFFER", adapters.SeqBnConfig(reduction_factor=4), reduction_factor=4)},
            "parallel": {"llama": Bottleneck("PARALLEL", adapters.ParBnConfig())},
        },
        "selective-tuning": {
            "ia3": {"llama": Peft(peft.IA3Config)},
            "layer-norm": {"llama": Peft(peft.LNTuningConfig, target_modules=["input_layernorm", "norm"])},
        },
    },
    "qwen3/classify": {
        "selective-tuning": {
            "layer-norm": {"qwen3": Peft(peft.LNTuningConfig, target_modules=["q_norm", "k_norm", "post_attention_layernorm"])},
            "ia3": {"qwen3": Peft(peft.IA3Config, target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"])},
        },
    },
    "gemma2/classify": {
        "lora-core": {"lora": {"dora-gemma2": Peft(peft.LoraConfig, r=4, target_modules=["k_proj", "up_proj"], use_dora=True)}},
        "selective-tuning": {
            "ia3": {"gemma2": Peft(peft.IA3Config, target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"])},
            "layer-norm": {"gemma2": Peft(peft.LNTuningConfig, target_modules=["post_feedforward_layernorm", "norm"])},
        },
    },
}

T5_HEAD = dict(modules_to_save=["classification_head"])
TUNERS["t5/classify"] = {
    "lora-core": {
        "lora": {"dora-t5": Peft(peft.LoraConfig, r=4, target_modules=["q", "wi_0", "wo"], use_dora=True, **T5_HEAD)},
        "adalora": {
            "t5": AdaLora(peft.AdaLoraConfig, after_step=methods.adalora, init_r=6, target_r=3, lora_alpha=12, tinit=2, tfinal=3, deltaT=2,
                          total_step=fixtures.STEPS, target_modules=["q", "v"], **T5_HEAD)
        },
    },
    "selective-tuning": {"layer-norm": {"t5": Peft(peft.LNTuningConfig, target_modules=["layer_norm", "final_layer_norm"], **T5_HEAD)}},
}

PREFIX, PROMPT, P_TUNING = peft.PrefixTuningConfig, peft.PromptTuningConfig, peft.PromptEncoderConfig
ROWS_IN_FRONT = {
    "llama/lm": {
        "prefix": {"llama": (PREFIX, dict(num_virtual_tokens=5)), "llama-projection": (PREFIX, dict(num_virtual_tokens=3, **prompts.MLP))},
        "prompt": {"llama": (PROMPT, dict(num_virtual_tokens=4)), "llama-text": (PROMPT, dict(num_virtual_tokens=7, **prompts.TEXT))},
        "p-tuning": {"llama": (P_TUNING, dict(num_virtual_tokens=5, encoder_hidden_size=12))},
    },
    "llama/classify": {
        "prefix": {"llama-classify": (PREFIX, dict(num_virtual_tokens=4))},
        "prompt": {"llama-classify": (PROMPT, dict(num_virtual_tokens=5))},
    },
    "mistral/lm": {"prefix": {"mistral": (PREFIX, dict(num_virtual_tokens=3))}, "prompt": {"mistral": (PROMPT, dict(num_virtual_tokens=3))}},
    "qwen2/lm": {"prefix": {"qwen2": (PREFIX, dict(num_virtual_tokens=3))}},
    "qwen3/lm": {"prompt": {"qwen3": (PROMPT, dict(num_virtual_tokens=3))}},
    "t5/even": {
        "prefix": {"t5": (PREFIX, dict(num_virtual_tokens=5))},
        "prompt": {"t5": (PROMPT, dict(num_virtual_tokens=4))},
        "p-tuning": {"t5": (P_TUNING, dict(num_virtual_tokens=3, encoder_hidden_size=12))},
    },
    "gemma2/lm": {"prompt": {"gemma2": (PROMPT, dict(num_virtual_tokens=3))}},
}

methods.PLACES.update({family: {"attention_adapters": "self_attn", "output_adapters": "mlp"} for family in ("llama", "mistral")})


def model_class(case):
    if case.task == "classify":
        return AutoModelForSequenceClassification
    return AutoModelForSeq2SeqLM if case.bart else AutoModelForCausalLM


def randomize(model, seed):
    """As gen.randomize: weights far larger than a fresh model's."""
    torch.manual_seed(seed)
    gemma = model.config.model_type == "gemma2"
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name:
                torch.nn.init.uniform_(p, *((-0.4, 0.4) if gemma else (0.6, 1.4)))
            elif name.endswith("bias"):
                torch.nn.init.normal_(p, std=0.3)
            else:  # T5 divides what it reads of its table by the root of the width, and does not scale its scores
                std = {"shared.weight": 1.5, "transformer.shared.weight": 1.5}.get(name, 0.3 if "embed" in name else 0.25)
                torch.nn.init.normal_(p, std=0.8 if "relative_attention_bias" in name else std)


def make_base(case, seed, tokenizer):
    labels = {} if case.task == "generate" else dict(id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})
    end = 2 if case.bart else 0
    config = AutoConfig.for_model(case.family, vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=end, pad_token_id=1, **labels,
                                  **case.config)
    model = model_class(case).from_config(config, attn_implementation="eager")
    randomize(model, seed)
    model.save_pretrained("base", max_shard_size=case.shard or "1GB")
    tokenizer.save_pretrained("base")
    for extra in ("vocab.json", "merges.txt", "special_tokens_map.json", "chat_template.jinja"):
        pathlib.Path("base", extra).unlink(missing_ok=True)


def train(case, model, tokenizer):
    """As gen.train, a row at a time: transformers computes NaN for padding that a window hides from all else."""
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}

    def loss(rows):
        inputs = [gen.encode(case, tokenizer, [r], end=True) for r in rows]
        counts = [1 if case.task == "classify" else int((each["labels"] != -100).sum()) for each in inputs]
        return sum(gen.run(case, model, each)[0] * n for each, n in zip(inputs, counts)) / sum(counts)

    losses = []
    for _, value in fixtures.run_steps(model, fixtures.adamw(trained.values()), len(gen.ROWS), loss):
        trained = {n: p for n, p in trained.items() if p.grad is not None}
        losses.append(gen.numbers(value))
    return {fixtures.file_key(n): p for n, p in trained.items()}, losses


def reset_before_each(model):
    """Dynamic scaling keeps the frequencies of the longest text that the model has read: here each text is the first."""

    def forget(module, _):
        module.inv_freq, module.max_seq_len_cached = module.original_inv_freq, module.original_max_seq_len

    if model.config.model_type != "t5":
        model.base_model.rotary_emb.register_forward_pre_hook(forget)
    return model


def eager_base():
    return AutoModelForSequenceClassification.from_pretrained("base", dtype=torch.float32, attn_implementation="eager").eval()


methods.base = eager_base
gen.model_class = model_class
gen.train = train


def base(case, seed):
    """A checkpoint, its LoRA adapters and what is expected of both."""
    folder = BASES / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with contextlib.chdir(folder):
        make_base(case, seed, gen.make_tokenizer(case.bart))
        tokenizer = AutoTokenizer.from_pretrained("base")
        if case.task == "classify":
            write_lines(pathlib.Path("data.jsonl"), [{"text": p, "label": LABELS[l]} for p, _, l in gen.ROWS])
            pathlib.Path("labels.json").write_text(json.dumps(LABELS) + "\n")
        else:
            write_lines(pathlib.Path("data.jsonl"), [{"prompt": p, "completion": c} for p, c, _ in gen.ROWS])
        found = gen.expected(case, reset_before_each(gen.load_base(case)), tokenizer, full=case.name.endswith("/lm"))
        if case.name in ("llama/dynamic", "llama/longrope"):
            found.pop("greedy")  # transformers' cache keeps keys that were turned for shorter texts: it differs from a full pass
        write_json(pathlib.Path("expected.json"), found)
        for j, name in enumerate(case.adapters):
            assert any(adapter(case, name, seed + 40 + j + 1000 * k, tokenizer) for k in range(20)), "no seed is good enough"


def adapter(case, name, seed, tokenizer):
    """A LoRA adapter, and if it is to be trained also its run; False if rounding decides too much with this seed."""
    gen.make_adapter(case, name, seed, tokenizer)
    if name in case.trained:
        try:
            gen.run_training(case, name, tokenizer)
        except AssertionError:
            return False
    return True


def tuners(case, seed):
    """Adapters of the other methods, in their modules."""
    for module, kinds in TUNERS.get(case.name, {}).items():
        for i, (method, references) in enumerate(kinds.items()):
            for j, (name, reference) in enumerate(references.items()):
                with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
                    reference.on = case.name
                    folder = pathlib.Path(method, name)
                    methods.on(reference)
                    tokenizer = AutoTokenizer.from_pretrained("base")
                    methods.make(reference, folder, seed + 10 * i + j, tokenizer)
                    methods.train(reference, folder, tokenizer)
                    place(folder, ROOT / module / "src/test/resources/parity" / folder)


def rows_in_front(case, seed):
    output = ROOT / "prefix-tuning/src/test/resources/parity"
    for i, (method, cases) in enumerate(ROWS_IN_FRONT.get(case.name, {}).items()):
        for j, (name, (kind, settings)) in enumerate(cases.items()):
            with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
                folder = pathlib.Path(method, name)
                known = fixtures.Base(case.name)
                seeds = (seed + 100 * i + 10 * j + k for k in range(100))
                assert any(prompts.make(folder, known, kind, settings, s) for s in seeds), "no seed is good enough"
                place(folder, output / folder)


def place(folder, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)


def main():
    fixtures.settle()
    for i, case in enumerate(CASES):
        if sys.argv[1:] and case.name not in sys.argv[1:]:
            continue
        print(case.name, flush=True)
        base(case, 100 * i + 9)
        tuners(case, 5000 + 100 * i)
        rows_in_front(case, 9000 + 1000 * i)
    for family in dict.fromkeys(case.family for case in CASES):
        if not (BASES / family).exists():
            continue
        readme = gen.README.replace("make_generation_fixtures.py", "make_decoder_fixtures.py").replace("for GPT-2", "for the others")
        (BASES / family / "README.md").write_text(
            readme.format(
                family=family,
                versions=fixtures.versions(torch, transformers, peft, adapters, tokenizers, numpy),
                cases="\n".join(f"| `{c.name}` | {c.about} |" for c in CASES if c.family == family),
                rows=len(gen.ROWS),
                new=gen.NEW_TOKENS,
                steps=fixtures.STEPS,
                batch=fixtures.BATCH,
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
