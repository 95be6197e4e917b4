package dev.graft.training.data;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files with one JSON object a line, UTF-8, strictly. */
final class JsonLines {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonLines() {}

    /** What is made of a line. */
    @FunctionalInterface
    interface Format<T> {
        T read(JsonLine line) throws DataException;
    }

    /** Takes what was made of the lines, one after another. */
    @FunctionalInterface
    interface Taker<T> {
        void take(T row) throws IOException;
    }

    /** All lines of a file, at least one. */
    static <T> List<T> read(Path file, Format<T> format) throws DataException {
        List<T> rows = new ArrayList<>();
        try {
            forEach(file, format, rows::add);
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + Shown.reason(e), e);
        }
        return List.copyOf(rows);
    }

    /** The first line of a file. */
    static JsonLine first(Path file) throws DataException {
        JsonLine[] found = new JsonLine[1];
        try {
            forEach(file, line -> line, line -> {
                found[0] = line;
                throw new Found();
            });
        } catch (Found e) {
            return found[0];
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + Shown.reason(e), e);
        }
        return found[0];
    }

    /** Ends the reading of a file after its first line. */
    private static final class Found extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The lines of a file, at least one, without keeping them. */
    static <T> void forEach(Path file, Format<T> format, Taker<T> taker) throws IOException {
        try (InputStream in = new BufferedInputStream(open(file), 1 << 16)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int number = 0;
            for (int b = in.read(); b >= 0; ) {
                bytes.reset();
                for (; b >= 0 && b != '\n'; b = in.read()) {
                    bytes.write(b);
                }
                number++;
                String text = decode(bytes.toByteArray(), file, number);
                taker.take(format.read(parse(text, file, number)));
                if (b == '\n') {
                    b = in.read();
                }
            }
            if (number == 0) {
                throw new DataException(file + " is empty; write one JSON object a line into it");
            }
        }
    }

    /** Opens a file that must be there. */
    static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new DataException(file + " is a folder; a file with one JSON object a line is needed");
        }
        if (Files.notExists(file)) {
            throw new DataException(file + " does not exist; check the path");
        }
        return Files.newInputStream(file);
    }

    /** The bytes as text, or an error that says at which byte they are not UTF-8. */
    static String decode(byte[] bytes, Path file, int number) throws DataException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file + ", line " + number + ": byte " + (buffer.position() + 1)
                            + " is not UTF-8; save the file with the encoding UTF-8",
                    e);
        }
    }

    private static JsonLine parse(String text, Path file, int number) throws DataException {
        String at = file + ", line " + number + ": ";
        if (text.isBlank()) {
            throw new DataException(at + "the line is blank; every line must hold one JSON object: remove the line");
        }
        if (text.startsWith("\uFEFF")) {
            throw new DataException(at + "the file starts with a byte order mark; save it as UTF-8 without one");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            String column = where == null ? "" : " at column " + where.getColumnNr();
            throw new DataException(
                    at + "not JSON" + column + ": " + firstLine(e.getOriginalMessage()) + "; the line is "
                            + Shown.of(text) + "; allowed: one JSON object a line",
                    e);
        }
        if (!node.isObject()) {
            throw new DataException(
                    at + "the line is " + Shown.of(text) + "; allowed: a JSON object, such as {\"text\": \"...\"}");
        }
        return new JsonLine(file, number, node);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("").strip();
    }
}
