package dev.graft.transformer.model;

import java.util.Arrays;

/**
 * Turns tokens into text as they come: a piece is given out when its characters are whole, since a character may take
 * several tokens. All pieces together are the text.
 */
final class TextStream {
    /** Tokens in front that a piece is decoded with: decoders treat the first token of a text as special. */
    private static final int CONTEXT = 6;

    private static final String BROKEN = "\uFFFD";

    private final TextTokenizer tokenizer;
    private int[] tokens;
    private int length;

    /** Tokens from {@code shown} on were not given out; those from {@code context} on are decoded with them. */
    private int context;

    private int shown;
    private String before;

    /**
     * A text that follows another.
     *
     * @param given tokens in front, whose text is not given out
     */
    TextStream(TextTokenizer tokenizer, int[] given) {
        this.tokenizer = tokenizer;
        this.tokens = Arrays.copyOfRange(given, Math.max(0, given.length - CONTEXT), given.length);
        this.length = tokens.length;
        this.shown = length;
        this.before = decode();
    }

    /** The text that a further token completes; often a word, sometimes nothing. */
    String add(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length + 16);
        }
        tokens[length++] = token;
        String text = decode();
        return text.endsWith(BROKEN) ? "" : show(text);
    }

    /** What is left at the end, with replacement characters where a character is not whole. */
    String finish() {
        return show(decode());
    }

    private String show(String text) {
        int same = 0;
        while (same < before.length() && same < text.length() && before.charAt(same) == text.charAt(same)) {
            same++;
        }
        context = shown;
        shown = length;
        before = decode();
        return text.substring(same);
    }

    private String decode() {
        return tokenizer.decode(Arrays.copyOfRange(tokens, context, length));
    }
}
