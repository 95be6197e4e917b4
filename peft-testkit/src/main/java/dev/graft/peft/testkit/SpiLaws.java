package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.testkit.Faults.InjectedFault;
import dev.graft.peft.testkit.Faults.Place;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Method and framework keep what the SPI says of them, and a method that fails does no harm. */
interface SpiLaws {
    Bench bench();

    /** A run, an evaluation and a text, with an assertion around every call between the framework and the method. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void methodAndFrameworkKeepTheContractOfTheSpi(Case one) throws IOException {
        List<CheckedInjection> made = new ArrayList<>();
        Bench checked = bench().around((injection, model) -> {
            made.add(new CheckedInjection(injection, model));
            return made.get(made.size() - 1);
        });
        try (Adapter plain = bench().lively(one.settings(), 1);
                Adapter adapter = checked.lively(one.settings(), 1)) {
            // a value that is looked at is computed at once, and so by other kernels
            Same.rounded(bench().logits(plain), bench().logits(adapter), "output with assertions around");
            new TinyRun(bench(), one, 1).train(adapter, 2, new MemoryStore(), TrainingListener.NONE);
            if (bench().base.config().generates()) {
                List<int[]> prompts =
                        bench().rows.stream().map(TokenRow::tokens).limit(3).toList();
                new Generator(bench().base, bench().workers)
                        .generate(prompts, Collections.nCopies(3, adapter), Generator.Options.greedy(3));
            }
            CheckedInjection injection = made.get(made.size() - 1);
            assertEquals(TinyRun.STEPS, injection.steps(), "calls of afterGradients");
            adapter.tensors()
                    .states()
                    .forEach(state -> assertTrue(injection.declared().contains(state), state.name()));
        }
    }

    /** A fault in any call between framework and method is what the caller sees, and all else is as it was. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aFaultIsReportedAndLeavesTheRestAsItWas(Case one) {
        Faults faults = new Faults();
        Bench faulty = bench().around((injection, model) -> faults.around(injection));
        faults.arm(Place.ATTACH, 2);
        assertThrows(InjectedFault.class, () -> faulty.fresh(one.settings(), 1).close());
        faults.disarm();
        float[][] bare = bench().logits(null);
        try (Adapter adapter = faulty.lively(one.settings(), 1)) {
            float[][] sound = bench().logits(adapter);
            for (Place place : List.of(Place.BEFORE, Place.AFTER, Place.SHAPE)) {
                faults.arm(place, 0);
                bench().logits(adapter);
                int last = faults.disarm();
                for (int call : last == 0 ? new int[0] : new int[] {1, last}) {
                    faults.arm(place, call);
                    if (place == Place.SHAPE) {
                        assertThrows(RuntimeException.class, () -> bench().logits(adapter), "a hook's wrong shape");
                    } else {
                        assertThrows(InjectedFault.class, () -> bench().logits(adapter));
                    }
                    faults.disarm();
                    boolean empty = bench().compute(compute -> compute.arena().empty());
                    assertTrue(empty, "memory of a failed pass is kept");
                    Same.bits(sound, bench().logits(adapter), "output after a fault");
                    Same.bits(bare, bench().logits(null), "the base after a fault");
                }
            }
        }
    }
}
