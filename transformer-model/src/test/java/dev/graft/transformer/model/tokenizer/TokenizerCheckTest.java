package dev.graft.transformer.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that end the process when the native library (tokenizers 0.21.4 in DJL 0.38.0) reads them or uses them. */
class TokenizerCheckTest {
    private static final String BPE =
            "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]";

    private static void check(String parts) throws FileFormatException {
        TokenizerCheck.check(Path.of("tokenizer.json"), ("{" + parts + "}").getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "continuing_subword_prefix; \"continuing_subword_prefix\":\"####\"}",
                "precompiled_charsmap; },\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"\"}",
                "precompiled_charsmap; },\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"CAAAAP//////////YWJj\"}",
                "length; },\"pre_tokenizer\":{\"type\":\"FixedLength\",\"length\":0}",
                "stop; },\"decoder\":{\"type\":\"Strip\",\"content\":\"a\",\"start\":0,\"stop\":3}",
                "single; },\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}",
                "single; },\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}",
                "added_tokens; },\"added_tokens\":[{\"id\":4294967295,\"content\":\"boat\"}]",
            })
    void isRefused(String key, String rest) {
        String separator = rest.startsWith("}") ? "" : ",";
        FileFormatException e = assertThrows(FileFormatException.class, () -> check(BPE + separator + rest));
        assertTrue(e.getMessage().contains("'" + key) || e.getMessage().contains(key), e.getMessage());
    }

    @Test
    void aTextThatDoublesAgainAndAgainIsRefused() {
        String twice = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"x\"},\"content\":\"xx\"}";
        String all = String.join(",", java.util.Collections.nCopies(40, twice));
        String rest = "},\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[" + all + "]}";
        FileFormatException e = assertThrows(FileFormatException.class, () -> check(BPE + rest));
        assertTrue(e.getMessage().contains("normalizer"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(x+x+)+y",
                "(?:x*)*y",
                "(x+)\\1+y",
                "x*x*x*y",
                "(?:a|a)+b",
                "(?<n>x\\g<n>?y)",
                "x{100000}",
                "(x",
                "x)"
            })
    void patternIsRefused(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> PatternCheck.check(pattern));
    }

    @Test
    void deepGroupsAreRefused() { // these overflow the library's stack
        String pattern = "(".repeat(2000) + "x" + ")".repeat(2000);
        assertThrows(IllegalArgumentException.class, () -> PatternCheck.check(pattern));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t)?|\\p{N}{1,3}",
                "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|\\s*[\\r\\n]+",
                "\\d{1,3}(?=(?:\\d{3})*\\b)",
                " {2,}",
            })
    void patternsOfWellKnownTokenizersAreAllowed(String pattern) {
        assertDoesNotThrow(() -> PatternCheck.check(pattern));
    }

    @Test
    void allTokenizersOfTheFixturesAreAllowed() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("src/test/resources/parity"))) {
            files = all.filter(path -> path.endsWith("tokenizer.json")).toList();
        }
        assertTrue(files.size() > 10, "found " + files.size());
        for (Path file : files) {
            TokenizerCheck.check(file, Files.readAllBytes(file));
        }
    }
}
