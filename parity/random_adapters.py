"""Random adapters of HF PEFT, and bottlenecks of AdapterHub, for the checkpoints of random_models.py: which settings each method gets on a
family is drawn from a seed, and every trained value is moved, so that an adapter that is not applied in full shows."""

import pathlib
import re

import fixtures  # first: it sets the environment that torch sees
import adapters
import make_method_fixtures as methods
import peft
import safetensors.torch
import torch

BERT = dict(q="query", k="key", v="value", up="intermediate.dense", down="output.dense", norm=["LayerNorm"], words="word_embeddings", layers="layer")
ROTARY = dict(q="q_proj", k="k_proj", v="v_proj", up="up_proj", down="down_proj", norm=["input_layernorm", "norm"], words="embed_tokens", layers="layers")
NAMES = {
    "gpt2": dict(q="c_attn", k="c_attn", v="attn.c_proj", up="c_fc", down="mlp.c_proj", norm=["ln_1", "ln_f"], words="wte", layers="h"),
    "distilbert": dict(q="q_lin", k="k_lin", v="v_lin", up="lin1", down="lin2", norm=["sa_layer_norm"], words="word_embeddings", layers="layer"),
    "albert": dict(q="query", k="key", v="value", up="ffn", down="ffn_output", norm=["full_layer_layer_norm"], words="word_embeddings", layers="albert_layers"),
    "deberta-v2": dict(BERT, q="query_proj", k="key_proj", v="value_proj"),
    "bart": dict(q="q_proj", k="k_proj", v="v_proj", up="fc1", down="fc2", norm=["self_attn_layer_norm", "final_layer_norm"], words="embed_tokens", layers="layers"),
    "t5": dict(q="q", k="k", v="v", up="wi", down="wo", norm=["layer_norm", "final_layer_norm"], words=None, layers="block"),
    **{name: BERT for name in ("bert", "roberta", "xlm-roberta", "electra")},
    **{name: ROTARY for name in ("llama", "mistral", "qwen2", "qwen3", "gemma2")},
}
HEADS = {"bart": ["classification_head"], "t5": ["classification_head"]}


class Library:
    """How an adapter is made, saved and loaded again: `kind` and `settings` of PEFT."""

    trains = True

    def __init__(self, kind, **settings):
        self.kind, self.settings = kind, settings

    def make(self, base):
        return peft.get_peft_model(base.load(), self.kind(task_type=base.task, **self.settings))

    def load(self, base, folder, trainable=False):
        prompt = issubclass(self.kind, peft.PromptLearningConfig)
        model = peft.PeftModel.from_pretrained(base.load(), folder, is_trainable=trainable and not prompt)
        if trainable and prompt:  # PEFT cannot train a stored prompt on, but has all of its values
            for n, p in model.named_parameters():
                p.requires_grad_("prompt_encoder" in n or ".modules_to_save." in n)
        return model

    def save(self, model, folder):
        fixtures.save_adapter(model, folder)

    def move(self, model):
        with torch.no_grad():
            for n, p in model.named_parameters():
                if not p.requires_grad or "original_module" in n:
                    continue
                if "lora_B" in n and torch.count_nonzero(p) == 0:
                    torch.nn.init.normal_(p, std=0.2)
                elif not any(part in n for part in ("lora_A", "prompt_encoder")):
                    p.add_(torch.randn_like(p) * 0.2)
                elif "prompt_encoder" in n and torch.count_nonzero(p) == 0:
                    torch.nn.init.normal_(p, std=0.5)


class Rank(Library):
    """AdaLoRA, some of whose ranks were given up before saving."""

    trains = False  # PEFT cannot train such an adapter on

    def save(self, model, folder):
        config = model.peft_config["default"]
        names = [n.removeprefix("base_model.model.") for n, _ in model.named_parameters() if n.endswith("lora_E.default")]
        config.rank_pattern = {n: [(i + j) % 3 > 0 for j in range(config.init_r)] for i, n in enumerate(names)}
        with torch.no_grad():
            for n, p in model.named_parameters():
                if n.removeprefix("base_model.model.") in config.rank_pattern:
                    p.mul_(torch.tensor(config.rank_pattern[n.removeprefix("base_model.model.")]).unsqueeze(1))
        fixtures.save_adapter(model, folder)


class Bottleneck(Library):
    """A bottleneck of AdapterHub, saved under Graft's names by make_method_fixtures.py."""

    trains = False

    def __init__(self, model_type, peft_type, config, **own):
        self.reference = methods.Bottleneck(peft_type, config, on=f"{model_type}/any", **own)

    def using(self, base):
        methods.base = base.load
        return self.reference

    def make(self, base):
        return self.using(base).make()

    def load(self, base, folder, trainable=False):
        return self.using(base).load(folder)

    def save(self, model, folder):
        self.reference.save(model, folder)


class Hub(Bottleneck):
    """A bottleneck as AdapterHub's library saves it itself."""

    def save(self, model, folder):
        model.save_adapter(str(folder), "a", use_safetensors=True, with_head=True)

    def load(self, base, folder, trainable=False):
        model = base.load()
        adapters.init(model)
        model.load_adapter(str(folder), set_active=True, use_safetensors=True)
        return model.eval()


