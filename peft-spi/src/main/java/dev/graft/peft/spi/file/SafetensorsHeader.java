package dev.graft.peft.spi.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and checks the JSON header of a safetensors file, as strictly as the Python library and a little more. */
final class SafetensorsHeader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(Path file) {
        this.file = file;
    }

    /** Reads a header that {@code data} bytes of tensors follow. */
    static SafetensorsHeader read(Path file, byte[] bytes, long data) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(file);
        try (JsonParser json = FACTORY.createParser(Json.text(file, bytes))) {
            header.read(json);
        } catch (JsonProcessingException e) {
            throw Json.notJson(file, e);
        }
        header.checkLayout(data);
        return header;
    }

    private void read(JsonParser json) throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            expect(json.nextToken(), JsonToken.START_OBJECT, "'" + name + "'");
            if (name.equals("__metadata__")) {
                readMetadata(json);
            } else {
                tensors.put(name, readEntry(json, name));
            }
        }
        if (json.nextToken() != null) {
            throw wrong("the header goes on behind its closing brace");
        }
    }

    private void readMetadata(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING, "metadata '" + key + "'");
            metadata.put(key, json.getText());
        }
    }

    private TensorEntry readEntry(JsonParser json, String name) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            JsonToken token = json.nextToken();
            switch (key) {
                case "dtype" -> {
                    expect(token, JsonToken.VALUE_STRING, "dtype of '" + name + "'");
                    dtype = json.getText();
                }
                case "shape" -> shape = numbers(json, token, "shape of '" + name + "'");
                case "data_offsets" -> offsets = numbers(json, token, "data_offsets of '" + name + "'");
                default ->
                    throw wrong("tensor '" + name + "' has the unknown key '" + key
                            + "'; allowed: dtype, shape, data_offsets");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw wrong("tensor '" + name + "' needs a dtype, a shape and two data_offsets");
        }
        return entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private TensorEntry entry(String name, String dtype, List<Long> shape, long begin, long end)
            throws FileFormatException {
        Dtype type = Dtype.named(dtype);
        if (type == null) {
            throw wrong("tensor '" + name + "' has the unknown dtype '" + dtype + "'; known: " + Dtype.known());
        }
        long bytes = type.bytes();
        try {
            for (long extent : shape) {
                bytes = Math.multiplyExact(bytes, extent);
            }
        } catch (ArithmeticException e) {
            throw new FileFormatException(file, "tensor '" + name + "' has the impossible shape " + shape, e);
        }
        if (end < begin || end - begin != bytes) {
            throw wrong("tensor '" + name + "' of type " + dtype + " and shape " + shape + " has " + bytes
                    + " bytes, but its data_offsets are " + begin + " and " + end);
        }
        return new TensorEntry(type, shape.stream().mapToLong(Long::longValue).toArray(), begin, end);
    }

    private List<Long> numbers(JsonParser json, JsonToken first, String what) throws IOException {
        expect(first, JsonToken.START_ARRAY, what);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
            long number = json.getLongValue();
            if (number < 0) {
                throw wrong(what + " holds " + number + "; allowed: whole numbers from 0");
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** The tensors fill the data without overlap or gap. */
    private void checkLayout(long data) throws FileFormatException {
        List<Map.Entry<String, TensorEntry>> byOffset = new ArrayList<>(tensors.entrySet());
        byOffset.sort(Comparator.<Map.Entry<String, TensorEntry>>comparingLong(
                        entry -> entry.getValue().begin())
                .thenComparingLong(entry -> entry.getValue().end()));
        long at = 0;
        for (Map.Entry<String, TensorEntry> tensor : byOffset) {
            long begin = tensor.getValue().begin();
            long end = tensor.getValue().end();
            if (end > data) {
                throw wrong("tensor '" + tensor.getKey() + "' ends at byte " + end + " of the data, but the file holds "
                        + data + " bytes of data; it is truncated or damaged");
            }
            if (begin != at) {
                throw wrong("tensor '" + tensor.getKey() + "' begins at byte " + begin + " of the data, "
                        + (begin < at ? "inside another tensor" : "behind a gap") + "; expected: " + at);
            }
            at = end;
        }
        if (at != data) {
            throw wrong("the tensors end at byte " + at + " of the data, but the file holds " + data);
        }
    }

    private void expect(JsonToken found, JsonToken wanted, String what) throws FileFormatException {
        if (found != wanted) {
            throw wrong(what + " is no " + words(wanted));
        }
    }

    private static String words(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "JSON object";
            case START_ARRAY -> "list";
            case VALUE_STRING -> "text";
            default -> "whole number";
        };
    }

    private FileFormatException wrong(String problem) {
        return new FileFormatException(file, problem);
    }
}
