"""Texts of words that nobody speaks, and tokenizers trained on them, drawn from a seed: for random_models.py."""

import tokenizers
import transformers
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Texts:
    """Words of a language that nobody speaks, and texts of them; a few letters are not ASCII."""

    def __init__(self, draw):
        self.draw = draw
        letters = LETTERS + "éß湖ñ"
        self.words = ["".join(draw.choice(letters) for _ in range(draw.randint(1, 7))) for _ in range(60)]

    def text(self, least=1, most=8):
        words = [self.draw.choice(self.words) for _ in range(self.draw.randint(least, most))]
        words = [w.capitalize() if self.draw.random() < 0.2 else w for w in words]
        return " ".join(words) + self.draw.choice(["", ".", " !", "?"])

    def corpus(self):
        return [self.text() for _ in range(200)]


def byte_level(draw, texts, single, pair, specials):
    """GPT-2's kind: bytes in pairs."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=draw.randint(300, 420), special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    return finish(tokenizer, trainer, texts, single, pair)


def sentence_bpe(draw, texts, single, pair, specials):
    """LLaMA's first kind: pairs of letters with a mark for the blank, and bytes for unknown letters."""
    tokenizer = tokenizers.Tokenizer(models.BPE(byte_fallback=True, unk_token=specials[0], fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    specials = [*specials, *(f"<0x{i:02X}>" for i in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=draw.randint(340, 460), special_tokens=specials, show_progress=False)
    return finish(tokenizer, trainer, texts, single, pair)


def word_pieces(draw, texts, single, pair, specials):
    """BERT's kind."""
    tokenizer = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=draw.random() < 0.5)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=draw.randint(120, 240), special_tokens=specials, show_progress=False)
    return finish(tokenizer, trainer, texts, single, pair)


def unigram(draw, texts, single, pair, specials):
    """SentencePiece's kind."""
    tokenizer = tokenizers.Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    unknown = next(s for s in specials if "unk" in s.lower())
    trainer = trainers.UnigramTrainer(vocab_size=draw.randint(120, 200), special_tokens=specials, unk_token=unknown, show_progress=False)
    return finish(tokenizer, trainer, texts, single, pair)


def finish(tokenizer, trainer, texts, single, pair):
    tokenizer.train_from_iterator(texts.corpus(), trainer)
    if single:
        named = {token.split(":")[0] for token in (single + " " + pair).split() if not token.startswith("$")}
        ids = [(token, tokenizer.token_to_id(token)) for token in sorted(named)]
        tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)
    return tokenizer


BERT_FORM = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
ROBERTA_FORM = ("<s> $A </s>", "<s> $A </s> </s> $B </s>", ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
T5_FORM = ("$A </s>", "$A </s> $B </s>", ["<pad>", "</s>", "<unk>"])
BOS_FORM = ("<s> $A", "<s> $A <s> $B", ["<unk>", "<s>", "</s>", "<pad>"])
BARE_FORM = (None, None, ["<|end|>", "<|pad|>"])


def bert_tokenizer(kind, make=word_pieces):
    def tokenizer(draw, texts):
        special = dict(unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", mask_token="[MASK]")
        return kind(tokenizer_object=make(draw, texts, *BERT_FORM), **special)

    return tokenizer


def roberta_tokenizer(kind, make):
    def tokenizer(draw, texts):
        special = dict(bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")
        return kind(tokenizer_object=make(draw, texts, *ROBERTA_FORM), **special)

    return tokenizer


def plain_tokenizer(form, *makes, **special):
    def tokenizer(draw, texts):
        return transformers.PreTrainedTokenizerFast(tokenizer_object=draw.choice(makes)(draw, texts, *form), **special)

    return tokenizer


BARE = plain_tokenizer(BARE_FORM, byte_level, bos_token="<|end|>", eos_token="<|end|>", pad_token="<|pad|>")
BOS = plain_tokenizer(BOS_FORM, byte_level, sentence_bpe, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>")
