package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.graft.training.JointTraining;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters of other methods, in the same batch and in the same training step. */
interface MixedLaws {
    Bench bench();

    /** Each pair of the method and another one, with rows of the bare base, and then all methods at once. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void rowsOfOtherMethodsInABatchChangeNoRow(Case one) {
        try (Others others = new Others(bench());
                Adapter mine = bench().lively(one.settings(), 1)) {
            Rows rows = new Rows(bench(), 10);
            for (Adapter other : others.adapters()) {
                rows.assertEachAsAlone(Arrays.asList(mine, other, null, mine, other), "mine and " + other.method());
            }
            List<Adapter> all = new ArrayList<>(others.adapters());
            all.add(1, mine);
            all.add(null);
            rows.assertEachAsAlone(all, "all methods");
        }
    }

    /**
     * Whatever stands in front of a row (left) or behind it (right), and however many rows of padding follow, the row
     * has the output that it has alone. Nothing is padded to a common length: other rows stand where others pad.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void paddingLeftAndRightChangesNothing(Case one) {
        try (Adapter mine = bench().lively(one.settings(), 1)) {
            Classifier classifier = new Classifier(bench().base, bench().workers);
            TokenRow row = bench().rows.get(3);
            float[][] alone = classifier.logits(List.of(row), mine);
            for (int left = 0; left < 4; left++) {
                for (int right = 0; right < 4; right++) {
                    for (Adapter beside : Arrays.asList(mine, null)) {
                        // rows of one length and one adapter stay in their order within a pass
                        List<TokenRow> rows = new ArrayList<>(Collections.nCopies(left, other(row)));
                        rows.add(row);
                        rows.addAll(Collections.nCopies(right, other(row)));
                        List<Adapter> adapters = new ArrayList<>(Collections.nCopies(rows.size(), beside));
                        adapters.set(left, mine);
                        float[][] found = classifier.logits(rows, adapters);
                        Same.rounded(
                                alone,
                                new float[][] {found[left]},
                                "a row with " + left + " in front and " + right + " behind, and alone");
                    }
                }
            }
        }
    }

    /** A row of the same length with other tokens. */
    private TokenRow other(TokenRow row) {
        int[] tokens = row.tokens().clone();
        for (int i = 1; i < tokens.length - 1; i++) {
            tokens[i] = bench().rows.get(5).tokens()[1];
        }
        return new TokenRow(tokens, row.types());
    }

    /** Bit for bit, on more threads: values and losses of every adapter. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void trainedAtOnceWithOthersEachIsTheAdapterThatItIsAlone(Case one) throws IOException {
        try (Jobs alone = new Jobs(bench(), one);
                Jobs joint = new Jobs(bench(), one)) {
            for (TrainingRun run : alone.runs(1)) {
                run.run(TrainingListener.NONE);
            }
            List<TrainingRun> runs = joint.runs(3);
            new JointTraining(runs, bench().workers(3)).run(Collections.nCopies(runs.size(), TrainingListener.NONE));
            for (int i = 0; i < runs.size(); i++) {
                String what = "adapter " + i + " trained at once with others and alone";
                Same.bits(Values.trained(alone.adapter(i)), Values.trained(joint.adapter(i)), what);
                assertArrayEquals(alone.losses(i), joint.losses(i), what + ": losses");
            }
        }
    }

    /** Rows with an adapter each, in one batch and alone. */
    final class Rows {
        private final Bench bench;
        private final List<TokenRow> rows;

        Rows(Bench bench, int count) {
            this.bench = bench;
            this.rows = bench.rows.subList(0, count);
        }

        /** Gives each row one of these adapters, round and round. */
        void assertEachAsAlone(List<Adapter> adapters, String what) {
            List<Adapter> each = new ArrayList<>();
            for (int i = 0; i < Math.max(rows.size(), adapters.size()); i++) {
                each.add(adapters.get(i % adapters.size()));
            }
            List<TokenRow> read = new ArrayList<>();
            each.forEach(adapter -> read.add(rows.get(read.size() % rows.size())));
            Classifier classifier = new Classifier(bench.base, bench.workers);
            float[][] alone = new float[each.size()][];
            for (int i = 0; i < alone.length; i++) {
                alone[i] = classifier.logits(List.of(read.get(i)), each.get(i))[0];
            }
            float[][] mixed = classifier.logits(read, each);
            for (int i = 0; i < alone.length; i++) {
                Same.rounded(new float[][] {alone[i]}, new float[][] {mixed[i]}, what + ": row " + i);
            }
        }
    }
}
