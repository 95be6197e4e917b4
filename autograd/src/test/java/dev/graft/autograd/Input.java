package dev.graft.autograd;

import dev.graft.autograd.memory.Shapes;
import java.util.Random;

/** An input of a checked operation. */
record Input(double[] values, long[] shape, boolean trained) {
    /** Trained, normally distributed, rounded to multiples of 1/256. */
    static Input normal(Random random, long... shape) {
        double[] values = new double[Math.toIntExact(Shapes.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.rint(random.nextGaussian() * 256) / 256;
        }
        return new Input(values, shape, true);
    }

    /** At least 1/4 from zero: for functions with a kink or a pole there. */
    Input awayFromZero() {
        double[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += moved[i] < 0 ? -0.25 : 0.25;
        }
        return new Input(moved, shape, trained);
    }

    /** The same values as a constant. */
    Input frozen() {
        return new Input(values, shape, false);
    }

    float[] floats(double[] changed) {
        float[] floats = new float[changed.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) changed[i];
        }
        return floats;
    }
}
