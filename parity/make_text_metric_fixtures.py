"""Makes the fixture of ROUGE-L and BLEU: seeded texts and what rouge_score and sacrebleu say of them.

usage: python parity/make_text_metric_fixtures.py [--output FILE]
       (FILE defaults to training/src/test/resources/parity/text-metrics.json; needs rouge_score and sacrebleu)
"""

import argparse
import importlib.metadata
import json
import pathlib
import random

import sacrebleu
from rouge_score import rouge_scorer

WORDS = ("The boat's on lake, 3.5 4-5 (see) river &amp; sea; \"old\" man: swims! well-known café 湖 a/b 1,000 I'm A.B. e.g. "
         "no. 7% [x] {y} ~z").split()


def text(draw):
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(0, 14)))


def changed(draw, reference):
    words = [word if draw.random() < 0.7 else draw.choice(WORDS) for word in reference.split(" ")]
    if draw.random() < 0.3:
        words = words[: len(words) // 2]
    return " ".join(words) + draw.choice(["", "\n", " "])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=pathlib.Path, default=here / "training/src/test/resources/parity/text-metrics.json")
    output = parser.parse_args().output
    draw = random.Random(5)
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    corpora = []
    for size in (1, 1, 1, 2, 3, 5, 20, 40):
        references = [text(draw) for _ in range(size)]
        texts = [changed(draw, reference) for reference in references]
        rouge = [scorer.score(reference, found)["rougeL"].fmeasure for found, reference in zip(texts, references)]
        bleu = sacrebleu.corpus_bleu(texts, [references])
        corpora.append({"texts": texts, "references": references, "rouge_l": rouge, "bleu": bleu.score})
    several = []
    for size in (1, 2, 10, 40):
        references = [[text(draw) for _ in range(draw.randint(1, 4))] for _ in range(size)]
        texts = [changed(draw, draw.choice(right)) for right in references]
        rouge = [scorer.score_multi(right, found)["rougeL"].fmeasure for found, right in zip(texts, references)]
        most = max(len(right) for right in references)  # sacrebleu takes columns; None where a text has fewer
        columns = [[right[i] if i < len(right) else None for right in references] for i in range(most)]
        bleu = sacrebleu.corpus_bleu(texts, columns)
        several.append({"texts": texts, "references": references, "rouge_l": rouge, "bleu": bleu.score})
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("rouge_score", "sacrebleu"))
    output.write_text(json.dumps({"versions": versions, "corpora": corpora, "several": several}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