class HubMethod(Library):
    """A method of AdapterHub's library that is no bottleneck, as it saves it itself; prefixes, which it cannot save as safetensors, are
    saved as docs/train.md says."""

    def __init__(self, config):
        self.config = config

    def make(self, base):
        model = base.load()
        adapters.init(model)
        model.add_adapter("a", config=self.config)
        model.set_active_adapters("a")
        return model.eval()

    def move(self, model):
        with torch.no_grad():
            for n, p in model.named_parameters():
                if ".a." in n and any(group in n for group in (".loras.", "prefix_tunings.")):
                    p.add_(torch.randn_like(p) * (0.2 if "loras" in n else 0.3))

    def save(self, model, folder):
        prefix = isinstance(self.config, adapters.PrefixTuningConfig)
        model.save_adapter(str(folder), "a", use_safetensors=not prefix, with_head=True)
        for pickle in pathlib.Path(folder).glob("*.bin"):
            state = torch.load(pickle, weights_only=True)
            name = {"pytorch_adapter.bin": "adapter", "pytorch_model_head.bin": "model_head"}[pickle.name]
            safetensors.torch.save_file({n: t.clone() for n, t in state.items()}, pickle.with_name(f"{name}.safetensors"))
            pickle.unlink()

    def load(self, base, folder, trainable=False):
        model = base.load()
        adapters.init(model)
        model.load_adapter(str(folder), set_active=True, use_safetensors=True)
        return model.eval()


def hub_methods(draw, model_type):
    """AdapterHub's LoRA, IA3 and prefixes; at GPT-2's fused projection its IA3 scales all parts by alpha, which graft refuses."""
    # with a prefix its T5 counts the distances of a text to itself from behind the rows, which graft refuses
    prefixes = model_type != "t5"
    matrices = draw.choice([["q", "v"], ["q", "k", "v"], ["k"]])
    few = draw.randint(1, 5)
    found = {
        "lora-hub": HubMethod(adapters.LoRAConfig(r=draw.randint(1, 5), alpha=draw.choice([3, 8]), attn_matrices=matrices, output_lora=draw.random() < 0.5, intermediate_lora=draw.random() < 0.5)),
        "ia3-hub": HubMethod(adapters.IA3Config(alpha=1 if model_type == "gpt2" else draw.choice([1, 2]))),
    }
    if prefixes:
        found |= {
            "prefix-hub": HubMethod(adapters.PrefixTuningConfig(prefix_length=few, bottleneck_size=draw.randint(5, 20), non_linearity=draw.choice(["tanh", "relu", "swish"]))),
            "prefix-flat-hub": HubMethod(adapters.PrefixTuningConfig(prefix_length=few, flat=True)),
        }
    return found


def lora(draw, names, **settings):
    return Library(peft.LoraConfig, **{"r": draw.randint(1, 9), "lora_alpha": draw.choice([4, 8, 13, 32]), "target_modules": [names["q"], names["v"]]} | settings)


def pattern_lora(draw, names):
    targets = [names["q"], names["down"], names["up"]]
    keys = {names["down"]: draw.randint(1, 6), rf".*\.0\..*{re.escape(names['q'])}": draw.randint(1, 6)}
    alphas = {f"{names['up']}": draw.randint(1, 20)}
    return lora(draw, names, target_modules=[*targets, names["q"]], rank_pattern=keys, alpha_pattern=alphas, use_rslora=draw.random() < 0.5)


def loras(draw, base, names):
    """Variants of LoRA; those whose name starts with train- are trained."""
    one = names["layers"]
    some = sorted({0, draw.randint(0, layers_of(base) - 1)})
    words = draw.sample(range(4, len(base.tokenizer)), 5)
    found = {
        "train-lora": lora(draw, names),
        "train-patterns": pattern_lora(draw, names),
        "train-all-linear": lora(draw, names, target_modules="all-linear", use_rslora=True),
        "train-bias": lora(draw, names, bias=draw.choice(["lora_only", "all"])),
        "train-dora": lora(draw, names, target_modules=[names["q"], names["down"]], use_dora=True),
        "dora-bias": lora(draw, names, target_modules=[names["v"], names["up"]], use_dora=True, bias="lora_only", use_rslora=True),
        "regex": lora(draw, names, target_modules=rf".*\.({re.escape(names['q'])}|{re.escape(names['down'])})"),
        "exclude": lora(draw, names, target_modules=[names["q"], names["down"]], exclude_modules=rf".*\.0\..*{re.escape(names['q'])}"),
        "exclude-list": lora(draw, names, target_modules=[names["q"], names["down"], names["up"]], exclude_modules=[names["down"]]),
        "layers": lora(draw, names, layers_to_transform=some),
        "layers-pattern": lora(draw, names, layers_to_transform=some[-1], layers_pattern=one),
        "pissa": lora(draw, names, r=2, init_lora_weights="pissa"),
        "olora": lora(draw, names, r=2, init_lora_weights="olora"),
        "orthogonal": lora(draw, names, r=4, init_lora_weights="orthogonal"),
        "gaussian": lora(draw, names, init_lora_weights="gaussian"),
        "b-bias": lora(draw, names, lora_bias=True),
        "train-norms": lora(draw, names, modules_to_save=[names["norm"][-1]]),
    }
    if names["words"]:
        found["train-saved-words"] = lora(draw, names, modules_to_save=[names["words"]])
        found["train-words"] = lora(draw, names, target_modules=[names["q"], names["words"]])
    if base.config.tie_word_embeddings or not base.bart:  # in an untied model of two stacks PEFT trains a module that nothing reads
        indices = words if base.bart else draw.choice([words, {names["words"]: words}])
        found["train-tokens"] = lora(draw, names, trainable_token_indices=indices)
        # PEFT keeps no classifier beside these: one that the base has stays as it is, while graft would train one
        if base.kind != "bare":
            found["token-rows" if base.labels else "train-token-rows"] = Library(peft.TrainableTokensConfig, token_indices=words)
    if not base.labels:
        found["train-head"] = lora(draw, names, target_modules=[names["q"], "lm_head"])
        found["train-saved-head"] = lora(draw, names, modules_to_save=["lm_head"])
    return found


