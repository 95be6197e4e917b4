package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GraftCacheTest {
    @Test
    void theCacheFollowsPropertyVariablesAndHome() {
        assertEquals(Path.of("/a"), GraftCache.folder("/a", "/b", "/c", "/h"));
        assertEquals(Path.of("/b"), GraftCache.folder("", "/b", "/c", "/h"));
        assertEquals(Path.of("/c/graft"), GraftCache.folder(null, null, "/c", "/h"));
        assertEquals(Path.of("/h/.cache/graft"), GraftCache.folder(null, null, "relative", "/h"));
    }
}
