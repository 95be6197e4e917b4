package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;

/** Sums and products, elementwise or with a row or column that is repeated. */
final class Arithmetic {
    private Arithmetic() {}

    static Var add(Var x, Var y) {
        Tape tape = x.tape();
        boolean row = isRow(x, y);
        requireSame(row, x, y);
        Tensor out = tape.arena().allocate(x.shape());
        if (row) {
            tape.elementwise().addRows(x.value(), y.value(), out);
        } else {
            tape.elementwise().add(x.value(), y.value(), out);
        }
        Var result = tape.result(out, x, y);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                tape.share(x, dy);
                if (row) {
                    tape.contribute(y, (g, add) -> tape.elementwise().columnSums(rows(dy, g), null, flat(g), add));
                } else {
                    tape.share(y, dy);
                }
            });
        }
        return result;
    }

    static Var multiply(Var x, Var y) {
        if (x.value().rank() == 2 && y.value().rank() == 2 && y.size(1) == 1 && x.size(1) != 1) {
            return multiplyColumn(x, y);
        }
        Tape tape = x.tape();
        boolean row = isRow(x, y);
        requireSame(row, x, y);
        Tensor a = x.value();
        Tensor b = y.value();
        Tensor out = tape.arena().allocate(x.shape());
        product(tape, row, a, b, out);
        Var result = tape.result(out, x, y);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        if (x.requiresGradient()) {
                            Tensor dx = tape.arena().allocate(x.shape());
                            product(tape, row, dy, b, dx);
                            tape.give(x, dx);
                        }
                        if (row) {
                            tape.contribute(
                                    y,
                                    (g, add) -> tape.elementwise().columnSums(rows(dy, g), rows(a, g), flat(g), add));
                        } else {
                            giveProduct(tape, y, dy, a);
                        }
                    },
                    saved(x, a, y, b));
        }
        return result;
    }

    /** What the gradients of a product read: for x the value of y, for y the value of x. */
    private static Tensor[] saved(Var x, Tensor a, Var y, Tensor b) {
        if (x.requiresGradient() && y.requiresGradient()) {
            return new Tensor[] {a, b};
        }
        return new Tensor[] {x.requiresGradient() ? b : a};
    }

    private static void product(Tape tape, boolean row, Tensor a, Tensor b, Tensor out) {
        if (row) {
            tape.elementwise().multiplyRows(a, b, out);
        } else {
            tape.elementwise().multiply(a, b, out);
        }
    }

    private static void giveProduct(Tape tape, Var target, Tensor dy, Tensor factor) {
        if (target.requiresGradient()) {
            Tensor gradient = tape.arena().allocate(target.shape());
            tape.elementwise().multiply(dy, factor, gradient);
            tape.give(target, gradient);
        }
    }

    /** x [rows, width] times a factor for each row, [rows, 1]: as a custom walk over rows. */
    private static Var multiplyColumn(Var x, Var column) {
        Require.rows(x, "multiply by a column");
        if (x.size(0) != column.size(0)) {
            throw new IllegalArgumentException("cannot multiply " + x + " by the column " + column);
        }
        Tape tape = x.tape();
        Tensor a = x.value();
        Tensor c = column.value();
        Tensor out = tape.arena().allocate(x.shape());
        RowFunctions.multiplyColumn(a, c, out);
        Var result = tape.result(out, x, column);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        if (x.requiresGradient()) {
                            Tensor dx = tape.arena().allocate(x.shape());
                            RowFunctions.multiplyColumn(dy, c, dx);
                            tape.give(x, dx);
                        }
                        if (column.requiresGradient()) {
                            Tensor dc = tape.arena().allocate(column.shape());
                            RowFunctions.rowDots(dy, a, dc);
                            tape.give(column, dc);
                        }
                    },
                    saved(x, a, column, c));
        }
        return result;
    }

    static Var scale(Var x, float factor) {
        Tape tape = x.tape();
        Tensor out = tape.arena().allocate(x.shape());
        tape.elementwise().scale(x.value(), factor, out);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor dx = tape.arena().allocate(x.shape());
                tape.elementwise().scale(dy, factor, dx);
                tape.give(x, dx);
            });
        }
        return result;
    }

    static Var reciprocal(Var x) {
        Tape tape = x.tape();
        float[] values = x.value().toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = 1f / values[i];
        }
        Tensor out = tape.arena().allocate(x.shape());
        Tiles.write(values, out);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                float[] gradient = dy.toArray();
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] *= -values[i] * values[i];
                }
                Tensor dx = tape.arena().allocate(x.shape());
                Tiles.write(gradient, dx);
                tape.give(x, dx);
            });
        }
        return result;
    }

    static Var sum(Var x) {
        Tape tape = x.tape();
        double total = 0;
        for (float value : x.value().toArray()) {
            total += value;
        }
        Tensor out = tape.arena().allocate(1);
        Tiles.fill(out, (float) total);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor dx = tape.arena().allocate(x.shape());
                Tiles.fill(dx, dy.toArray()[0]);
                tape.give(x, dx);
            });
        }
        return result;
    }

    /** True if y is a row that is repeated for every row of x. */
    private static boolean isRow(Var x, Var y) {
        Tensor b = y.value();
        boolean fewer = x.value().length() != b.length() || x.value().rank() > b.rank();
        return b.length() == x.size(-1) && b.size(-1) == x.size(-1) && fewer;
    }

    private static void requireSame(boolean row, Var x, Var y) {
        if (!row && !Arrays.equals(x.shape(), y.shape())) {
            throw new IllegalArgumentException("shapes do not fit: " + x + " and " + y);
        }
    }

    /** dy [..., width] as [rows, width]. */
    private static Tensor rows(Tensor dy, Tensor row) {
        return dy.reshape(dy.length() / row.length(), row.length());
    }

    private static Tensor flat(Tensor row) {
        return row.reshape(row.length());
    }
}
