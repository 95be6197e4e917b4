package dev.graft.transformer.model.tokenizer;

import dev.graft.peft.spi.file.FileFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Refuses a tokenizer.json with which the native library would end the process, run for ever or take memory without
 * measure. Keys are looked at wherever they stand, whatever the type beside them says: the library guesses types too.
 */
public final class TokenizerCheck {
    private static final int LONGEST_TOKEN = 8192;
    private static final int MOST_GROWTH = 64;

    private final Path file;

    private TokenizerCheck(Path file) {
        this.file = file;
    }

    /**
     * Looks at a file's content.
     *
     * @throws FileFormatException that says what is wrong
     */
    public static void check(Path file, byte[] bytes) throws FileFormatException {
        TokenizerCheck check = new TokenizerCheck(file);
        Map<String, Object> json = TokenizerOutline.read(file, bytes, false);
        check.walk(json);
        for (String part : List.of("normalizer", "pre_tokenizer", "decoder")) {
            double growth = check.growth(json.get(part));
            if (growth > MOST_GROWTH) {
                throw check.wrong(part, "may make a text " + growth + " times as long; allowed: " + MOST_GROWTH);
            }
        }
        check.added(json.get("added_tokens"));
        if (json.get("model") instanceof Map<?, ?> model
                && model.get("continuing_subword_prefix") instanceof String prefix
                && !prefix.isEmpty()) {
            check.merges(TokenizerOutline.read(file, bytes, true), prefix);
        }
    }

    private void walk(Object value) throws FileFormatException {
        if (value instanceof List<?> list) {
            for (Object each : list) {
                walk(each);
            }
        } else if (value instanceof Map<?, ?> map) {
            component(map);
            for (Object each : map.values()) {
                walk(each);
            }
        }
    }

    private void component(Map<?, ?> map) throws FileFormatException {
        Object type = map.get("type");
        if (map.get("Regex") instanceof String pattern) {
            try {
                PatternCheck.check(pattern);
            } catch (IllegalArgumentException e) {
                throw wrong("Regex", "is '" + shown(pattern) + "': " + e.getMessage());
            }
        }
        if (map.containsKey("precompiled_charsmap") || "Precompiled".equals(type)) {
            characterMap(map.get("precompiled_charsmap"));
        }
        if ("FixedLength".equals(type)
                && !(map.get("length") instanceof Integer length && length >= 1 && length <= LONGEST_TOKEN)) {
            throw wrong("length", "is " + map.get("length") + "; allowed: from 1 to " + LONGEST_TOKEN);
        }
        if (map.containsKey("stop") && !Integer.valueOf(0).equals(map.get("stop"))) {
            throw wrong(
                    "stop", "is " + map.get("stop") + "; allowed: 0, as texts that are stripped whole fail otherwise");
        }
        if (map.containsKey("special_tokens") || "TemplateProcessing".equals(type)) {
            template(map);
        }
    }

    private int characterMap(Object value) throws FileFormatException {
        try {
            return CharacterMap.longest((String) value);
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            throw wrong("precompiled_charsmap", "cannot be used: " + e.getMessage());
        }
    }

    /** What stands around a text, or a pair. */
    private void template(Map<?, ?> map) throws FileFormatException {
        if (!(map.get("special_tokens") instanceof Map<?, ?> specials)) {
            throw wrong("special_tokens", "is no map from names to tokens");
        }
        for (Map.Entry<?, ?> special : specials.entrySet()) {
            if (!(special.getValue() instanceof Map<?, ?> token
                    && token.get("ids") instanceof List<?> ids
                    && token.get("tokens") instanceof List<?> names
                    && ids.size() == names.size())) {
                throw wrong("special_tokens", "has not as many ids as tokens for '" + shown(special.getKey()) + "'");
            }
        }
        pieces(map, "single", specials, List.of("A"));
        pieces(map, "pair", specials, List.of("A", "B"));
    }

    private void pieces(Map<?, ?> map, String key, Map<?, ?> specials, List<String> texts) throws FileFormatException {
        if (!(map.get(key) instanceof List<?> pieces)) {
            throw wrong(key, "is no list of texts and special tokens");
        }
        for (Object piece : pieces) {
            Map<?, ?> named = piece instanceof Map<?, ?> found && found.size() == 1 ? found : Map.of();
            boolean text = named.get("Sequence") instanceof Map<?, ?> part
                    && part.get("id") instanceof String id
                    && texts.contains(id);
            boolean token = named.get("SpecialToken") instanceof Map<?, ?> part && specials.containsKey(part.get("id"));
            if (!text && !token) {
                throw wrong(
                        key, "has the piece " + shown(piece) + "; allowed: " + texts + " and what special_tokens has");
            }
        }
    }

    /** Most characters that one character of a text can become, roughly. */
    private double growth(Object value) throws FileFormatException {
        double growth = 1;
        if (value instanceof List<?> list) {
            for (Object each : list) {
                growth *= growth(each);
            }
        } else if (value instanceof Map<?, ?> map) {
            if (map.get("content") instanceof String content && map.get("pattern") instanceof Map<?, ?> pattern) {
                boolean fixed = pattern.get("String") instanceof String text && !text.isEmpty();
                int least = fixed ? ((String) pattern.get("String")).length() : 1;
                growth = fixed ? Math.max(1, content.length() / (double) least) : 1 + content.length();
            } else if (map.containsKey("precompiled_charsmap")) {
                growth = Math.max(1, characterMap(map.get("precompiled_charsmap")) / 2.0);
            } else if (map.get("prepend") instanceof String text) {
                growth = Math.max(1, text.length() / 2.0);
            } else if ("ByteLevel".equals(map.get("type"))) {
                growth = 2;
            }
            for (Object each : map.values()) {
                growth *= each instanceof List<?> ? growth(each) : 1;
            }
        }
        return growth;
    }

    private void added(Object tokens) throws FileFormatException {
        for (Object each : tokens instanceof List<?> list ? list : List.of()) {
            if (each instanceof Map<?, ?> token
                    && token.get("content") instanceof String content
                    && (content.length() > LONGEST_TOKEN || !(token.get("id") instanceof Integer id) || id < 0)) {
                throw wrong(
                        "added_tokens",
                        "has '" + shown(content) + "' with the id " + token.get("id")
                                + "; allowed: ids from 0, and tokens of at most " + LONGEST_TOKEN + " characters");
            }
        }
    }

    /** The right part of each merge loses the prefix, which it must have. */
    private void merges(Map<String, Object> json, String prefix) throws FileFormatException {
        Object merges = ((Map<?, ?>) json.get("model")).get("merges");
        for (Object merge : merges instanceof List<?> list ? list : List.of()) {
            Object right = merge instanceof List<?> pair
                    ? pair.size() == 2 ? pair.get(1) : null
                    : String.valueOf(merge).replaceFirst("^[^ ]* ", "");
            if (!(right instanceof String text) || !text.startsWith(prefix)) {
                throw wrong(
                        "merges",
                        "has " + shown(merge) + ", whose right part does not begin with the "
                                + "continuing_subword_prefix '" + shown(prefix) + "'");
            }
        }
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    private FileFormatException wrong(String key, String problem) {
        return new FileFormatException(file, "is no tokenizer that Graft can use: '" + key + "' " + problem);
    }
}
