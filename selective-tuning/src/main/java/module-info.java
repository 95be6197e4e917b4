/** Methods that train a small selection of what a base has: activations' scales, biases, norms. */
module dev.graft.selective.tuning {
    requires dev.graft.peft.spi;

    provides dev.graft.peft.spi.PeftMethod with
            dev.graft.selective.tuning.BitFitMethod,
            dev.graft.selective.tuning.Ia3Method,
            dev.graft.selective.tuning.LayerNormMethod;
}
