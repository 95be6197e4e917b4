"""Tiny random checkpoints of every family: sizes, options, tokenizer, weights and rows are drawn from a seed."""

import pathlib
import random

import fixtures  # first: it sets the environment that torch sees
import make_decoder_fixtures as decoder_fixtures
import make_encoder_fixtures as encoder_fixtures
import make_generation_fixtures as generation_fixtures
import torch
import transformers
from fixtures import write_json, write_lines
from random_tokenizers import BARE, BOS, T5_FORM, Texts, bert_tokenizer, byte_level, plain_tokenizer, roberta_tokenizer, unigram
from tokenizers import pre_tokenizers
from transformers import AutoConfig, AutoModelForTokenClassification

ROWS = 12  # a multiple of the batch, so that no step crosses the end of the data
MOST_TOKENS = 54  # of a row: the least positions that are drawn, less RoBERTa's two and the virtual tokens; longer rows would be cut


# ---- configurations ----


def divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]


def sizes(draw, even=False):
    """Layers, heads, hidden and inner size; rotary positions need heads of an even size."""
    heads = draw.choice([1, 2, 3, 4, 6])
    head = draw.choice([4, 6, 8, 10, 12] if even else [4, 5, 7, 8, 10, 12])
    while heads * head < 16:
        head += 4
    return draw.randint(1, 4), heads, heads * head, draw.randint(17, 70), head


def encoder(draw, **more):
    layers, heads, hidden, inner, _ = sizes(draw)
    return dict(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=inner,
                max_position_embeddings=draw.randint(64, 90), hidden_act=draw.choice(["gelu", "relu", "gelu_new"]),
                layer_norm_eps=draw.choice([1e-12, 1e-5, 1e-7]), **encoder_fixtures.NO_DROPOUT, **more)


def bert(draw):
    return encoder(draw, type_vocab_size=draw.choice([1 + 1, 3]))


def roberta(draw):
    return encoder(draw, type_vocab_size=1)


def electra(draw):
    found = encoder(draw)
    return dict(found, embedding_size=draw.choice([found["hidden_size"], draw.randint(8, 40)]))


def distilbert(draw):
    layers, heads, hidden, inner, _ = sizes(draw)
    return dict(dim=hidden, n_layers=layers, n_heads=heads, hidden_dim=inner, max_position_embeddings=draw.randint(64, 90),
                activation=draw.choice(["gelu", "relu"]), dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0)


def albert(draw):
    found = encoder(draw, classifier_dropout_prob=0.0)
    groups = draw.randint(1, min(2, found["num_hidden_layers"]))
    return dict(found, embedding_size=draw.randint(8, 40), num_hidden_groups=groups, inner_group_num=draw.choice([1, 1, 2]))


def deberta(draw):
    found = encoder(draw, relative_attention=True, pad_token_id=0, pos_att_type=draw.choice([["p2c", "c2p"], "c2p|p2c", ["c2p"], ["p2c"]]))
    return dict(found, share_att_key=draw.random() < 0.6, position_biased_input=draw.random() < 0.4, type_vocab_size=draw.choice([0, 2]),
                pooler_dropout=0.0, **draw.choice([dict(position_buckets=draw.choice([4, 8])), dict(max_relative_positions=draw.randint(8, 20)), {}]),
                **draw.choice([dict(norm_rel_ebd="layer_norm"), {}]))


def gpt2(draw):
    layers, heads, hidden, inner, _ = sizes(draw)
    return dict(n_embd=hidden, n_layer=layers, n_head=heads, n_positions=draw.randint(64, 90), tie_word_embeddings=draw.random() < 0.7,
                activation_function=draw.choice(["gelu_new", "gelu", "relu"]), embd_pdrop=0.0, attn_pdrop=0.0, resid_pdrop=0.0,
                scale_attn_by_inverse_layer_idx=draw.random() < 0.3, **draw.choice([{}, dict(n_inner=inner)]))


def rotary(draw, own_head=False, **more):
    layers, heads, hidden, inner, head = sizes(draw, even=True)
    found = dict(hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=heads,
                 num_key_value_heads=draw.choice(divisors(heads)), max_position_embeddings=draw.randint(64, 90),
                 tie_word_embeddings=draw.random() < 0.5, rope_theta=draw.choice([500.0, 10000.0, 1e6]),
                 rms_norm_eps=draw.choice([1e-6, 1e-5]))
    return dict(found, **({"head_dim": draw.choice([4, 8, 10, 16])} if own_head else {})) | more


