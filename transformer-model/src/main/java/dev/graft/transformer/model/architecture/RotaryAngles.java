package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Rotation;
import dev.graft.autograd.Sequences;
import java.util.Arrays;

/** Makes the angles of a pass's rows: once for each position, and of growing frequencies once for each text. */
final class RotaryAngles {
    private final RotaryPlan plan;
    private final float[] frequencies;
    private final int half;
    private float[] cosines;
    private float[] sines;
    private int count;

    private RotaryAngles(RotaryPlan plan, int room) {
        this.plan = plan;
        this.half = plan.frequencies().size();
        this.frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = plan.frequencies().get(i);
        }
        this.cosines = new float[room * half];
        this.sines = new float[room * half];
    }

    /**
     * The rotation of all rows of a stack.
     *
     * @param positions of each row
     * @param sequences where the texts lie
     */
    static Rotation of(RotaryPlan plan, int[] positions, Sequences sequences) {
        RotaryAngles angles = new RotaryAngles(plan, Math.min(positions.length, 256));
        int[] entries = angles.common(positions);
        for (int s = 0; s < sequences.count() && plan.growth() != null; s++) {
            angles.grown(positions, sequences.start(s), sequences.start(s) + sequences.length(s), entries);
        }
        return new Rotation(entries, angles.cosines, angles.sines, angles.half);
    }

    private int[] common(int[] positions) {
        int least = Arrays.stream(positions).min().orElse(0);
        int most = Arrays.stream(positions).max().orElse(0);
        int[] known = new int[most - least + 1];
        int[] entries = new int[positions.length];
        for (int row = 0; row < positions.length; row++) {
            int place = positions[row] - least;
            if (known[place] == 0) {
                add(positions[row], frequencies);
                known[place] = count;
            }
            entries[row] = known[place] - 1;
        }
        return entries;
    }

    /** A text beyond the trained length has frequencies of its own. */
    private void grown(int[] positions, int from, int to, int[] entries) {
        int length = to > from ? positions[to - 1] + 1 : 0;
        if (length <= plan.growth().trained()) {
            return;
        }
        float[] own = plan.growth().frequencies(length, plan.size());
        for (int row = from; row < to; row++) {
            entries[row] = count;
            add(positions[row], own);
        }
    }

    private void add(int position, float[] turning) {
        if ((count + 1) * half > cosines.length) {
            cosines = Arrays.copyOf(cosines, 2 * cosines.length);
            sines = Arrays.copyOf(sines, 2 * sines.length);
        }
        for (int i = 0; i < half; i++) {
            float angle = turning[i] * position; // in single precision, as transformers has it
            cosines[count * half + i] = (float) (Math.cos(angle) * plan.factor());
            sines[count * half + i] = (float) (Math.sin(angle) * plan.factor());
        }
        count++;
    }
}
