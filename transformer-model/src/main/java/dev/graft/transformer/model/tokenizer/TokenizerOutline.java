package dev.graft.transformer.model.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a tokenizer.json without its vocabulary, and without its merges unless they are asked for: most of it is these. */
final class TokenizerOutline {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int DEEPEST = 64;

    private final Path file;
    private final boolean merges;

    private TokenizerOutline(Path file, boolean merges) {
        this.file = file;
        this.merges = merges;
    }

    /**
     * The content as maps and lists.
     *
     * @param merges true to read model.merges too
     */
    static Map<String, Object> read(Path file, byte[] bytes, boolean merges) throws FileFormatException {
        try (JsonParser json = FACTORY.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new FileFormatException(file, "is no tokenizer: it holds no JSON object");
            }
            Map<String, Object> all = new TokenizerOutline(file, merges).object(json, 0, false);
            if (json.nextToken() != null) {
                throw new FileFormatException(file, "is no tokenizer: it goes on behind its closing brace");
            }
            return all;
        } catch (JsonProcessingException e) {
            throw new FileFormatException(
                    file, "is no tokenizer, as it is no valid JSON: " + e.getOriginalMessage(), e);
        } catch (FileFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FileFormatException(file, "is no tokenizer, as it is no valid JSON: " + e.getMessage(), e);
        }
    }

    private Map<String, Object> object(JsonParser json, int depth, boolean model) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            if (model && (key.equals("vocab") || key.equals("merges") && !merges)) {
                json.skipChildren();
            } else {
                map.put(key, value(json, depth + 1, depth == 0 && key.equals("model")));
            }
        }
        return map;
    }

    private Object value(JsonParser json, int depth, boolean model) throws IOException {
        if (depth > DEEPEST) {
            throw new FileFormatException(file, "is no tokenizer: it is nested more than " + DEEPEST + " deep");
        }
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json, depth, model);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json, depth + 1, false));
                }
                yield list;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
