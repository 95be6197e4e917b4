"""Walks through the keys of transformers' configuration classes, family by family: which of them change what a model computes.

usage: python parity/make_config_table.py    (transformers as requirements.txt names it)

For each family a small configuration with every key written out, and for each key some other values. A row of the table says what a value
changes against the same weights: "result" (logits), "training" (logits with dropout, or the loss), or "shape" (other weights are needed).
Values that change nothing, and those that transformers itself refuses, are left out. ConfigKeysTest demands of each row that the value is
refused, or makes another plan of the model.
"""
import fixtures  # isort: skip  (sets the environment before torch is loaded)

import copy
import json
import pathlib
import warnings

import torch
import transformers
from transformers import AutoConfig

OUT = pathlib.Path(__file__).resolve().parent.parent / "transformer-model/src/test/resources/parity/configs.json"
ENCODER = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=20, max_position_embeddings=40,
               hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
DECODER = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2, intermediate_size=20,
               max_position_embeddings=40, pad_token_id=0, bos_token_id=1, eos_token_id=2)
BASES = {
    "albert": [dict(ENCODER, embedding_size=8, classifier_dropout_prob=0.1, num_hidden_groups=1)],
    "bart": [dict(vocab_size=40, d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=20,
                  decoder_ffn_dim=20, max_position_embeddings=40)],
    "bert": [ENCODER],
    "deberta-v2": [dict(ENCODER, relative_attention=True, pos_att_type=["c2p", "p2c"], position_buckets=4, pooler_dropout=0.0),
                   dict(ENCODER, relative_attention=False)],
    "distilbert": [dict(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=20, max_position_embeddings=40)],
    "electra": [dict(ENCODER, embedding_size=8)],
    "gemma2": [dict(DECODER, head_dim=8, sliding_window=4)],
    "gpt2": [dict(vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_positions=40, bos_token_id=1, eos_token_id=2, pad_token_id=0)],
    "llama": [DECODER, dict(DECODER, rope_scaling=dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                                       original_max_position_embeddings=16)),
              dict(DECODER, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16))],
    "mistral": [dict(DECODER, sliding_window=4)],
    "qwen2": [DECODER, dict(DECODER, use_sliding_window=True, sliding_window=4, max_window_layers=1)],
    "qwen3": [dict(DECODER, head_dim=8), dict(DECODER, head_dim=8, use_sliding_window=True, sliding_window=4, max_window_layers=1)],
    "roberta": [ENCODER],
    "t5": [dict(vocab_size=40, d_model=16, d_kv=8, d_ff=20, num_layers=2, num_decoder_layers=2, num_heads=2, decoder_start_token_id=0),
           dict(vocab_size=40, d_model=16, d_kv=8, d_ff=20, num_layers=2, num_heads=2, decoder_start_token_id=0, feed_forward_proj="gated-gelu",
                tie_word_embeddings=False)],
    "xlm-roberta": [ENCODER],
}
ACTIVATIONS = ["gelu", "gelu_new", "relu", "silu", "tanh", "quick_gelu", "gelu_pytorch_tanh", "relu2", "mish"]
TEXTS = {"position_embedding_type": ["relative_key", "relative_key_query"], "problem_type": ["regression", "multi_label_classification"],
         "norm_rel_ebd": ["layer_norm"], "conv_act": ["gelu"], "summary_type": ["first", "mean"], "feed_forward_proj": ["gated-gelu", "gated-silu", "gelu"],
         "hidden_activation": ACTIVATIONS, "dense_act_fn": ["relu", "gelu"]}
LISTS = {"pos_att_type": [["c2p"], ["p2c"], []], "layer_types": [["full_attention", "full_attention"], ["sliding_attention", "sliding_attention"],
                                                                ["full_attention", "sliding_attention"], ["chunked_attention", "full_attention"]]}
MAPS = {"rope_scaling": [{"rope_type": "linear", "factor": 2.0}, {"rope_type": "dynamic", "factor": 2.0}, {"rope_type": "yarn", "factor": 2.0},
                         {"rope_type": "longrope", "factor": 2.0, "short_factor": [1.5, 1.2, 1.1, 1.0], "long_factor": [2.0, 2.0, 2.0, 2.0],
                          "original_max_position_embeddings": 8}],
        "pruned_heads": [{0: [1]}]}
# what transformers reads from keys that no class lists
HIDDEN = {"conv_kernel_size": [3], "conv_groups": [2], "partial_rotary_factor": [0.5], "attention_dropout": [0.3], "head_dim": [4, 8], "classifier_dropout": [0.4],
          "chunk_size_feed_forward": [2], "attention_bias": [True], "mlp_bias": [True], "z_steps": [1], "embedding_size": [8], "legacy": [False],
          "attention_head_size": [8, 4], "max_relative_positions": [6], "rope_parameters": [{"rope_theta": 10.0}], "talking_head": [True],
          "hidden_size": [32], "num_attention_heads": [4], "num_hidden_layers": [1], "max_position_embeddings": [60]}
