package dev.graft.transformer.model.gguf;

import static dev.graft.transformer.model.gguf.GgufTokenizer.ordered;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How texts are split before byte pairs are merged, by llama.cpp's names for it. */
enum BytePairs {
    PLAIN(List.of("default", "gpt-2", "gpt2"), null, false, false),
    DIGITS(List.of("smollm"), null, false, false),
    LLAMA(List.of("llama-bpe", "llama3", "llama-v3"), BytePairs.LLAMA_3, false, true),
    QWEN(List.of("qwen2"), BytePairs.QWEN_2, true, false);

    private static final String LLAMA_3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
                    + "\\s+(?!\\S)|\\s+";
    private static final String QWEN_2 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
                    + "\\s+(?!\\S)|\\s+";

    private final List<String> names;
    private final String pattern;
    private final boolean normalized;
    private final boolean wholeWords;

    BytePairs(List<String> names, String pattern, boolean normalized, boolean wholeWords) {
        this.names = names;
        this.pattern = pattern;
        this.normalized = normalized;
        this.wholeWords = wholeWords;
    }

    /** The one of this name, or null. */
    static BytePairs named(String name) {
        return Arrays.stream(values())
                .filter(each -> each.names.contains(name))
                .findFirst()
                .orElse(null);
    }

    static String known() {
        return String.join(
                ", ",
                Arrays.stream(values()).flatMap(each -> each.names.stream()).toList());
    }

    /** True if a word that is a token is not put together from others. */
    boolean wholeWords() {
        return wholeWords;
    }

    Map<String, Object> normalizer() {
        return normalized ? ordered("type", "NFC") : null;
    }

    Map<String, Object> splitter() {
        if (this == PLAIN) {
            return bytes(true);
        }
        Map<String, Object> first = this == DIGITS
                ? ordered("type", "Digits", "individual_digits", true)
                : ordered(
                        "type", "Split", "pattern", ordered("Regex", pattern), "behavior", "Isolated", "invert", false);
        return ordered("type", "Sequence", "pretokenizers", List.of(first, bytes(this == DIGITS)));
    }

    /** Bytes as letters. */
    static Map<String, Object> bytes(boolean words) {
        return ordered("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", words, "use_regex", words);
    }
}
