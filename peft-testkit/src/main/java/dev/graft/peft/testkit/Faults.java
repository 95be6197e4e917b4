package dev.graft.peft.testkit;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Step;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts a fault into a method, at a chosen call of a chosen place; sound until it is armed. */
final class Faults {
    /** Where a fault happens. */
    enum Place {
        ATTACH,
        BEFORE,
        AFTER,
        /** The hook's result has a column less. */
        SHAPE,
        AFTER_GRADIENTS
    }

    /** What is thrown. */
    static final class InjectedFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private InjectedFault(Place place) {
            super("a fault put in at " + place);
        }
    }

    private final AtomicInteger calls = new AtomicInteger();
    private volatile Place counted;
    private volatile int failing;

    /** The call with this number, from 1 on, will fail; 0 to count calls only. */
    void arm(Place place, int call) {
        calls.set(0);
        failing = call;
        counted = place;
    }

    /** Nothing fails any more; returns how many calls there were. */
    int disarm() {
        counted = null;
        return calls.get();
    }

    private boolean due(Place where) {
        return counted == where && calls.incrementAndGet() == failing;
    }

    private void check(Place where) {
        if (due(where)) {
            throw new InjectedFault(where);
        }
    }

    /** The same injection, with the fault. */
    Injection around(Injection inner) {
        return new Injection() {
            @Override
            public Hook attach(Site site, Parameters parameters) {
                Hook hook = inner.attach(site, parameters);
                check(Place.ATTACH);
                return hook == Hook.NONE ? hook : around(hook);
            }

            @Override
            public boolean startsAsBase() {
                return inner.startsAsBase();
            }

            @Override
            public boolean combinesLinearly() {
                return inner.combinesLinearly();
            }

            @Override
            public Optional<Var> penalty(Context context) {
                return inner.penalty(context);
            }

            @Override
            public void afterGradients(Step step) {
                check(Place.AFTER_GRADIENTS);
                inner.afterGradients(step);
            }
        };
    }

    private Hook around(Hook inner) {
        return new Hook() {
            @Override
            public Var before(Context context, Var x) {
                check(Place.BEFORE);
                return inner.before(context, x);
            }

            @Override
            public Var after(Context context, Var x, Var y) {
                Var result = inner.after(context, x, y);
                check(Place.AFTER);
                return due(Place.SHAPE) ? result.columns(0, result.size(1) - 1) : result;
            }

            @Override
            public int positions() {
                return inner.positions();
            }
        };
    }
}
