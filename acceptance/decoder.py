"""A checkpoint of GPT-2's shape with random weights and a tokenizer of its size, written with Python's standard library."""
import array
import json
import random
import struct

HIDDEN, LAYERS, WORDS, POSITIONS = 768, 12, 50257, 1024


def shapes():
    found = {"wte.weight": [WORDS, HIDDEN], "wpe.weight": [POSITIONS, HIDDEN]}
    for layer in range(LAYERS):
        for name, shape in (("ln_1.weight", [HIDDEN]), ("ln_1.bias", [HIDDEN]),
                            ("attn.c_attn.weight", [HIDDEN, 3 * HIDDEN]), ("attn.c_attn.bias", [3 * HIDDEN]),
                            ("attn.c_proj.weight", [HIDDEN, HIDDEN]), ("attn.c_proj.bias", [HIDDEN]),
                            ("ln_2.weight", [HIDDEN]), ("ln_2.bias", [HIDDEN]),
                            ("mlp.c_fc.weight", [HIDDEN, 4 * HIDDEN]), ("mlp.c_fc.bias", [4 * HIDDEN]),
                            ("mlp.c_proj.weight", [4 * HIDDEN, HIDDEN]), ("mlp.c_proj.bias", [HIDDEN])):
            found[f"h.{layer}.{name}"] = shape
    return found | {"ln_f.weight": [HIDDEN], "ln_f.bias": [HIDDEN]}


def weights(path, seed):
    """Writes the safetensors file. Values repeat after a million: a file of other bytes would read no slower."""
    source = random.Random(seed)
    some = array.array("f", (source.gauss(0, 0.02) for _ in range(1 << 20))).tobytes()
    header, at = {}, 0
    for name, shape in shapes().items():
        size = 4
        for extent in shape:
            size *= extent
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, entry in header.items():
            rest = entry["data_offsets"][1] - entry["data_offsets"][0]
            if "ln_" in name and name.endswith(".weight"):
                file.write(array.array("f", [1.0] * (rest // 4)).tobytes())
                continue
            while rest > 0:
                part = some[:min(rest, len(some))]
                file.write(part)
                rest -= len(part)
    return at


def tokenizer(path, seed):
    """Byte-level pairs: 256 bytes, random merges of known pieces, and the end token."""
    source = random.Random(seed)
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, extra = {b: chr(b) for b in plain}, 0
    for b in range(256):
        if b not in letters:
            letters[b], extra = chr(256 + extra), extra + 1
    words = sorted(letters.values())
    known, merges = set(words), []
    while len(words) < WORDS - 1:
        left, right = source.choice(words), source.choice(words)
        if len(left + right) <= 12 and left + right not in known:
            merges.append(f"{left} {right}")
            words.append(left + right)
            known.add(left + right)
    end = {"id": WORDS - 1, "content": "<|endoftext|>", "single_word": False, "lstrip": False, "rstrip": False,
           "normalized": False, "special": True}
    vocabulary = {word: i for i, word in enumerate(words)} | {end["content"]: end["id"]}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    path.write_text(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [end], "normalizer": None,
        "pre_tokenizer": level, "post_processor": level, "decoder": level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary,
                  "merges": merges}}), encoding="utf-8")


def make(folder, seed=0):
    """Makes the checkpoint and returns the bytes of its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({
        "model_type": "gpt2", "n_embd": HIDDEN, "n_layer": LAYERS, "n_head": 12, "n_positions": POSITIONS,
        "n_ctx": POSITIONS, "vocab_size": WORDS, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
        "bos_token_id": WORDS - 1, "eos_token_id": WORDS - 1}))
    tokenizer(folder / "tokenizer.json", seed)
    return weights(folder / "model.safetensors", seed)
