package dev.graft.transformer.model.tokenizer;

import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How many tokens a tokenizer.json knows, for messages: it reads the whole file. */
public final class TokenizerSize {
    private TokenizerSize() {}

    /** The largest id of a token, and one more; 0 where it names none. */
    public static int read(Path file) throws IOException {
        Map<String, Object> json = Json.read(file);
        Object vocabulary = json.get("model") instanceof Map<?, ?> model ? model.get("vocab") : null;
        Object added = json.get("added_tokens");
        Stream<?> known = vocabulary instanceof Map<?, ?> map ? map.values().stream() : Stream.of(-1);
        Stream<?> more = added instanceof List<?> list
                ? list.stream().map(each -> each instanceof Map<?, ?> token ? token.get("id") : null)
                : Stream.of();
        int largest = Stream.concat(known, more)
                .filter(Integer.class::isInstance)
                .mapToInt(Integer.class::cast)
                .max()
                .orElse(-1);
        int listed = vocabulary instanceof List<?> list ? list.size() : 0; // a unigram's ids are its places
        return Math.max(listed, largest + 1);
    }
}
