"""Writes small GGUF files and what Python makes of them, for the tests of the GGUF reader.

usage: python parity/make_gguf_fixtures.py    (gguf 0.19.0 beside what requirements.txt names)

quants.gguf      for each type a tensor of random blocks, and beside it, as NAME.expected, the floats of gguf.dequantize
tiny.gguf        a random LLaMA with weights of several types and the tokenizer of the fixture gpt2
pieces.gguf      a header with the vocabulary of a SentencePiece model as LLaMA 1 and 2 have it: byte pairs with scores, bytes for what is unknown
pieces.json      texts, and the tokens that the sentencepiece library (0.2.3) makes of them
expected.json    what transformers makes of a text with the dequantised weights of tiny.gguf
"""
import fixtures  # isort: skip  (sets the environment before torch is loaded)

import io
import json
import pathlib
import random

import gguf
import numpy
import sentencepiece
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

OUT = pathlib.Path(__file__).resolve().parent.parent / "transformer-model/src/test/resources/parity/gguf"
TYPES = ["F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K"]
HALVES = {"Q8_0": (0,), "Q4_0": (0,), "Q4_1": (0, 2), "Q4_K": (0, 2), "Q6_K": (208,)}  # where a block has its factors
ROWS, BLOCKS = 3, 2


def blocks(kind, random):
    """Random bytes, but for the factors: halves around 0.01."""
    values, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    if values == 1:
        floats = random.standard_normal((ROWS, 40)).astype(numpy.float32)
        return gguf.quantize(floats, gguf.GGMLQuantizationType[kind])
    data = random.integers(0, 256, (ROWS, BLOCKS, size), dtype=numpy.uint8)
    for at in HALVES[kind]:
        factors = (random.standard_normal((ROWS, BLOCKS, 1)) * 0.01).astype(numpy.float16)
        data[:, :, at:at + 2] = factors.view(numpy.uint8)
    return data.reshape(ROWS, BLOCKS * size)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quants():
    random = numpy.random.default_rng(7)
    writer = gguf.GGUFWriter(OUT / "quants.gguf", "none")
    writer.add_array("lengths", [3, 1, 2])
    writer.add_string("text", "bl\u00e5b\u00e6r")
    for kind in TYPES:
        data, dtype = blocks(kind, random), gguf.GGMLQuantizationType[kind]
        raw = data if data.dtype == numpy.uint8 else data.view(numpy.uint8)
        writer.add_tensor(kind, raw, raw_dtype=dtype)
        writer.add_tensor(kind + ".expected", gguf.dequantize(raw, dtype).astype(numpy.float32))
    write(writer)


TEXT = "The boat on the river, 42 lakes"
SIZES = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=False)
NAMES = {"self_attn.q_proj": ("attn_q", "Q8_0"), "self_attn.k_proj": ("attn_k", "Q4_0"), "self_attn.v_proj": ("attn_v", "Q4_1"),
         "self_attn.o_proj": ("attn_output", "BF16"), "mlp.gate_proj": ("ffn_gate", "Q4_0"), "mlp.up_proj": ("ffn_up", "Q8_0"),
         "mlp.down_proj": ("ffn_down", "Q4_1"), "input_layernorm": ("attn_norm", "F32"), "post_attention_layernorm": ("ffn_norm", "F32")}
OUTSIDE = {"model.embed_tokens": ("token_embd", "F16"), "model.norm": ("output_norm", "F32"), "lm_head": ("output", "Q8_0")}


def permuted(weight, heads):
    """The order of rows that llama.cpp's converter gives queries and keys."""
    rows, width = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)


def restored(weight, heads):
    rows, width = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, width).swapaxes(1, 2).reshape(rows, width)


