package dev.graft.autograd;

import dev.graft.autograd.memory.Shapes;
import java.util.Arrays;

/** Checks of inputs before anything is allocated or computed; the messages say what an operation needs. */
final class Require {
    private Require() {}

    /** [rows, width] without gaps, for walks over rows. */
    static void rows(Var x, String operation) {
        rank(x, 2, operation);
        if (!x.value().isDense()) {
            throw new IllegalArgumentException(operation + " needs rows without gaps: " + x);
        }
    }

    static void rank(Var x, int rank, String operation) {
        if (x.shape().length != rank) {
            throw new IllegalArgumentException(operation + " needs " + rank + " dimensions, not " + x);
        }
    }

    static void shape(Var x, String name, long... shape) {
        if (!Arrays.equals(x.shape(), shape)) {
            throw new IllegalArgumentException(name + " must be " + Shapes.text(shape) + ", not " + x);
        }
    }

    /** A range of rows or columns. */
    static void range(Var x, int dimension, long from, long to) {
        if (from < 0 || from > to || to > x.size(dimension)) {
            throw new IllegalArgumentException("range " + from + ".." + to + " is outside " + x);
        }
    }
}
