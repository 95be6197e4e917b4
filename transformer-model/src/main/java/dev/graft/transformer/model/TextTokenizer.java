package dev.graft.transformer.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.util.PairList;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.transformer.model.tokenizer.TokenizerCheck;
import dev.graft.transformer.model.tokenizer.TokenizerSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Turns texts into token ids and back, as {@code tokenizer.json} says, but for truncation and padding: what the file
 * says about those is passed over. Any number of threads may use it until it is closed. Where the file cannot turn a text
 * into tokens, or into one that the base's table of words has no row for, methods throw an UncheckedIOException with a
 * FileFormatException in it.
 */
public final class TextTokenizer implements AutoCloseable {
    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "do_not_truncate", "padding", "do_not_pad", "addSpecialTokens", "true");

    static {
        // Before DJL loads: no usage counts sent home, no search for other natives.
        setUnlessGiven("OPT_OUT_TRACKING", "true");
        setUnlessGiven("RUST_FLAVOR", "cpu");
    }

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final int rows;
    private byte[] unhashed;
    private String hash;

    private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer, int rows, byte[] bytes) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.rows = rows;
        this.unhashed = bytes;
    }

    /**
     * What a model reads: ids and types of the tokens, and whether any were cut off.
     *
     * @param ids token ids; not to be changed
     * @param typeIds 0 for the first text, 1 for the second in families that tell them apart; not to be changed
     * @param truncated true if the text was longer
     */
    public record Encoded(int[] ids, int[] typeIds, boolean truncated) {}

    /**
     * Reads {@code tokenizer.json} of a Hugging Face directory.
     *
     * @param rows of the base's table of words. A tokenizer may know more tokens, such as one to pad with: only a text
     *     that has one of these is refused
     * @throws FileFormatException if it is no tokenizer
     */
    public static TextTokenizer read(Path directory, int rows) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        byte[] bytes = Files.readAllBytes(file);
        TokenizerCheck.check(file, bytes);
        try {
            return new TextTokenizer(
                    file, HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), OPTIONS), rows, bytes);
        } catch (RuntimeException e) {
            throw new FileFormatException(file, "is no tokenizer: " + brief(e), e);
        }
    }

    /** The file. */
    public Path path() {
        return file;
    }

    /** SHA-256 of the file as it was read, in hexadecimal; computed when it is first asked for. */
    public synchronized String hash() {
        if (hash == null) {
            hash = Hashes.sha256(unhashed);
            unhashed = null;
        }
        return hash;
    }

    /**
     * Encodes a text, or a pair, with special tokens. Where it is too long, tokens are cut off at the end of the longer
     * text (Hugging Face's longest_first) and all special tokens are kept.
     *
     * @param pair the second text, or null
     * @param maxLength most tokens, special ones included
     */
    public Encoded encode(String text, String pair, int maxLength) {
        Encoding whole = call(() -> pair == null ? tokenizer.encode(text) : tokenizer.encode(text, pair));
        return known(Truncation.longestFirst(whole, maxLength));
    }

    /**
     * Encodes many texts at once, on all cores.
     *
     * @param pairs the second texts, null where there is none; null if there are none at all
     */
    public List<Encoded> encode(List<String> texts, List<String> pairs, int maxLength) {
        Encoded[] encoded = new Encoded[texts.size()];
        int[] single = IntStream.range(0, encoded.length)
                .filter(i -> pairs == null || pairs.get(i) == null)
                .toArray();
        int[] paired = IntStream.range(0, encoded.length)
                .filter(i -> pairs != null && pairs.get(i) != null)
                .toArray();
        if (single.length > 0) {
            String[] batch = Arrays.stream(single).mapToObj(texts::get).toArray(String[]::new);
            place(call(() -> tokenizer.batchEncode(batch)), single, maxLength, encoded);
        }
        if (paired.length > 0) {
            PairList<String, String> batch = new PairList<>(paired.length);
            Arrays.stream(paired).forEach(i -> batch.add(texts.get(i), pairs.get(i)));
            place(call(() -> tokenizer.batchEncode(batch)), paired, maxLength, encoded);
        }
        return List.of(encoded);
    }

    private void place(Encoding[] from, int[] where, int maxLength, Encoded[] to) {
        for (int i = 0; i < where.length; i++) {
            to[where[i]] = known(Truncation.longestFirst(from[i], maxLength));
        }
    }

    /**
     * Encodes words, with special tokens. Where they are too many, tokens are cut off at the end.
     *
     * @param words as they stand in the text, without the space between them
     * @param maxLength most tokens, special ones included
     */
    public Words encodeWords(List<String> words, int maxLength) {
        Encoding whole = call(() -> tokenizer.encode(words.toArray(String[]::new)));
        Encoded cut = known(Truncation.longestFirst(whole, maxLength));
        return new Words(cut, Truncation.words(whole, maxLength));
    }

    /**
     * Words as a model reads them.
     *
     * @param encoded the tokens
     * @param first for each token the word that it begins, or -1 for one that continues a word, and for a special one
     */
    public record Words(Encoded encoded, int[] first) {}

    /** The tokens of a text alone, without special tokens and however many there are. */
    public int[] encodePlain(String text) {
        return known(
                Truncation.ints(call(() -> tokenizer.encode(text, false, false)).getIds()));
    }

    /**
     * Tokens with the places that they come from.
     *
     * @param ids token ids; not to be changed
     * @param from first character of each
     * @param to first character behind each
     */
    public record Placed(int[] ids, int[] from, int[] to) {}

    /** The tokens of a text alone, with their places in it; special tokens that the text has are known as such. */
    public Placed encodePlaced(String text) {
        Encoding encoding = call(() -> tokenizer.encode(text, false, false));
        CharSpan[] spans = encoding.getCharTokenSpans();
        int[] from = new int[spans.length];
        int[] to = new int[spans.length];
        int[] places = characters(text);
        for (int i = 0; i < spans.length; i++) {
            from[i] = spans[i] == null ? 0 : places[spans[i].getStart()];
            to[i] = spans[i] == null ? 0 : places[spans[i].getEnd()];
        }
        return new Placed(known(Truncation.ints(encoding.getIds())), from, to);
    }

    /** Where each code point begins, by which the tokenizer counts; one more for the end. */
    private static int[] characters(String text) {
        int[] places = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 0, at = 0; i < places.length; i++) {
            places[i] = at;
            at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
        }
        return places;
    }

    /** The text of tokens, special ones left out. */
    public String decode(int[] ids) {
        return call(() -> tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true));
    }

    private Encoded known(Encoded encoded) {
        known(encoded.ids());
        return encoded;
    }

    /** Ids that all have a row in the base's table. */
    private int[] known(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= rows) {
                throw new UncheckedIOException(unknown(id));
            }
        }
        return ids;
    }

    private IOException unknown(int id) {
        try {
            return new FileFormatException(
                    file,
                    "has " + TokenizerSize.read(file) + " tokens, but the base's table of words has " + rows
                            + " rows: a text has the token '" + tokenizer.decode(new long[] {id}, false)
                            + "', whose id is " + id
                            + "; use the tokenizer that the base was trained with, or give the "
                            + "base rows for the new tokens (transformers: resize_token_embeddings) and save it again");
        } catch (IOException e) {
            return e;
        }
    }

    /** The library's errors say nothing of the file: a vocabulary without the unknown token, or the like. */
    private <T> T call(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new FileFormatException(file, "fails on a text: " + brief(e), e));
        }
    }

    /** The library repeats what it did not understand, however long. */
    private static String brief(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return message.length() <= 500 ? message : message.substring(0, 500) + "...";
    }

    /** Frees the native tokenizer. */
    @Override
    public void close() {
        tokenizer.close();
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(key) == null && System.getenv(key) == null) {
            System.setProperty(key, value);
        }
    }
}