def tiny():
    tokenizer = json.loads((OUT.parent / "gpt2/lm/base/tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    tokens = [token for token, _ in sorted({**vocabulary, **special}.items(), key=lambda pair: pair[1])]
    torch.manual_seed(3)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokens), **SIZES)).eval()
    writer = gguf.GGUFWriter(OUT / "tiny.gguf", "llama")
    writer.add_context_length(SIZES["max_position_embeddings"])
    writer.add_embedding_length(SIZES["hidden_size"])
    writer.add_block_count(SIZES["num_hidden_layers"])
    writer.add_feed_forward_length(SIZES["intermediate_size"])
    writer.add_head_count(SIZES["num_attention_heads"])
    writer.add_head_count_kv(SIZES["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(SIZES["rms_norm_eps"])
    writer.add_rope_freq_base(SIZES["rope_theta"])
    writer.add_rope_dimension_count(8)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in special else 1 for token in tokens])
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    writer.add_token_merges(merges)
    writer.add_eos_token_id(special["<|endoftext|>"])
    writer.add_chat_template("{% for message in messages %}{{ message['content'] }}{% endfor %}")
    state = model.state_dict()
    for name, tensor in state.items():
        module = name.removesuffix(".weight")
        layer = module.split(".")[2] if module.startswith("model.layers.") else None
        stored, kind = OUTSIDE[module] if layer is None else NAMES[module.split(".", 3)[3]]
        dtype = gguf.GGMLQuantizationType[kind]
        heads = {"attn_q": 4, "attn_k": 2}.get(stored)
        values = tensor.numpy() * (8 if tensor.dim() == 2 else 1)  # so that logits are of some size
        values = values if heads is None else permuted(values, heads)
        raw = gguf.quantize(numpy.ascontiguousarray(values), dtype)
        back = gguf.dequantize(raw, dtype).astype(numpy.float32).reshape(values.shape)
        state[name] = torch.from_numpy(numpy.ascontiguousarray(back if heads is None else restored(back, heads)))
        raw = raw if kind == "F32" else raw.view(numpy.uint8)
        writer.add_tensor((f"blk.{layer}." if layer else "") + stored + ".weight", raw, raw_dtype=None if kind == "F32" else dtype)
    write(writer)
    model.load_state_dict(state)
    fast = PreTrainedTokenizerFast(tokenizer_file=str(OUT.parent / "gpt2/lm/base/tokenizer.json"))
    ids = fast(TEXT, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    fixtures.write_json(OUT / "expected.json", {"text": TEXT, "input_ids": ids, "logits": fixtures.numbers(logits)})


PIECES = ["", " ", "a boat", " the river  and the lake ", "42 lakes!", "\u00e4\u4e2d\U0001f600 x", "riverboat\nlakeside\t", "the the the", "zzz qqq"]


def pieces():
    draw = random.Random(5)
    words = "the boat river lake lakes water blue green over under and a sea seaside bridge long old 42 7 , . !".split()
    lines = (" ".join(draw.choice(words) for _ in range(draw.randint(3, 12))) for _ in range(400))
    found = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines, model_writer=found, vocab_size=340, model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, hard_vocab_limit=False, num_threads=1, minloglevel=2)
    model = sentencepiece.SentencePieceProcessor(model_proto=found.getvalue())
    count = len(model)
    kinds = [6 if model.is_byte(i) else 3 if model.is_control(i) else 2 if model.is_unknown(i) else 1 for i in range(count)]
    writer = gguf.GGUFWriter(OUT / "pieces.gguf", "llama")
    for name, value in dict(context_length=64, embedding_length=8, block_count=1, feed_forward_length=8, head_count=2, head_count_kv=2,
                            layer_norm_rms_eps=1e-5, rope_dimension_count=4).items():
        getattr(writer, f"add_{name}")(value)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([model.id_to_piece(i) for i in range(count)])
    writer.add_token_scores([model.get_score(i) for i in range(count)])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(model.bos_id())
    writer.add_eos_token_id(model.eos_id())
    writer.add_unk_token_id(model.unk_id())
    writer.add_tensor("token_embd.weight", numpy.zeros((count, 8), dtype=numpy.float16))
    write(writer)
    fixtures.write_json(OUT / "pieces.json", {"texts": [{"text": text, "input_ids": [model.bos_id(), *model.encode(text)], "decoded": model.decode(model.encode(text))} for text in PIECES]})


OUT.mkdir(parents=True, exist_ok=True)
fixtures.settle()
quants()
pieces()
tiny()