def layers_of(base):
    config = base.config
    return min(getattr(config, k) for k in ("num_hidden_layers", "n_layer", "encoder_layers", "decoder_layers", "num_layers", "num_decoder_layers") if isinstance(getattr(config, k, None), int))


def others(draw, base, names):
    p = draw.randint(1, 6)
    return {
        "ia3": Library(peft.IA3Config, target_modules=[names["k"], names["v"], names["down"]], feedforward_modules=[names["down"]]),
        "ia3-default": Library(peft.IA3Config),
        "ia3-outputs": Library(peft.IA3Config, target_modules=[names["q"], names["up"]], feedforward_modules=[]),
        "vera": Library(peft.VeraConfig, r=draw.randint(2, 9), target_modules=[names["q"], names["v"]], projection_prng_key=draw.randint(0, 99)),
        "vera-sizes": Library(peft.VeraConfig, r=4, target_modules=[names["q"], names["up"], names["down"]], d_initial=0.3, bias="vera_only"),
        "adalora": Library(peft.AdaLoraConfig, init_r=draw.randint(3, 6), target_r=2, total_step=9, target_modules=[names["q"], names["v"]]),
        "adalora-ranks": Rank(peft.AdaLoraConfig, init_r=draw.randint(3, 6), target_r=2, total_step=9, target_modules=[names["q"], names["down"]]),
        "layer-norm": Library(peft.LNTuningConfig, target_modules=names["norm"]),
        "train-prefix": Library(peft.PrefixTuningConfig, num_virtual_tokens=p),
        "prefix-projection": Library(peft.PrefixTuningConfig, num_virtual_tokens=p, prefix_projection=True, encoder_hidden_size=12),
        "prompt": Library(peft.PromptTuningConfig, num_virtual_tokens=p),
        "p-tuning": Library(peft.PromptEncoderConfig, num_virtual_tokens=p, encoder_hidden_size=draw.randint(5, 20)),
        "p-tuning-lstm": Library(peft.PromptEncoderConfig, num_virtual_tokens=p, encoder_hidden_size=9, encoder_reparameterization_type="LSTM"),
    }


def bottlenecks(draw, model_type):
    if model_type not in methods.PLACES:
        return {}
    factor = draw.choice([2, 4])
    found = {
        "houlsby": Bottleneck(model_type, "HOULSBY", adapters.DoubleSeqBnConfig(reduction_factor=factor), reduction_factor=factor),
        "pfeiffer": Bottleneck(model_type, "PFEIFFER", adapters.SeqBnConfig(reduction_factor=factor), reduction_factor=factor),
        "parallel": Bottleneck(model_type, "PARALLEL", adapters.ParBnConfig(reduction_factor=factor), reduction_factor=factor),
    }
    found |= {f"{name}-hub": Hub(model_type, one.reference.peft_type, one.reference.config) for name, one in found.items()}
    if model_type == "albert":  # `adapters` 1.3 hands ALBERT's attention bottleneck the sub-layer's input and output in each other's place
        return {"pfeiffer": found["pfeiffer"]}
    return found


def of(draw, base):
    """The adapters of a base by name, in the order of drawing."""
    model_type = base.name.split("/")[0]
    names = NAMES[model_type]
    if model_type == "t5" and base.family != "t5":
        names = dict(names, up="wi_0")
    found = {**loras(draw, base, names), **others(draw, base, names)}
    if base.labels and not base.tokens and base.kind != "bare":
        found |= bottlenecks(draw, model_type)
    if base.kind != "bare":
        found |= hub_methods(draw, model_type)
    for library in found.values():
        if base.labels and model_type in HEADS and not isinstance(library, (Bottleneck, HubMethod)) and library.kind != peft.TrainableTokensConfig:
            saved = library.settings.get("modules_to_save", [])
            library.settings["modules_to_save"] = [*saved, *HEADS[model_type]]
    return found
