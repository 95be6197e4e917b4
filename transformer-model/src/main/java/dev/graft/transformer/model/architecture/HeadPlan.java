package dev.graft.transformer.model.architecture;

/**
 * How a family classifies sequences.
 *
 * @param pooling what is read; {@link Pooling#POOLER} becomes {@link Pooling#MEAN} where a checkpoint has no pooler
 * @param pooler a frozen projection of what is read, or null
 * @param module the head's module, as PEFT's modules_to_save names it
 * @param dense a trained projection in front, or null
 * @param activation behind that projection, by its name in config.json
 * @param dropsFirst true if what enters that projection is dropped out too
 * @param out the trained projection to the labels
 * @param bias true if it has a bias
 * @param dropout in training; -1 in families that have none
 * @param architecture name of the whole model in transformers; null where this form of a checkpoint cannot classify
 * @param tokens how tokens are classified, or null in families that do not
 */
public record HeadPlan(
        Pooling pooling,
        Pooler pooler,
        String module,
        String dense,
        String activation,
        boolean dropsFirst,
        String out,
        boolean bias,
        double dropout,
        String architecture,
        Tokens tokens) {
    /**
     * A classifier of tokens: one trained projection, under the name of the head's module.
     *
     * @param dropout in front of it, in training
     * @param architecture name of the whole model in transformers
     * @param own true if the checkpoint's own classifier is one of tokens
     */
    public record Tokens(double dropout, String architecture, boolean own) {}

    /**
     * A projection in front of a classifier that an adapter does not train.
     *
     * @param module its path
     * @param inBody true if that is below the model's root
     * @param activation behind it, by its name in config.json
     * @param dropout in front of it, in training
     */
    public record Pooler(String module, boolean inBody, String activation, double dropout) {
        /** With tanh, below the root. */
        static Pooler tanh(String module) {
            return new Pooler(module, true, "tanh", 0);
        }
    }

    /** A head of a family that classifies no tokens, or whose {@link #with} says how. */
    public HeadPlan(
            Pooling pooling,
            Pooler pooler,
            String module,
            String dense,
            String activation,
            boolean dropsFirst,
            String out,
            boolean bias,
            double dropout,
            String architecture) {
        this(pooling, pooler, module, dense, activation, dropsFirst, out, bias, dropout, architecture, null);
    }

    /** The same with a classifier of tokens beside it. */
    public HeadPlan with(Tokens classifier) {
        return new HeadPlan(
                pooling, pooler, module, dense, activation, dropsFirst, out, bias, dropout, architecture, classifier);
    }

    /** The same head, whose checkpoint classifies tokens or sequences. */
    HeadPlan ofTokens(boolean own) {
        return tokens == null ? this : with(new Tokens(tokens.dropout(), tokens.architecture(), own));
    }

    /** A head with tanh behind its projection, if it has one, and a pooler with tanh, if there is one. */
    public HeadPlan(
            Pooling pooling,
            String pooler,
            String module,
            String dense,
            String out,
            boolean bias,
            double dropout,
            String architecture) {
        this(
                pooling,
                pooler == null ? null : Pooler.tanh(pooler),
                module,
                dense,
                "tanh",
                true,
                out,
                bias,
                dropout,
                architecture);
    }

    HeadPlan withDropout(double other) {
        Pooler front = pooler == null || pooler.dropout() == 0
                ? pooler
                : new Pooler(pooler.module(), pooler.inBody(), pooler.activation(), other);
        return new HeadPlan(
                pooling,
                front,
                module,
                dense,
                activation,
                dropsFirst,
                out,
                bias,
                dropout < 0 ? dropout : other,
                architecture,
                tokens == null ? null : new Tokens(other, tokens.architecture(), tokens.own()));
    }

    /** True if a tensor of this name is part of the head. */
    public boolean owns(String name) {
        return name.startsWith(module + ".") || dense != null && name.startsWith(dense + ".");
    }
}
