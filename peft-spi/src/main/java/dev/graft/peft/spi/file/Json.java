package dev.graft.peft.spi.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * JSON, read strictly: a key that occurs twice, anything behind the end, numbers that are not finite and text that is
 * not UTF-8 are errors that name line and column. Objects are maps in the order of the file.
 */
public final class Json {
    private static final long MOST = 256L << 20;

    static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER) // the same digits on every JDK
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private Json() {}

    /** Reads a file that holds one object. */
    public static Map<String, Object> read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST) {
            throw new FileFormatException(file, "has " + size + " bytes; a JSON file has at most " + MOST);
        }
        return parse(file, text(file, Files.readAllBytes(file)));
    }

    /**
     * Reads text that holds one object.
     *
     * @param source the file to name in messages
     */
    public static Map<String, Object> parse(Path source, String text) throws FileFormatException {
        Object value;
        try {
            value = MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException e) {
            throw notJson(source, e);
        }
        if (!(value instanceof Map<?, ?>)) {
            throw new FileFormatException(source, "holds no JSON object, which begins with { and ends with }");
        }
        checkFinite(source, value);
        @SuppressWarnings("unchecked") // Jackson's keys are texts
        Map<String, Object> map = (Map<String, Object>) value;
        return map;
    }

    /** The object as text with two blanks per level; the same bytes on every JDK and system. */
    public static String pretty(Map<String, ?> object) {
        try {
            checkFinite(Path.of("JSON"), object);
            return PRETTY.writeValueAsString(object);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /** The object as one line of text. */
    public static String line(Map<String, ?> object) {
        try {
            checkFinite(Path.of("JSON"), object);
            return MAPPER.writeValueAsString(object);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /** The JSON value that a text holds, a number, a list, null, ...; the text itself if it holds none. */
    public static Object valueOrText(String text) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    static String text(Path source, byte[] bytes) throws FileFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FileFormatException(source, "is not UTF-8 text", e);
        }
    }

    static FileFormatException notJson(Path source, JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        return new FileFormatException(source, "is no valid JSON" + where + ": " + e.getOriginalMessage(), e);
    }

    private static void checkFinite(Path source, Object value) throws FileFormatException {
        if (value instanceof Map<?, ?> map) {
            for (Object element : map.values()) {
                checkFinite(source, element);
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                checkFinite(source, element);
            }
        } else if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
            throw new FileFormatException(source, "holds the number " + number + ", which is not finite");
        }
    }
}
