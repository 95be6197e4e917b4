package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.MergeRefusedException;
import dev.graft.transformer.model.MergedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merged equals unmerged, or the merge is refused by site. */
interface MergeLaw {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void mergedEqualsUnmergedOrIsRefusedBySite(Case one) throws IOException {
        Path folder = bench().file("merged");
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            try {
                MergedModel.write(bench().base, adapter, folder);
            } catch (MergeRefusedException e) {
                assertTrue(
                        bench().base.shape().sites().stream()
                                .anyMatch(site -> e.getMessage().contains(site.path())),
                        "names no site: " + e.getMessage());
                assertFalse(Files.exists(folder), "a part of the merged model was written");
                return;
            }
            try (BaseModel merged = BaseModel.open(folder)) {
                float[][] logits = new Classifier(merged, bench().workers).logits(bench().rows, (Adapter) null);
                Same.rounded(bench().logits(adapter), logits, "merged and unmerged");
                assertEquals(adapter.labels(), merged.labels());
            }
        }
    }
}