NO_RESULT = {"transformers_version", "architectures", "model_type", "dtype", "torch_dtype", "_name_or_path", "return_dict", "output_attentions", "output_hidden_states",
             "torchscript", "id2label", "label2id", "finetuning_task", "tokenizer_class", "task_specific_params", "use_cache"}


def values(key, default):
    """Other values that a key could have."""
    if key in TEXTS or key in LISTS or key in MAPS:
        return TEXTS.get(key, []) + LISTS.get(key, []) + MAPS.get(key, [])
    if key in ("hidden_act", "activation_function", "activation"):
        return ACTIVATIONS
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, int):
        return [default + 1, default * 2, 0, 3]
    if isinstance(default, float):
        return [default * 3, default + 0.25, 0.0]
    if default is None:
        return [True, 3, 0.25]
    return []


def model_of(config, classify):
    torch.manual_seed(0)
    kind = config.model_type
    auto = transformers.AutoModelForSequenceClassification
    if not classify:
        auto = transformers.AutoModelForSeq2SeqLM if kind in ("bart", "t5") else transformers.AutoModelForCausalLM
    return auto.from_config(config, attn_implementation="eager")


def inputs(config, classify):
    torch.manual_seed(1)
    ids = torch.randint(4, 40, (2, 20))
    ids[:, -1] = 2 if config.model_type == "bart" else 1 if config.model_type == "t5" else ids[:, -1]
    return dict(input_ids=ids, labels=torch.tensor([1, 0]) if classify else ids.clone())


def computed(model, batch):
    """Logits without dropout, and logits and loss with it."""
    with torch.no_grad():
        calm = model.eval()(**batch)
        torch.manual_seed(3)
        lively = model.train()(**batch)
    return calm.logits, torch.cat([calm.loss.flatten(), lively.logits.flatten(), lively.loss.flatten()])


def effect(config, reference, state, found, batch, classify):
    """What a configuration changes, or None."""
    model = model_of(config, classify)
    own = model.state_dict()
    if {n: t.shape for n, t in own.items()} != {n: t.shape for n, t in state.items()}:
        return "shape"
    model.load_state_dict(state)
    logits, training = computed(model, batch)
    if logits.shape != found[0].shape or not torch.allclose(logits, found[0], rtol=1e-5, atol=1e-6):
        return "result"
    return None if training.shape == found[1].shape and torch.allclose(training, found[1], rtol=1e-5, atol=1e-6) else "training"


def rows(kind, settings, classify):
    settings = dict(settings, **({"num_labels": 2} if classify else {}))
    base = AutoConfig.for_model(kind, **copy.deepcopy(settings))
    model = model_of(base, classify)
    with torch.no_grad():
        for p in model.parameters():  # biases too, and large enough that each term counts
            p.add_(torch.randn(p.shape) * 0.3)
    state, batch = copy.deepcopy(model.state_dict()), inputs(base, classify)
    found = computed(model, batch)
    written = json.loads(base.to_json_string(use_diff=False))
    yield written
    for key in sorted({*written, *HIDDEN} - NO_RESULT):
        for value in [*values(key, written.get(key)), *HIDDEN.get(key, [])]:
            if key in written and value == written[key] and type(value) is type(written[key]):
                continue
            # dependent keys are made again by the class
            changed = {k: v for k, v in written.items() if k not in ("layer_types", "is_gated_act", "dense_act_fn") or k == key} | {key: value}
            try:
                config = type(base).from_dict({k: v for k, v in changed.items() if k not in ("id2label", "label2id")} if key == "num_labels" else changed)
                what = effect(config, base, state, found, batch, classify)
            except Exception:
                continue
            if what:
                yield {"key": key, "value": value, "effect": what}


def main():
    fixtures.settle()
    warnings.simplefilter("ignore")
    table = []
    for kind, bases in BASES.items():
        for settings in bases:
            for classify in (False, True):
                if not classify and kind not in ("bart", "gemma2", "gpt2", "llama", "mistral", "qwen2", "qwen3", "t5"):
                    continue
                made = list(rows(kind, settings, classify))
                table.append({"family": kind, "config": made[0] | {"architectures": [type(model_of(AutoConfig.for_model(kind, **settings), classify)).__name__]},
                              "rows": made[1:]})
                print(kind, "classify" if classify else "lm", len(made) - 1, flush=True)
    lines = []
    for case in table:
        inner = ",\n".join("   " + json.dumps(row) for row in case["rows"])
        lines.append(f' {{"family": "{case["family"]}", "config": {json.dumps(case["config"])}, "rows": [\n{inner}]}}')
    OUT.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
