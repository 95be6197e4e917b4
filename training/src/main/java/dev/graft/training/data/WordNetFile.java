package dev.graft.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * WordNet's file data.noun (format: wndb(5WN)): one sense a line, its lexicographer file's number at column 9, its gloss
 * after a bar. The licence stands in front, in lines that start with two blanks.
 */
final class WordNetFile {
    /** Lexicographer files 03 to 28 (lexnames(5WN)), without the prefix "noun.". */
    private static final List<String> NAMES = List.of(
            "Tops act animal artifact attribute body cognition communication event feeling food group location motive object"
                    .concat(" person phenomenon plant possession process quantity relation shape state substance time")
                    .split(" "));

    private static final String AMBIGUOUS = "";
    private static final int FIRST = 3;
    private static final int NUMBER_AT = 9;
    private static final String ENTRY = "net/sf/extjwnl/data/wordnet/wn31/data.noun";
    private static final int LICENCE_BYTES = 4096;

    private final byte[] bytes;

    private WordNetFile(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the file out of the jar. */
    static WordNetFile read(Path jar) throws DataException {
        if (!Files.isRegularFile(jar)) {
            throw new DataException(
                    jar + " does not exist; system property graft.data.dir must name the folder that holds it");
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(ENTRY);
            if (entry == null) {
                throw new DataException(jar + " has no " + ENTRY + "; it is not WordNet 3.1: build the project again");
            }
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] bytes = new byte[Math.toIntExact(entry.getSize())];
                if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                    throw new DataException(jar + " is cut short; build the project again");
                }
                return new WordNetFile(bytes);
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(jar + " cannot be read: " + Shown.reason(e), e);
        }
    }

    /** The licence in front of the senses, without its line numbers. */
    String licence() {
        String[] lines =
                new String(bytes, 0, Math.min(bytes.length, LICENCE_BYTES), StandardCharsets.ISO_8859_1).split("\n");
        return Arrays.stream(lines)
                .takeWhile(line -> line.startsWith("  "))
                .map(line -> line.strip().replaceFirst("^\\d+ ?", ""))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * The distinct texts of each class: definitions up to the first semicolon, without those that
     * stand in two classes.
     */
    Map<String, List<String>> textsByClass(Set<String> leftOut) {
        Map<String, String> classes = new LinkedHashMap<>(1 << 18);
        for (int start = 0; start < bytes.length; ) {
            int end = indexOf((byte) '\n', start, bytes.length);
            String name = bytes[start] == ' ' ? null : name(start + NUMBER_AT);
            if (name != null && !leftOut.contains(name)) {
                classes.merge(gloss(start, end), name, (before, now) -> before.equals(now) ? before : AMBIGUOUS);
            }
            start = end + 1;
        }
        Map<String, List<String>> texts = new HashMap<>();
        classes.forEach((text, name) ->
                texts.computeIfAbsent(name, none -> new ArrayList<>()).add(text));
        texts.remove(AMBIGUOUS);
        return texts;
    }

    private String name(int at) {
        return NAMES.get(10 * (bytes[at] - '0') + bytes[at + 1] - '0' - FIRST);
    }

    private String gloss(int start, int end) {
        int bar = indexOf((byte) '|', start, end);
        int semicolon = indexOf((byte) ';', bar + 1, end);
        return new String(bytes, bar + 1, semicolon - bar - 1, StandardCharsets.ISO_8859_1).strip();
    }

    private int indexOf(byte wanted, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }
}
