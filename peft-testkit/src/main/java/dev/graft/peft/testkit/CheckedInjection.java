package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asserts what the SPI says of an {@link Injection}, of who calls it and of what it returns. */
final class CheckedInjection implements Injection {
    private final Injection inner;
    private final List<Site> expected;
    private final List<Site> asked = new ArrayList<>();
    private final Set<Parameter> declared = new HashSet<>();
    private int steps;

    CheckedInjection(Injection inner, ModelShape model) {
        this.inner = inner;
        this.expected = model.sites();
    }

    @Override
    public Hook attach(Site site, Parameters parameters) {
        assertTrue(asked.size() < expected.size(), "a site was asked for twice: " + site.path());
        assertEquals(expected.get(asked.size()), site, "sites come in the order of the model");
        asked.add(site);
        CheckedParameters checked = new CheckedParameters(parameters, declared);
        Hook hook = inner.attach(site, checked);
        checked.close();
        assertNotNull(hook, () -> "attach gave null at " + site.path() + "; to leave a site alone return Hook.NONE");
        return hook == Hook.NONE ? hook : new CheckedHook(hook, site, declared);
    }

    @Override
    public boolean startsAsBase() {
        assertEquals(inner.startsAsBase(), inner.startsAsBase(), "startsAsBase is the same whenever it is asked");
        return inner.startsAsBase();
    }

    @Override
    public boolean combinesLinearly() {
        return inner.combinesLinearly();
    }

    @Override
    public Optional<Var> penalty(Context context) {
        assertEquals(expected, asked, "every site is asked for before the first pass");
        Optional<Var> penalty = inner.penalty(context);
        assertNotNull(penalty, "penalty gave null; for none return an empty Optional");
        penalty.ifPresent(value -> {
            long elements = 1;
            for (long extent : value.shape()) {
                elements *= extent;
            }
            assertEquals(1, elements, "a penalty is a single number, not " + value);
        });
        return penalty;
    }

    @Override
    public void afterGradients(Step step) {
        assertEquals(steps, step.index(), "afterGradients is called once a step, in their order");
        assertTrue(step.index() < step.total(), "step " + step.index() + " of " + step.total());
        steps++;
        inner.afterGradients(step);
    }

    /** What was declared, and that all sites were asked for. */
    Set<Parameter> declared() {
        assertEquals(expected, asked, "every site is asked for");
        assertFalse(declared.isEmpty(), "the method declares no tensor");
        return declared;
    }

    /** Calls of {@link #afterGradients}. */
    int steps() {
        return steps;
    }
}
