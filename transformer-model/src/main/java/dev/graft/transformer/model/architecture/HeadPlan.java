package dev.graft.transformer.model.architecture;

/**
 * How a family classifies sequences.
 *
 * @param pooling what is read; {@link Pooling#POOLER} becomes {@link Pooling#MEAN} where a checkpoint has no pooler
 * @param pooler module of the frozen projection below the model's root, or null
 * @param module the head's module, as PEFT's modules_to_save names it
 * @param dense a trained projection with tanh in front, or null
 * @param out the trained projection to the labels
 * @param bias true if it has a bias
 * @param dropout in front of each of the two, in training; -1 in families that have none
 * @param architecture name of the whole model in transformers
 */
public record HeadPlan(
        Pooling pooling,
        String pooler,
        String module,
        String dense,
        String out,
        boolean bias,
        double dropout,
        String architecture) {
    HeadPlan withDropout(double other) {
        return new HeadPlan(pooling, pooler, module, dense, out, bias, dropout < 0 ? dropout : other, architecture);
    }

    /** True if a tensor of this name is part of the head. */
    public boolean owns(String name) {
        return name.startsWith(module + ".");
    }
}
