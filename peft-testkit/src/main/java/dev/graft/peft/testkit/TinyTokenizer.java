package dev.graft.peft.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tokenizer.json of the tiny base: whole words, lower-cased, between [CLS] and [SEP]. */
final class TinyTokenizer {
    /** A word whose embedding is so large that the loss of its row is not a number. */
    static final String OVERFLOW = "overflow";

    /** The words that rows are made of. */
    static final List<String> WORDS = words();

    /** All tokens by id. */
    static final List<String> VOCABULARY = vocabulary();

    private TinyTokenizer() {}

    private static List<String> words() {
        List<String> words = new ArrayList<>();
        for (String first : List.of("ba", "de", "fi", "go", "hu", "ka")) {
            for (String second : List.of("lo", "mi", "ne", "ru", "sa", "ti")) {
                words.add(first + second);
            }
        }
        return List.copyOf(words);
    }

    private static List<String> vocabulary() {
        List<String> all = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        all.addAll(WORDS);
        all.add(OVERFLOW);
        return List.copyOf(all);
    }

    static Map<String, Object> json() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        VOCABULARY.forEach(word -> ids.put(word, ids.size()));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordPiece");
        model.put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", "##");
        model.put("max_input_chars_per_word", 100);
        model.put("vocab", ids);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("truncation", null);
        json.put("padding", null);
        json.put(
                "added_tokens",
                ids.keySet().stream()
                        .filter(word -> word.startsWith("["))
                        .map(word -> special(word, ids.get(word)))
                        .toList());
        json.put("normalizer", Map.of("type", "Lowercase"));
        json.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
        json.put("post_processor", template(ids));
        json.put("decoder", null);
        json.put("model", model);
        return json;
    }

    private static Map<String, Object> special(String word, int id) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("id", id);
        token.put("content", word);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(flag, false);
        }
        token.put("special", true);
        return token;
    }

    private static Map<String, Object> template(Map<String, Integer> ids) {
        Map<String, Object> template = new LinkedHashMap<>();
        template.put("type", "TemplateProcessing");
        template.put("single", List.of(piece("[CLS]", 0), sequence("A", 0), piece("[SEP]", 0)));
        template.put(
                "pair",
                List.of(piece("[CLS]", 0), sequence("A", 0), piece("[SEP]", 0), sequence("B", 1), piece("[SEP]", 1)));
        Map<String, Object> specials = new LinkedHashMap<>();
        for (String word : List.of("[CLS]", "[SEP]")) {
            specials.put(word, Map.of("id", word, "ids", List.of(ids.get(word)), "tokens", List.of(word)));
        }
        template.put("special_tokens", specials);
        return template;
    }

    private static Map<String, Object> piece(String token, int type) {
        return Map.of("SpecialToken", Map.of("id", token, "type_id", type));
    }

    private static Map<String, Object> sequence(String name, int type) {
        return Map.of("Sequence", Map.of("id", name, "type_id", type));
    }
}
