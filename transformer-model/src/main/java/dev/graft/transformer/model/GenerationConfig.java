package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a base wants texts to be written: {@code generation_config.json}, or without that file the same keys of {@code
 * config.json}, as transformers reads them. Immutable.
 *
 * <p>What concerns draws (do_sample, temperature, top_k, top_p and others) and lengths in all (max_length, max_new_tokens)
 * is left to the caller. A key that changes the most probable text and is not known here is an error.
 *
 * @param endTokens end a text
 * @param first the token that every text of a decoder that starts from one token begins with, or -1
 * @param last the token that a text of full length ends with, or -1
 * @param suppressed tokens that are never written
 * @param suppressedFirst tokens that are not written at the beginning
 * @param bad sequences of tokens of which the last one is not written behind the others
 * @param ngram no sequence of so many tokens is written twice; 0 for any
 * @param minLength least tokens in all, the prompt's of a decoder included
 * @param minNewTokens least tokens that are written
 * @param repetitionPenalty as {@link Sampling} has it
 * @param beams texts that are followed side by side
 */
public record GenerationConfig(
        List<Integer> endTokens,
        int first,
        int last,
        List<Integer> suppressed,
        List<Integer> suppressedFirst,
        List<List<Integer>> bad,
        int ngram,
        int minLength,
        int minNewTokens,
        double repetitionPenalty,
        BeamOptions beams) {
    private static final String FILE = "generation_config.json";

    /** Keys that change the most probable text and are not built, with the values that do nothing. */
    private static final Map<String, List<Object>> REFUSED = Map.ofEntries(
            Map.entry("encoder_repetition_penalty", List.of(1.0, 1)),
            Map.entry("encoder_no_repeat_ngram_size", List.of(0)),
            Map.entry("num_beam_groups", List.of(1)),
            Map.entry("diversity_penalty", List.of(0.0, 0)),
            Map.entry("penalty_alpha", List.of(0.0, 0)),
            Map.entry("guidance_scale", List.of(1.0, 1)),
            Map.entry("renormalize_logits", List.of(false)),
            Map.entry("exponential_decay_length_penalty", List.of()),
            Map.entry("sequence_bias", List.of()),
            Map.entry("force_words_ids", List.of()),
            Map.entry("constraints", List.of()),
            Map.entry("forced_decoder_ids", List.of()),
            Map.entry("stop_strings", List.of()),
            Map.entry("dola_layers", List.of()),
            Map.entry("watermarking_config", List.of()),
            Map.entry("token_healing", List.of(false)));

    /**
     * Reads it.
     *
     * @param directory of the base, or null for a model without files
     * @throws SettingsException if a value is wrong or not supported; it names the file, the key and what is allowed
     */
    static GenerationConfig read(Path directory, ModelConfig config) {
        Path file = directory == null ? null : directory.resolve(FILE);
        boolean own = file != null && Files.exists(file);
        try {
            return own
                    ? new Reader(FILE, Json.read(file), config).read(true)
                    : new Reader("config.json", config.json(), config).read(false);
        } catch (IOException e) {
            throw new SettingsException(e.getMessage());
        }
    }

    /** One file's keys. */
    private record Reader(String file, Map<String, Object> json, ModelConfig config) {
        GenerationConfig read(boolean own) {
            REFUSED.forEach((key, neutral) -> {
                Object value = json.get(key);
                if (value != null && !neutral.contains(value)) {
                    throw wrong(key, value, neutral.isEmpty() ? "null" : neutral.get(0) + " or null");
                }
            });
            List<Integer> ends = own ? ends() : config.endTokens();
            int forced = one("forced_bos_token_id");
            return new GenerationConfig(
                    ends,
                    own || forced >= 0 ? forced : config.plan().language().forcedToken(),
                    one("forced_eos_token_id"),
                    tokens("suppress_tokens"),
                    tokens("begin_suppress_tokens"),
                    bad(ends),
                    whole("no_repeat_ngram_size", 0),
                    whole("min_length", 0),
                    whole("min_new_tokens", 0),
                    number("repetition_penalty"),
                    beams());
        }

        /** Those that the vocabulary has: no text ends with another. */
        private List<Integer> ends() {
            Object value = json.get("eos_token_id");
            List<?> given = value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
            List<?> possible = given.stream()
                    .filter(id -> !(id instanceof Integer known) || known >= 0 && known < config.vocabularySize())
                    .toList();
            return ids("eos_token_id", possible);
        }

        private BeamOptions beams() {
            Object early = json.get("early_stopping");
            if (early != null && !(early instanceof Boolean)) {
                throw wrong("early_stopping", early, "true or false");
            }
            return new BeamOptions(whole("num_beams", 1), number("length_penalty"), Boolean.TRUE.equals(early));
        }

        private List<List<Integer>> bad(List<Integer> ends) {
            List<List<Integer>> found = new ArrayList<>();
            Object value = json.get("bad_words_ids");
            for (Object each : value instanceof List<?> list ? list : List.of()) {
                List<Integer> word = ids("bad_words_ids", each);
                if (word.isEmpty()) {
                    throw wrong("bad_words_ids", value, "lists of tokens");
                }
                if (word.size() > 1 || !ends.contains(word.get(0))) { // an end token is never a bad word
                    found.add(word);
                }
            }
            return found;
        }

        private int one(String key) {
            List<Integer> ids = tokens(key);
            if (ids.size() > 1) {
                throw wrong(key, ids, "one token");
            }
            return ids.isEmpty() ? -1 : ids.get(0);
        }

        private List<Integer> tokens(String key) {
            Object value = json.get(key);
            return value == null ? List.of() : ids(key, value);
        }

        private List<Integer> ids(String key, Object value) {
            List<Integer> ids = new ArrayList<>();
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (!(each instanceof Integer id) || id < 0 || id >= config.vocabularySize()) {
                    throw wrong(key, value, "ids of tokens, from 0 to " + (config.vocabularySize() - 1));
                }
                ids.add(id);
            }
            return List.copyOf(ids);
        }

        private int whole(String key, int otherwise) {
            Object value = json.get(key);
            if (value == null) {
                return otherwise;
            }
            if (value instanceof Integer number && number >= 0) {
                return number;
            }
            throw wrong(key, value, "a whole number from 0");
        }

        private double number(String key) {
            Object value = json.get(key);
            if (value == null) {
                return 1;
            }
            if (value instanceof Number number) {
                return number.doubleValue();
            }
            throw wrong(key, value, "a number");
        }

        private SettingsException wrong(String key, Object value, String allowed) {
            return new SettingsException("'" + key + "' in the base's " + file + " is " + value + "; allowed: "
                    + allowed + ". To generate otherwise, change it there");
        }
    }
}
