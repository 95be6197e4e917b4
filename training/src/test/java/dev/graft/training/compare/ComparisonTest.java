package dev.graft.training.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.training.report.Numbers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Comparison of(MethodResult... runs) {
        return new Comparison(List.of(runs), List.of(), Sample.provenance());
    }

    private static List<String> names(Comparison comparison) {
        return comparison.ranked().stream().map(MethodSummary::name).toList();
    }

    @Test
    void methodsAreRankedByMeanAccuracyThenByParameters() {
        Comparison comparison = of(
                Sample.run("big", 0, 0.8, 1000, Map.of()),
                Sample.run("small", 0, 0.8, 10, Map.of()),
                Sample.run("seeds", 1, 0.95, 5, Map.of()),
                Sample.run("seeds", 0, 0.55, 5, Map.of()),
                Sample.run("best", 0, 0.81, 5, Map.of()));
        assertEquals(List.of("best", "small", "big", "seeds"), names(comparison));
        MethodSummary seeds = comparison.ranked().get(3);
        assertEquals(0, seeds.first().seed());
        assertEquals(0.75, seeds.accuracy().mean(), 1e-15);
        assertEquals(Math.sqrt(2 * 0.2 * 0.2), seeds.accuracy().deviation(), 1e-15);
        assertEquals(0, comparison.ranked().get(0).accuracy().deviation());
        assertEquals(2, comparison.seeds());
    }

    @Test
    void variantsOfAMethodAreNamedByWhatSetsThemApart() {
        Comparison comparison = of(
                Sample.run("lora", 0, 0.9, 10, Map.of("r", 8, "lora_alpha", 16)),
                Sample.run("lora", 0, 0.8, 10, Map.of("r", 16, "lora_alpha", 16)),
                Sample.run("lora", 0, 0.7, 10, Map.of("lora_alpha", 16)),
                Sample.run("lora", 1, 0.9, 10, Map.of("r", 8, "lora_alpha", 16)),
                Sample.run("head", 0, 0.1, 10, Map.of("r", 3)));
        assertEquals(List.of("lora (r=8)", "lora (r=16)", "lora (r=none)", "head"), names(comparison));
        assertEquals(2, comparison.ranked().get(0).runs().size());
    }

    @Test
    void theCheapestIsSoughtAmongThoseThatAreAsGood() {
        Comparison comparison = of(
                Sample.run("full", 0, 0.80, 1_000_000, Map.of()),
                Sample.run("lora", 0, 0.79, 1_000, Map.of()),
                Sample.run("head", 0, 0.78, 10, Map.of()));
        double share = 802 / 1004.0;
        assertEquals(Math.sqrt(share * (1 - share) / 1004), comparison.standardError(), 1e-15);
        assertTrue(of(Sample.run("all right", 0, 1, 10, Map.of())).standardError() > 0.001);
        assertEquals(
                "lora", comparison.cheapest(MethodResult::trainableParameters).name());
    }

    @Test
    void findingsSayWhatIsCheaperOrWhatComesNext() {
        Comparison cheaper = of(
                Sample.run("full", 0, 0.80, 1_000_000, Map.of()),
                Sample.run("lora", 0, 0.79, 1_000, Map.of()),
                Sample.run("head", 0, 0.60, 10, Map.of()));
        assertEquals(
                List.of(
                        "Most accurate: full, 80.0 % of the test rows, with 1,000,000 trained parameters.",
                        "Fewest parameters within one standard error of it: lora, 1,000 trained parameters, 79.0 %.",
                        "Fastest within one standard error of it: lora, 17.9 s of training, 79.0 %."),
                Advice.findings(cheaper));
        Comparison best =
                of(Sample.run("full", 0, 0.80, 1_000_000, Map.of()), Sample.run("lora", 0, 0.70, 1_000, Map.of()));
        assertEquals(
                "Next: lora, 10.0 points less with 0.100 % of its trained parameters and 94.4 % of its training time.",
                Advice.findings(best).get(1));
        assertEquals(2, Advice.findings(best).size());
        assertEquals("full and lora compared", Advice.heading(best));
        assertEquals("9 methods compared", Advice.heading(Sample.large()));
        Comparison one = of(Sample.run("lora", 0, 0.70, 1_000, Map.of()));
        assertEquals(1, Advice.findings(one).size());
        assertEquals("lora measured", Advice.heading(one));
    }

    @Test
    void curvesAreMeansOverSeedsOfTheStepsThatAllHave() {
        List<LossPoint> one = List.of(new LossPoint(1, 4), new LossPoint(2, 2), new LossPoint(3, 1));
        List<LossPoint> two = List.of(new LossPoint(1, 2), new LossPoint(3, 3));
        assertEquals(List.of(new LossPoint(1, 3), new LossPoint(3, 2)), LossCurves.mean(List.of(one, two)));
        assertEquals(
                List.of(new LossPoint(1, 4), new LossPoint(2, 3), new LossPoint(3, 1.5)), LossCurves.smooth(one, 2));
        assertEquals(List.of(one.get(0), one.get(2)), LossCurves.thin(one, 2));
        assertEquals(one, LossCurves.thin(one, 3));
        assertEquals(1, LossCurves.window(5));
        assertEquals(20, LossCurves.window(400));
    }

    @Test
    void figuresAreReadable() {
        assertEquals("5e-4", Numbers.rate(0.0005));
        assertEquals("2.5e-5", Numbers.rate(2.5e-5));
        assertEquals("1e-3", Numbers.rate(1e-3));
        assertEquals("1", Numbers.rate(1));
        assertEquals("1e1", Numbers.rate(10));
        assertEquals("0", Numbers.rate(0));
        assertEquals("0.0123", Figures.share(0.000123));
        assertEquals("1.23", Figures.share(0.0123));
        assertEquals("100", Figures.share(1));
        assertEquals("0", Figures.share(0));
        assertEquals("999 B", Figures.bytes(999));
        assertEquals("1.0 kB", Figures.bytes(1000));
        assertEquals("590 kB", Figures.bytes(590_000));
        assertEquals("87.1 MB", Figures.bytes(87_100_000));
        assertEquals("22,713,216", Figures.count(22_713_216));
    }

    @Test
    void nothingIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> of());
        var error = assertThrows(
                IllegalArgumentException.class, () -> new Provenance("b", "l", "d", "l", 0, "c", Map.of()));
        assertTrue(error.getMessage().contains("0 test rows"), error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Quality(1.01, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Quality(0, Double.NaN, 0));
        assertThrows(IllegalArgumentException.class, () -> new Cost(Double.POSITIVE_INFINITY, 0, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Cost(0, -1, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Cost(0, 0, 0, 0, 0, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new LossPoint(1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Sample.run("x", 0, 0.5, -1, Map.of()));
    }

    @Test
    void unknownMemoryIsSaid() {
        MethodResult run = Sample.run("x", 0, 0.5, 1, Map.of());
        Cost cost = new Cost(1, 2, 3, -1, 5, 6);
        Comparison comparison = of(new MethodResult("x", 0, 0.1, 1, 1, run.quality(), cost, run.losses(), Map.of()));
        assertTrue(ComparisonTable.toText(comparison).contains("  unknown  "));
    }

    @Test
    void eachFigureRanksByItself() {
        Comparison comparison = new Comparison(
                List.of(
                        ranked("a", 0.7, 30, new Cost(1, 1, 1, 300, 1, 9)),
                        ranked("b", 0.9, 20, new Cost(3, 1, 1, 200, 1, 9)),
                        ranked("c", 0.8, 10, new Cost(2, 1, 1, 100, 1, 5))),
                List.of(),
                Sample.provenance());
        assertEquals(List.of("b", "c", "a"), order(Rank.ACCURACY, comparison));
        assertEquals(List.of("c", "b", "a"), order(Rank.PARAMETERS, comparison));
        assertEquals(List.of("a", "c", "b"), order(Rank.TIME, comparison));
        assertEquals(List.of("c", "b", "a"), order(Rank.MEMORY, comparison));
        assertEquals(List.of("c", "b", "a"), order(Rank.LATENCY, comparison), "of equals the more accurate one first");
        assertEquals(
                List.of("1", "b 90.0", "c 10", "a 1.0", "c 100", "c 5.00"),
                Rank.places(comparison).get(1));
    }

    private static MethodResult ranked(String method, double accuracy, long trained, Cost cost) {
        MethodResult run = Sample.run(method, 0, accuracy, trained, Map.of());
        return new MethodResult(method, 0, 0.1, trained, 1, run.quality(), cost, run.losses(), Map.of());
    }

    private static List<String> order(Rank rank, Comparison comparison) {
        return rank.order(comparison).stream().map(MethodSummary::name).toList();
    }
}
