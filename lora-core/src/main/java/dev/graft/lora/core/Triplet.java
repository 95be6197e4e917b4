package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;

/**
 * What AdaLoRA has at a site (Zhang et al. 2023, equation 3): A [r, in], the diagonal E [r, 1], B [out, r].
 *
 * @param masked 1 for each rank that was given up, else 0: [r]
 */
record Triplet(Tracked a, Tracked e, Tracked b, Parameter masked) {
    /** start: false for random numbers in E too, as PEFT has it. */
    static Triplet declare(Parameters parameters, int rank, int in, int out, boolean start) {
        Init normal = Init.normal(start ? 0.02 : 1);
        return new Triplet(
                Tracked.declare(parameters, "lora_A", normal, rank, in),
                Tracked.declare(parameters, "lora_E", start ? Init.zeros() : normal, rank, 1),
                Tracked.declare(parameters, "lora_B", normal, out, rank),
                parameters.state("lora_E.masked", rank));
    }

    /** A trained tensor with the running means of its importance and of that one's uncertainty. */
    record Tracked(Parameter values, Parameter importance, Parameter uncertainty) {
        static Tracked declare(Parameters parameters, String name, Init init, long... shape) {
            return new Tracked(
                    parameters.trainable(name, init, shape),
                    parameters.state(name + ".importance", shape),
                    parameters.state(name + ".uncertainty", shape));
        }
    }

    /** Its ranks, those that were given up included. */
    int rank() {
        return (int) e.values().shape()[0];
    }

    /** y + s ((x A) E) B: x [tokens, in], y [tokens, out]. */
    Var add(Context context, Var x, Var y, double scale) {
        Var down = context.use(a.values());
        Var diagonal = context.use(e.values()).reshape(down.size(0)); // [r, 1] as a row [r]
        return y.addProduct(x.linear(down, null).multiply(diagonal), context.use(b.values()), scale);
    }

    /** |A Aᵀ - I| + |Bᵀ B - I| (equation 4), each a Frobenius norm, as a scalar [1]. */
    Var distanceFromOrthogonal(Context context) {
        Var down = context.use(a.values());
        Var up = context.use(b.values());
        return distance(context, down.matmul(down.transpose()))
                .add(distance(context, up.transpose().matmul(up)));
    }

    /** |P - I|, as a scalar [1]: p [r, r]. */
    private static Var distance(Context context, Var p) {
        int rank = (int) p.size(0);
        float[] identity = new float[rank * rank];
        for (int i = 0; i < rank; i++) {
            identity[i * rank + i] = 1;
        }
        Var difference = p.subtract(context.constant(identity, rank, rank));
        return difference.reshape(1, (long) rank * rank).rowNorm().reshape(1); // one row of r r elements
    }
}