def llama(scaling=None):
    def draw_config(draw):
        found = rotary(draw, own_head=draw.random() < 0.4, attention_bias=draw.random() < 0.3, mlp_bias=draw.random() < 0.3)
        if scaling == "llama3":
            found["rope_scaling"] = dict(rope_type="llama3", factor=draw.uniform(2, 9), low_freq_factor=draw.uniform(0.5, 1.5),
                                         high_freq_factor=draw.uniform(2, 5), original_max_position_embeddings=draw.randint(12, 40))
        elif scaling == "yarn":
            found["rope_scaling"] = dict(rope_type="yarn", factor=draw.uniform(1.5, 6), original_max_position_embeddings=draw.randint(12, 40))
        elif scaling == "dynamic":
            trained = draw.randint(10, 30)  # graft reads `factor` times as many: all rows, then
            found |= dict(rope_scaling=dict(rope_type="dynamic", factor=64 / trained + draw.uniform(0, 2)), max_position_embeddings=trained)
        elif scaling == "longrope":
            half = found.get("head_dim", found["hidden_size"] // found["num_attention_heads"]) // 2
            factors = {name: [draw.uniform(1, most) for _ in range(half)] for name, most in (("short_factor", 1.5), ("long_factor", 8))}
            found["rope_scaling"] = dict(rope_type="longrope", factor=draw.uniform(2, 9), **factors)
            found |= draw.choice([dict(original_max_position_embeddings=draw.randint(12, 40)), {}])
        elif scaling:
            found["rope_scaling"] = {draw.choice(["type", "rope_type"]): scaling, "factor": draw.uniform(1.5, 6)}
        return found

    return draw_config


def smollm2(draw):
    return dict(rotary(draw), tie_word_embeddings=True, rope_theta=100000.0, num_attention_heads=3, num_key_value_heads=1,
                hidden_size=draw.choice([24, 30, 36, 48]))


def mistral(draw):
    return rotary(draw, own_head=draw.random() < 0.5, sliding_window=draw.choice([None, draw.randint(3, 9)]))


def qwen2(draw):
    found = rotary(draw)
    return dict(found, use_sliding_window=draw.random() < 0.5, sliding_window=draw.randint(3, 9), max_window_layers=draw.randint(0, found["num_hidden_layers"]))


def qwen3(draw):
    found = qwen2(draw)
    return dict(found, head_dim=draw.choice([4, 8, 10, 16]), attention_bias=draw.random() < 0.3)


def gemma2(draw):
    return dict(rotary(draw, own_head=True), query_pre_attn_scalar=draw.randint(4, 30), sliding_window=draw.randint(3, 9),
                attn_logit_softcapping=draw.choice([None, 2.5]), final_logit_softcapping=draw.choice([None, 3.0]), tie_word_embeddings=True)


def bart(draw):
    _, _, hidden, inner, _ = sizes(draw)
    return dict(d_model=hidden, encoder_layers=draw.randint(1, 4), decoder_layers=draw.randint(1, 4),
                encoder_attention_heads=draw.choice(divisors(hidden)[:5]), decoder_attention_heads=draw.choice(divisors(hidden)[:5]),
                encoder_ffn_dim=inner, decoder_ffn_dim=draw.randint(17, 70), max_position_embeddings=draw.randint(64, 90), dropout=0.0,
                attention_dropout=0.0, activation_dropout=0.0, scale_embedding=draw.random() < 0.4,
                activation_function=draw.choice(["gelu", "relu"]))


def even_bart(draw):
    """As PEFT's prefixes need it."""
    found = bart(draw)
    return dict(found, decoder_layers=found["encoder_layers"], decoder_attention_heads=found["encoder_attention_heads"])


def t5(gated, square=False):
    def draw_config(draw):
        layers, heads, hidden, inner, head = sizes(draw)
        buckets = draw.choice([4, 8, 10, 32])
        return dict(d_model=hidden, d_kv=head if square else draw.choice([head, 6, 9]), d_ff=inner, num_layers=layers,
                    num_decoder_layers=layers if square else draw.randint(1, 4), num_heads=heads, dropout_rate=0.0, classifier_dropout=0.0,
                    decoder_start_token_id=0, relative_attention_num_buckets=buckets, relative_attention_max_distance=buckets + draw.randint(1, 90),
                    feed_forward_proj="gated-gelu" if gated else "relu", tie_word_embeddings=not gated)

    return draw_config


# ---- the families ----

T5 = plain_tokenizer(T5_FORM, unigram, eos_token="</s>", unk_token="<unk>", pad_token="<pad>")

FAMILIES = {
    # name: family of transformers, config, tokenizer, tasks
    "gpt2": ("gpt2", gpt2, BARE, ("lm", "classify")),
    "llama": ("llama", llama(), BOS, ("lm", "classify")),
    "llama-linear": ("llama", llama("linear"), BOS, ("lm",)),
    "llama-dynamic": ("llama", llama("dynamic"), BOS, ("lm",)),
    "llama-longrope": ("llama", llama("longrope"), BOS, ("lm",)),
    "llama-llama3": ("llama", llama("llama3"), BOS, ("lm", "classify")),
    "llama-yarn": ("llama", llama("yarn"), BOS, ("lm",)),
    "smollm2": ("llama", smollm2, BARE, ("lm",)),
    "mistral": ("mistral", mistral, BOS, ("lm", "classify")),
    "qwen2": ("qwen2", qwen2, BARE, ("lm", "classify")),
    "qwen3": ("qwen3", qwen3, BARE, ("lm", "classify")),
    "gemma2": ("gemma2", gemma2, BOS, ("lm", "classify")),
    "bert": ("bert", bert, bert_tokenizer(transformers.BertTokenizerFast), ("classify", "tokens")),
    "minilm": ("bert", bert, bert_tokenizer(transformers.BertTokenizerFast), ("bare",)),
    "roberta": ("roberta", roberta, roberta_tokenizer(transformers.RobertaTokenizerFast, byte_level), ("classify", "tokens")),
    "xlm-roberta": ("xlm-roberta", roberta, roberta_tokenizer(transformers.XLMRobertaTokenizerFast, unigram), ("classify", "tokens")),
    "distilbert": ("distilbert", distilbert, bert_tokenizer(transformers.DistilBertTokenizerFast), ("classify", "tokens")),
    "albert": ("albert", albert, bert_tokenizer(transformers.AlbertTokenizerFast, unigram), ("classify", "tokens")),
    "electra": ("electra", electra, bert_tokenizer(transformers.ElectraTokenizerFast), ("classify", "tokens")),
    "deberta-v2": ("deberta-v2", deberta, bert_tokenizer(transformers.DebertaV2TokenizerFast, unigram), ("classify", "tokens")),
    "bart": ("bart", bart, roberta_tokenizer(transformers.BartTokenizerFast, byte_level), ("lm", "classify")),
    "bart-even": ("bart", even_bart, roberta_tokenizer(transformers.BartTokenizerFast, byte_level), ("lm",)),
    "t5": ("t5", t5(False), T5, ("lm", "classify")),
    "t5-gated": ("t5", t5(True), T5, ("lm", "classify")),
    "t5-even": ("t5", t5(True, True), T5, ("lm",)),
}
TASKS = {"lm": None, "classify": "SEQ_CLS", "tokens": "TOKEN_CLS", "bare": "SEQ_CLS"}
FEW_LABELS, MANY_LABELS = 2, 5


class RandomBase(fixtures.Base):
    """A checkpoint in the folder base/ of the current directory, with its rows; classes of tokens too."""

    def __init__(self, family, task):
        self.family, self.kind = family, task
        model_type = FAMILIES[family][0]
        self.name = f"{model_type}/{family}"
        self.bart = model_type in ("bart", "t5")
        self.task = TASKS[task] or ("SEQ_2_SEQ_LM" if self.bart else "CAUSAL_LM")
        self.tokens = task == "tokens"
        self.labels = None

    def load(self, folder="base"):
        torch.manual_seed(7)  # a bare encoder has no classifier
        if self.tokens:
            return AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        model = super().load(folder)
        return decoder_fixtures.reset_before_each(model) if self.family == "llama-dynamic" else model

    def inputs(self, row, end):
        if not self.tokens:
            return super().inputs(row, end)
        words = self.rows[row]
        batch = self.tokenizer([words["tokens"]], is_split_into_words=True, return_tensors="pt")
        labels = torch.full(batch["input_ids"].shape, -100)
        before = None
        for j, word in enumerate(batch.word_ids(0)):
            if word is not None and word != before:
                labels[0, j] = self.labels.index(words["labels"][word])
            before = word
        return {**batch, "labels": labels}

    def scores(self, model):
        if not self.tokens:
            return super().scores(model)
        model.eval()
        found = []
        with torch.no_grad():
            for r in range(len(self.rows)):
                inputs = self.inputs(r, end=False)
                labels = inputs.pop("labels")[0]
                logits = model(**inputs).logits[0]
                found.append(logits[len(logits) - len(labels):][labels != -100].flatten())
        return found


def rows(base, draw, texts):
    """Rows with completions, a class, or a class for each word, none longer than every model reads."""
    found = []
    while len(found) < ROWS:
        row = one_row(base, draw, texts)
        if tokens_of(base.tokenizer, row) <= MOST_TOKENS:
            found.append(row)
    return found


def one_row(base, draw, texts):
    label = draw.choice(base.labels) if base.labels else None
    if base.tokens:
        words = [draw.choice(texts.words) for _ in range(draw.randint(1, 8))]
        return {"tokens": words, "labels": [draw.choice(base.labels) for _ in words]}
    if base.labels:
        pair = {"text_pair": texts.text()} if draw.random() < 0.4 else {}
        return {"text": texts.text(), **pair, "label": label}
    return {"prompt": texts.text(), "completion": " " + texts.text(1, 5)}


def tokens_of(tokenizer, row):
    """How many tokens a row has, with the special ones, and an end token where it has a completion."""
    if "tokens" in row:
        return len(tokenizer(" ".join(row["tokens"]))["input_ids"])
    if "prompt" in row:
        return len(tokenizer(row["prompt"])["input_ids"]) + len(tokenizer(row["completion"], add_special_tokens=False)["input_ids"]) + 1
    return len(tokenizer(row["text"], row.get("text_pair"))["input_ids"])


def randomize(model, seed):
    kind = model.config.model_type
    if kind in ("gpt2", "bart"):
        generation_fixtures.randomize(model, seed)
    elif kind in ("llama", "mistral", "qwen2", "qwen3", "gemma2", "t5"):
        decoder_fixtures.randomize(model, seed)
    else:
        encoder_fixtures.randomize(model, seed)


def make(family, task, seed):
    """Writes base/ and data/ into the current directory, and returns the base."""
    draw = random.Random(f"{seed}/{family}/{task}")
    texts = Texts(draw)
    base = RandomBase(family, task)
    model_type, config, tokenizer, _ = FAMILIES[family]
    base.tokenizer = tokenizer(draw, texts)
    prefix = {"add_prefix_space": True} if base.tokens and model_type == "roberta" else {}
    if prefix:  # words that were split need a blank in front to be the tokens that they are in a text
        base.tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    base.tokenizer.save_pretrained("base")
    if TASKS[task]:
        base.labels = draw.sample(["lake", "river", "sea", "brook", "pond"], draw.randint(FEW_LABELS, MANY_LABELS))
    base.rows = rows(base, draw, texts)
    base.tokenizer = transformers.AutoTokenizer.from_pretrained("base", **prefix)
    save_model(base, model_type, config(draw), draw, seed)
    pathlib.Path("data").mkdir()
    for part in ("train", "validation", "test"):
        write_lines(pathlib.Path("data", f"{part}.jsonl"), base.rows)
    if base.labels:
        pathlib.Path("data/labels.json").write_text(fixtures.json.dumps(base.labels))
    return base


def save_model(base, model_type, settings, draw, seed):
    tokenizer = base.tokenizer
    named = {}
    if base.labels and base.kind != "bare":
        named = dict(id2label=dict(enumerate(base.labels)), label2id={n: i for i, n in enumerate(base.labels)})
    special = dict(pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id)
    if model_type == "bart":
        special["decoder_start_token_id"] = tokenizer.eos_token_id
        special["forced_eos_token_id"] = None
    vocabulary = len(tokenizer) + draw.choice([0, 0, 3, 8])
    config = AutoConfig.for_model(model_type, **{**special, **settings, **named, "vocab_size": vocabulary})
    if base.kind == "bare":
        model = transformers.AutoModel.from_config(config)
    elif base.tokens:
        model = AutoModelForTokenClassification.from_config(config, attn_implementation="eager")
    elif base.labels:
        model = transformers.AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    else:
        model = (transformers.AutoModelForSeq2SeqLM if base.bart else transformers.AutoModelForCausalLM).from_config(config, attn_implementation="eager")
    randomize(model, seed)
    model = model.to(draw.choice([torch.float32, torch.float32, torch.bfloat16, torch.float16]))
    model.save_pretrained("base", max_shard_size=draw.choice(["1GB", "1GB", "40KB"]))
    write_json(pathlib.Path("drawn.json"), {"model_type": model_type, **settings})
