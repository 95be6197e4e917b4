package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file's tokenizer as the content of Hugging Face's tokenizer.json and tokenizer_config.json. */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private static final int LONGEST_PIECE = 1024;

    private final GgufFile file;
    private final Map<String, Object> metadata;
    private final List<String> tokens;
    private final boolean pieces;

    GgufTokenizer(GgufFile file) throws FileFormatException {
        this.file = file;
        this.metadata = file.metadata();
        this.tokens = texts("tokens");
        String model = text("model", null);
        if (!model.equals("gpt2") && !model.equals("llama")) {
            throw wrong("model", model, "gpt2 (BPE) and llama (SentencePiece)");
        }
        this.pieces = model.equals("llama");
    }

    /** What tokenizer.json would hold. */
    Map<String, Object> tokenizer() throws FileFormatException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("truncation", null);
        json.put("padding", null);
        json.put("added_tokens", added());
        if (pieces) {
            boolean prefix = flag("add_space_prefix", true);
            json.put("normalizer", SentencePieces.normalizer(prefix));
            json.put("pre_tokenizer", null);
            json.put("post_processor", special());
            json.put("decoder", SentencePieces.decoder(prefix));
        } else {
            BytePairs pairs = BytePairs.named(text("pre", "default"));
            if (pairs == null) {
                throw wrong("pre", text("pre", "default"), BytePairs.known());
            }
            json.put("normalizer", pairs.normalizer());
            json.put("pre_tokenizer", pairs.splitter());
            json.put("post_processor", special());
            json.put("decoder", BytePairs.bytes(true));
        }
        json.put("model", model());
        return json;
    }

    private Map<String, Object> model() throws FileFormatException {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (pieces && tokens.get(id).length() > LONGEST_PIECE) { // finding its parts takes the square of it
                throw new FileFormatException(
                        file.path(),
                        "has a token of " + tokens.get(id).length() + " characters; allowed: " + LONGEST_PIECE);
            }
            if (vocabulary.put(tokens.get(id), id) != null) {
                throw new FileFormatException(file.path(), "has the token '" + tokens.get(id) + "' twice");
            }
        }
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", pieces ? tokens.get(id("unknown_token_id", 0)) : null);
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", pieces);
        model.put("byte_fallback", pieces);
        model.put(
                "ignore_merges",
                !pieces && BytePairs.named(text("pre", "default")).wholeWords());
        model.put("vocab", vocabulary);
        model.put("merges", pieces ? SentencePieces.merges(tokens, scores()) : texts("merges"));
        return model;
    }

    private List<Map<String, Object>> added() throws FileFormatException {
        List<Map<String, Object>> added = new ArrayList<>();
        List<Integer> types = types();
        for (int id = 0; id < types.size(); id++) {
            int type = types.get(id);
            if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
                Map<String, Object> token = new LinkedHashMap<>();
                token.put("id", id);
                token.put("content", tokens.get(id));
                token.put("single_word", false);
                token.put("lstrip", false);
                token.put("rstrip", false);
                token.put("normalized", false);
                token.put("special", type != USER_DEFINED);
                added.add(token);
            }
        }
        return added;
    }

    /** The tokens that stand in front of a text and behind it. */
    private Map<String, Object> special() throws FileFormatException {
        String begin = flag("add_bos_token", pieces) ? token("bos_token_id") : null;
        String end = flag("add_eos_token", false) ? token("eos_token_id") : null;
        if (begin == null && end == null) {
            return pieces ? null : BytePairs.bytes(false);
        }
        Map<String, Object> tokensById = new LinkedHashMap<>();
        List<Object> single = new ArrayList<>();
        List<Object> pair = new ArrayList<>();
        for (String sequence : List.of("A", "B")) {
            int type = sequence.equals("A") ? 0 : 1;
            List<Object> part = new ArrayList<>();
            if (begin != null) {
                part.add(special(begin, type, tokensById));
            }
            part.add(Map.of("Sequence", ordered("id", sequence, "type_id", type)));
            if (end != null) {
                part.add(special(end, type, tokensById));
            }
            pair.addAll(part);
            single = type == 0 ? part : single;
        }
        Map<String, Object> template = new LinkedHashMap<>();
        template.put("type", "TemplateProcessing");
        template.put("single", single);
        template.put("pair", pair);
        template.put("special_tokens", tokensById);
        return template;
    }

    private Map<String, Object> special(String token, int type, Map<String, Object> tokensById) {
        tokensById.put(token, ordered("id", token, "ids", List.of(tokens.indexOf(token)), "tokens", List.of(token)));
        return Map.of("SpecialToken", ordered("id", token, "type_id", type));
    }

    /** What tokenizer_config.json would hold. */
    Map<String, Object> settings() throws FileFormatException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokenizer_class", "PreTrainedTokenizerFast");
        json.put("clean_up_tokenization_spaces", false);
        put(json, "bos_token", "bos_token_id");
        put(json, "eos_token", "eos_token_id");
        put(json, "unk_token", "unknown_token_id");
        put(json, "pad_token", "padding_token_id");
        if (metadata.get("tokenizer.chat_template") instanceof String template) {
            json.put("chat_template", template);
        }
        return json;
    }

    private void put(Map<String, Object> json, String key, String id) throws FileFormatException {
        String token = token(id);
        if (token != null) {
            json.put(key, token);
        }
    }

    private String token(String key) throws FileFormatException {
        return metadata.containsKey(PREFIX + key) ? tokens.get(id(key, 0)) : null;
    }

    private int id(String key, int otherwise) throws FileFormatException {
        Object value = metadata.getOrDefault(PREFIX + key, otherwise);
        if (value instanceof Integer id && id >= 0 && id < tokens.size()) {
            return id;
        }
        throw wrong(key, value, "a token's id, from 0 to " + (tokens.size() - 1));
    }

    private String text(String key, String otherwise) throws FileFormatException {
        Object value = metadata.getOrDefault(PREFIX + key, otherwise);
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "a text");
    }

    private boolean flag(String key, boolean otherwise) throws FileFormatException {
        Object value = metadata.getOrDefault(PREFIX + key, otherwise);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "true or false");
    }

    private List<String> texts(String key) throws FileFormatException {
        List<String> texts = new ArrayList<>();
        if (metadata.get(PREFIX + key) instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof String text)) {
                    throw wrong(key, each, "a list of texts");
                }
                texts.add(text);
            }
            return texts;
        }
        throw wrong(key, metadata.get(PREFIX + key), "a list of texts");
    }

    private List<Integer> types() throws FileFormatException {
        List<Integer> types = new ArrayList<>();
        if (metadata.get(PREFIX + "token_type") instanceof List<?> list && list.size() == tokens.size()) {
            for (Object each : list) {
                types.add(each instanceof Integer type ? type : -1);
            }
            return types;
        }
        throw wrong("token_type", "no list of " + tokens.size(), "one number a token");
    }

    private double[] scores() throws FileFormatException {
        if (metadata.get(PREFIX + "scores") instanceof List<?> list && list.size() == tokens.size()) {
            return list.stream()
                    .mapToDouble(each -> each instanceof Number score ? score.doubleValue() : Double.NaN)
                    .toArray();
        }
        throw wrong("scores", "no list of " + tokens.size(), "one number a token");
    }

    private FileFormatException wrong(String key, Object value, String allowed) {
        String text = String.valueOf(value);
        return new FileFormatException(
                file.path(),
                "'" + PREFIX + key + "' is " + (text.length() > 100 ? text.substring(0, 100) + "..." : text)
                        + "; allowed: " + allowed);
    }

    static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
