package dev.graft.autograd;

import java.util.ArrayList;
import java.util.List;

/**
 * Frees the values made since it was opened, save those kept, and those that a backward pass still needs.
 *
 * <p>A layer of a model runs in a scope: what is not needed later goes back to the arena when the layer ends.
 */
public final class Scope implements AutoCloseable {
    private final Tape tape;
    private final Scope outer;
    private final List<Var> values = new ArrayList<>();

    Scope(Tape tape, Scope outer) {
        this.tape = tape;
        this.outer = outer;
    }

    void add(Var value) {
        values.add(value);
    }

    /** Hands a value to the scope around this one and returns it. */
    public Var keep(Var value) {
        if (outer != null && values.remove(value)) {
            outer.add(value);
        }
        return value;
    }

    Scope outer() {
        return outer;
    }

    /** Frees what was not kept. */
    @Override
    public void close() {
        tape.leave(this);
        for (Var value : values) {
            value.free();
        }
        values.clear();
    }
}
