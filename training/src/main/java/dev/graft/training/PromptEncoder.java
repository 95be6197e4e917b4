package dev.graft.training;

import dev.graft.autograd.CrossEntropy;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.ChatExample;
import dev.graft.training.data.GenerationExample;
import dev.graft.training.data.GenerationRow;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;

/** Makes rows of prompts and completions or of conversations, and counts those that had to be cut. */
final class PromptEncoder {
    private final BaseModel base;
    private final int maxLength;
    private final boolean end;
    private final boolean everything;
    private ChatEncoder chat;
    private int truncated;

    PromptEncoder(BaseModel base, int maxLength, boolean end, boolean everything) {
        if (!base.config().generates()) {
            throw new SettingsException("the data has prompts and completions, but a base of the family "
                    + base.config().modelType() + " predicts no tokens; take a base such as GPT-2 or BART, or data "
                    + "with texts and labels");
        }
        if (everything && base.config().encoderDecoder()) {
            throw new SettingsException("--loss-on is everything, but the encoder of a "
                    + base.config().modelType() + " predicts no tokens; allowed with this base: completions");
        }
        this.base = base;
        this.maxLength = maxLength;
        this.end = end;
        this.everything = everything;
    }

    int truncated() {
        return truncated;
    }

    TokenRow encode(GenerationRow row) {
        return row instanceof ChatExample talk ? conversation(talk) : completion((GenerationExample) row);
    }

    private TokenRow conversation(ChatExample talk) {
        if (chat == null) {
            chat = new ChatEncoder(base);
        }
        ChatEncoder.Encoded all = chat.encode(talk, everything);
        truncated += all.ids().length > maxLength + 1 ? 1 : 0;
        int length = Math.max(1, Math.min(all.ids().length - unread(), maxLength));
        int[] labels = new int[length];
        for (int i = 0; i < length; i++) {
            boolean counts = i + 1 < all.ids().length && all.labelled()[i + 1];
            labels[i] = counts ? all.ids()[i + 1] : CrossEntropy.IGNORED;
        }
        return new TokenRow(Arrays.copyOf(all.ids(), length), new int[length], null, labels);
    }

    private TokenRow completion(GenerationExample example) {
        if (end && base.config().endTokens().isEmpty()) {
            throw new SettingsException("config.json of " + base.directory()
                    + " names no eos_token_id: a model that is trained on completions would never end a text; add it");
        }
        int[] text = base.tokenizer().encodePlain(example.completion());
        int[] completion = end ? Arrays.copyOf(text, text.length + 1) : text;
        if (end) {
            completion[text.length] = base.config().endTokens().get(0);
        }
        return base.config().encoderDecoder() ? pair(example.prompt(), completion) : causal(example, completion);
    }

    private TokenRow pair(String prompt, int[] completion) {
        var encoded = base.tokenizer().encode(prompt, null, maxLength);
        int[] labels = Arrays.copyOf(completion, Math.min(maxLength, completion.length));
        truncated += encoded.truncated() || labels.length < completion.length ? 1 : 0;
        if (labels.length == 0) {
            labels = new int[] {CrossEntropy.IGNORED};
        }
        int[] decoder = new int[labels.length];
        decoder[0] = base.config().startToken();
        System.arraycopy(labels, 0, decoder, 1, decoder.length - 1);
        return new TokenRow(encoded.ids(), new int[encoded.ids().length], decoder, labels);
    }

    /** The last token predicts nothing that counts: it is a label alone, unless a text's length changes all others. */
    private int unread() {
        return base.config().lengthCounts() ? 0 : 1;
    }

    private TokenRow causal(GenerationExample example, int[] completion) {
        int[] prompt = base.promptTokens(example.prompt());
        int kept = Math.min(completion.length, Math.max(maxLength - prompt.length, maxLength / 2));
        int from = Math.max(0, prompt.length + kept - maxLength);
        truncated += kept < completion.length || from > 0 ? 1 : 0;
        int begin = prompt.length - from;
        int[] all = Arrays.copyOf(Arrays.copyOfRange(prompt, from, prompt.length), begin + kept);
        System.arraycopy(completion, 0, all, begin, kept);
        int[] tokens = kept == 0 ? all : Arrays.copyOf(all, all.length - unread());
        int[] labels = new int[tokens.length];
        Arrays.fill(labels, CrossEntropy.IGNORED);
        System.arraycopy(completion, 0, labels, begin - 1, kept);
        if (everything) {
            System.arraycopy(all, 1, labels, 0, all.length - 1);
        }
        return new TokenRow(tokens, new int[tokens.length], null, labels);
    }
}
