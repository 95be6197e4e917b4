"""Makes the beam search fixtures: what transformers finds from the checkpoints of make_generation_fixtures.py.

usage: python parity/make_beam_fixtures.py [--output DIR]
       (DIR defaults to transformer-model/src/test/resources/parity; beams.json is written beside each checkpoint's base, and rules.json:
       texts by a generation_config.json that says what may be written)
"""

import argparse
import collections
import json
import pathlib

from fixtures import versions  # first: it sets the environment
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

BASES = {"gpt2/lm": 218, "bart/lm": 67, "bart/scaled": 19}  # and a token that ends texts: one that is often among the best
SETTINGS = [  # beams, length penalty, early stopping, new tokens
    (2, 1.0, False, 8),
    (3, 1.0, True, 12),
    (4, 2.0, False, 12),
    (3, 0.0, False, 10),
    (5, -1.0, False, 10),
    (1, 1.0, False, 6),
]


def rules(end, seen):
    """Contents of generation_config.json. `seen` are tokens that the model likes to write."""
    yield dict(no_repeat_ngram_size=2)
    yield dict(no_repeat_ngram_size=1, eos_token_id=[end, seen[3]])
    yield dict(min_length=11)
    yield dict(min_new_tokens=7, eos_token_id=[seen[0], end])
    yield dict(suppress_tokens=seen[:2], begin_suppress_tokens=seen[2:4])
    yield dict(begin_suppress_tokens=seen[:1], forced_bos_token_id=seen[1], forced_eos_token_id=end)
    yield dict(bad_words_ids=[[seen[0]], [seen[1], seen[2]], [end]])
    yield dict(repetition_penalty=1.4)


def texts_by(folder, end):
    """The texts of each prompt by each of the rules, one token after another and with beams."""
    seq2seq = "bart" in str(folder)
    auto = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    model = auto.from_pretrained(folder / "base", attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "base")
    prompts = [tokenizer(json.loads(line)["prompt"])["input_ids"] for line in (folder / "data.jsonl").read_text(encoding="utf-8").splitlines()]

    def written(config):
        model.generation_config = GenerationConfig(do_sample=False, pad_token_id=1, **config)
        with torch.no_grad():
            found = [model.generate(torch.tensor([p]), attention_mask=torch.ones(1, len(p), dtype=torch.long), max_new_tokens=10)[0].tolist() for p in prompts]
        return [text[1 if seq2seq else len(p) :] for p, text in zip(prompts, found)]

    plain = dict(eos_token_id=end, decoder_start_token_id=getattr(model.config, "decoder_start_token_id", None))
    usual = written(plain)
    count = collections.Counter(token for text in usual for token in text if token != end)
    cases = []
    seen = [token for token, _ in count.most_common(4)]
    seen += [token for token in range(20, 30) if token not in seen]
    for rule in rules(end, seen):
        for beams in (dict(), dict(num_beams=3, length_penalty=0.7, early_stopping=True)):
            found = written(plain | rule | beams)
            cases.append({"generation_config": rule | beams, "tokens": found})
    assert sum(case["tokens"] != usual for case in cases) > len(cases) / 2, "the rules change too little"
    return cases


def search(folder, end):
    """The best texts of each prompt with each setting."""
    seq2seq = "bart" in str(folder)
    auto = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    model = auto.from_pretrained(folder / "base", attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "base")
    config = model.config
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = []
    for beams, penalty, early, new in SETTINGS:
        texts = []
        for row in rows:
            ids = torch.tensor([tokenizer(row["prompt"])["input_ids"]])
            settings = GenerationConfig(
                num_beams=beams, length_penalty=penalty, early_stopping=early, max_new_tokens=new, do_sample=False,
                eos_token_id=end, pad_token_id=config.pad_token_id if config.pad_token_id is not None else 0,
                bos_token_id=config.bos_token_id, decoder_start_token_id=getattr(config, "decoder_start_token_id", None),
                forced_bos_token_id=getattr(config, "forced_bos_token_id", None),
            )
            model.generation_config = settings
            with torch.no_grad():
                found = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)[0].tolist()
            texts.append(found[1 if seq2seq else ids.shape[1] :])
        cases.append({"num_beams": beams, "length_penalty": penalty, "early_stopping": early, "max_new_tokens": new, "tokens": texts})
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=pathlib.Path, default=here / "transformer-model/src/test/resources/parity")
    output = parser.parse_args().output
    for name, end in BASES.items():
        content = {"versions": versions(torch, transformers), "end_token": end, "cases": search(output / name, end)}
        (output / name / "beams.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
        if name == "bart/scaled":
            continue
        content["cases"] = texts_by(output / name, end)
        (output / name / "rules.json").write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
