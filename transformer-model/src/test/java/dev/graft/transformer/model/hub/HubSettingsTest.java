package dev.graft.transformer.model.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
    @TempDir
    Path home;

    private HubSettings of(String... pairs) throws IOException {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return HubSettings.of(environment, home.toString());
    }

    @Test
    void theCacheIsWherePythonHasIt() throws IOException {
        assertEquals(home.resolve(".cache/huggingface/hub"), of().cache());
        assertEquals(Path.of("/x/huggingface/hub"), of("XDG_CACHE_HOME", "/x").cache());
        assertEquals(
                Path.of("/h/hub"), of("HF_HOME", "/h", "XDG_CACHE_HOME", "/x").cache());
        assertEquals(
                Path.of("/old"),
                of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/h").cache());
        assertEquals(
                Path.of("/c"),
                of("HF_HUB_CACHE", "/c", "HUGGINGFACE_HUB_CACHE", "/old").cache());
        assertEquals(
                home.resolve("a/b"),
                of("HF_HUB_CACHE", "~/$ONE/${TWO}", "ONE", "a", "TWO", "b").cache());
    }

    @Test
    void theTokenIsTheVariableOrTheFile() throws IOException {
        assertNull(of().token());
        Path file = home.resolve(".cache/huggingface/token");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hf_file\n");
        assertEquals("hf_file", of().token());
        assertEquals("hf_variable", of("HF_TOKEN", " hf_variable\n").token());
        assertEquals("hf_old", of("HUGGING_FACE_HUB_TOKEN", "hf_old").token());
        Files.writeString(home.resolve("elsewhere"), "hf_else");
        assertEquals("hf_else", of("HF_TOKEN_PATH", "~/elsewhere").token());
        assertNull(of("HF_TOKEN", "hf_variable", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
                .token());
        assertFalse(of().toString().contains("hf_file"));
        assertThrows(SettingsException.class, () -> of("HF_TOKEN", "a\nHost: b"));
    }

    @Test
    void switchesAreAsPythonReadsThem() throws IOException {
        assertTrue(of("HF_HUB_OFFLINE", "yes").offline());
        assertTrue(of("TRANSFORMERS_OFFLINE", "1").offline());
        assertFalse(of("HF_HUB_OFFLINE", "0").offline());
        assertEquals("https://huggingface.co", of().endpoint().toString());
        assertEquals(
                "http://mirror:80/hub",
                of("HF_ENDPOINT", "http://mirror:80/hub//").endpoint().toString());
        assertEquals(30, of("HF_HUB_DOWNLOAD_TIMEOUT", "30").patience().toSeconds());
        assertThrows(SettingsException.class, () -> of("HF_HUB_DOWNLOAD_TIMEOUT", "soon"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///tmp", "mirror", "https://me:word@mirror", "http://", "https://a?b", "::"})
    void anEndpointIsAnAddressOfTheWeb(String endpoint) {
        String message = assertThrows(SettingsException.class, () -> of("HF_ENDPOINT", endpoint))
                .getMessage();
        assertTrue(message.contains("HF_ENDPOINT"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a/b/c", "../x", "a/..", "a--b/c", "a/b@", "a/b@../c", "a/b@x y", "", "/a", "a/", "x.git", "-a"})
    void namesThatNoHubHasAreRefused(String name) {
        assertThrows(SettingsException.class, () -> HubRepository.parse(name));
    }

    @Test
    void namesAndRevisions() {
        assertEquals("models--gpt2", HubRepository.parse("gpt2").folder());
        assertEquals("models--a-b--c.d_e", HubRepository.parse("a-b/c.d_e").folder());
        assertEquals("v1.0", HubRepository.parse("a/b@v1.0").revision());
        assertEquals("main", HubRepository.parse("a/b").revision());
        assertTrue(HubRepository.isLike("a/b@x"));
        assertFalse(HubRepository.isLike("./a/b"));
    }
}
