package dev.graft.runtime.vertx.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.peft.spi.file.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A file of API keys: {@code {"keys": [{"name", "sha256", "scopes": [...], "adapters": [...]}]}}. A key has 256 random
 * bits, so its plain hash cannot be turned back; keys that people choose have no place here.
 */
public final class ApiKeys {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int BYTES = 32;
    private static final Set<String> FIELDS = Set.of("name", "sha256", "scopes", "adapters");

    private final List<ApiKey> keys;

    private ApiKeys(List<ApiKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if something in it is wrong
     */
    public static ApiKeys read(Path file) throws IOException {
        try {
            Object listed = JSON.readValue(Files.readAllBytes(file), Map.class).get("keys");
            if (!(listed instanceof List<?> list)) {
                throw new IllegalArgumentException("it has no list 'keys'");
            }
            return new ApiKeys(list.stream().map(ApiKeys::key).toList());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " is no file of API keys: " + e.getMessage(), e);
        }
    }

    private static ApiKey key(Object entry) {
        if (!(entry instanceof Map<?, ?> map) || !FIELDS.containsAll(map.keySet())) {
            throw new IllegalArgumentException("an entry is not an object with the keys " + new TreeSet<>(FIELDS));
        }
        if (!(map.get("name") instanceof String name) || !name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "a name is '" + map.get("name") + "'; allowed: 1 to 64 letters, digits, dots, _ and -");
        }
        if (!(map.get("sha256") instanceof String hash) || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the sha256 of " + name + " is not 64 hexadecimal digits");
        }
        Set<Scope> scopes = texts(map.get("scopes")).stream().map(Scope::of).collect(Collectors.toSet());
        return new ApiKey(name, hash, scopes, texts(map.get("adapters")));
    }

    private static Set<String> texts(Object value) {
        return value == null
                ? Set.of()
                : ((List<?>) value).stream().map(String::valueOf).collect(Collectors.toSet());
    }

    /**
     * Makes a key and adds it to a file, which is made where it is missing.
     *
     * @return the key; it is written nowhere
     */
    public static String add(Path file, String name, Set<Scope> scopes, Set<String> adapters) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String secret = "graft-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        List<ApiKey> all = new ArrayList<>(Files.exists(file) ? read(file).keys : List.of());
        if (all.stream().anyMatch(key -> key.name().equals(name))) {
            throw new IllegalArgumentException(file + " has a key of the name " + name + "; take another name");
        }
        all.add(key(Map.of(
                "name", name,
                "sha256", hash(secret),
                "scopes", scopes.stream().map(Scope::label).toList(),
                "adapters", List.copyOf(adapters))));
        List<Map<String, Object>> entries = all.stream().map(ApiKeys::entry).toList();
        AtomicFiles.write(
                file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("keys", entries)) + "\n");
        return secret;
    }

    private static Map<String, Object> entry(ApiKey key) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", key.name());
        entry.put("sha256", key.sha256());
        entry.put("scopes", key.scopes().stream().map(Scope::label).sorted().toList());
        entry.put("adapters", key.adapters().stream().sorted().toList());
        return entry;
    }

    /** The entry of a key that a client shows. It takes as long for any key. */
    Optional<ApiKey> find(String secret) {
        byte[] shown = hash(secret).getBytes(StandardCharsets.US_ASCII);
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (MessageDigest.isEqual(shown, key.sha256().getBytes(StandardCharsets.US_ASCII))) {
                found = key;
            }
        }
        return Optional.ofNullable(found);
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
