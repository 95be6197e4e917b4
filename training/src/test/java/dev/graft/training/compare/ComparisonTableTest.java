package dev.graft.training.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {
    @Test
    void theTableIsAlignedAndRanked() {
        Comparison comparison = new Comparison(
                List.of(
                        Sample.run("lora", 0, 0.75, 82_968, Map.of()),
                        Sample.run("lora", 1, 0.77, 82_968, Map.of()),
                        Sample.run("full", 0, 0.5, 22_713_216, Map.of())),
                List.of(new FailedRun("prompt", 0, "out of memory")),
                Sample.provenance());
        assertEquals("""
                method  learning rate     trained  accuracy %  macro F1 %  train s  tokens/s  peak MiB  latency ms  adapter
                lora             5e-4      82,968  76.0 ± 1.4  73.0 ± 1.4     18.1     8,123       613        3.76   332 kB
                full             5e-4  22,713,216        50.0        47.0     15.0     8,123       840        3.50  90.9 MB

                On 1,000 test rows the best accuracy has a standard error of 1.3 points: smaller differences may be chance. ± is the standard deviation over 2 seeds.

                rank  by accuracy %    by parameters    by train s  by peak MiB  by latency ms
                1     lora 76.0 ± 1.4  lora 82,968      full 15.0   lora 613     full 3.50
                2     full 50.0        full 22,713,216  lora 18.1   full 840     lora 3.76
                failed: prompt, seed 0: out of memory
                """, ComparisonTable.toText(comparison));
    }

    @Test
    void markdownHoldsTableFailuresAndOrigin() {
        String markdown = ComparisonTable.toMarkdown(Sample.large());
        List<String> lines = markdown.lines().toList();
        assertTrue(lines.get(0).startsWith("| method | learning rate | trained |"), markdown);
        assertEquals(
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", lines.get(1));
        assertEquals(11, lines.stream().filter(line -> line.startsWith("|")).count());
        assertTrue(lines.get(2).startsWith("| full | 5e-4 | 22,722,456 |"), markdown);
        assertTrue(markdown.contains("- failed: adalora, seed 1: the loss was NaN at step 17 \\| lower"), markdown);
        assertTrue(markdown.contains("- licence of the data: WordNet 3.1 Copyright 2011"), markdown);
        assertTrue(
                markdown.endsWith("- command: `graft compare --full --seeds 3 --methods head,lora,prefix`\n"),
                markdown);
    }

    @Test
    void csvHasALineARunAndQuotesWhatItMust() {
        MethodResult run = Sample.run("lora", 3, 0.7512345678, 82_968, Map.of("target_modules", "a,\"b\"", "r", 8));
        Comparison comparison =
                new Comparison(List.of(run), List.of(new FailedRun("x", 1, "two\nlines")), Sample.provenance());
        String csv = ComparisonTable.toCsv(comparison);
        String[] lines = csv.split("\r\n");
        assertEquals(3, lines.length);
        int columns = lines[0].split(",").length;
        assertEquals(16, columns);
        assertTrue(lines[1].startsWith("lora,3,5.0E-4,82968,"), lines[1]);
        assertTrue(lines[1].contains(",0.7512345678,"), lines[1]);
        assertTrue(lines[1].endsWith(",\"r=8; target_modules=a,\"\"b\"\"\","), lines[1]);
        assertEquals("x,1" + ",".repeat(columns - 2) + "\"two\nlines\"", lines[2]);
    }
}
