/** Differentiable operations on tensors, recorded on a tape. */
@SuppressWarnings("module") // the targets of qualified exports are compiled later
module dev.graft.autograd {
    // API
    requires transitive org.nd4j;

    exports dev.graft.autograd;

    // Internal
    requires org.bytedeco.dnnl;
    requires org.bytedeco.javacpp;
    requires org.bytedeco.openblas;

    exports dev.graft.autograd.kernel to
            dev.graft.transformer.model,
            dev.graft.training,
            dev.graft.peft.testkit,
            dev.graft.cli;
    exports dev.graft.autograd.memory to
            dev.graft.peft.spi,
            dev.graft.transformer.model,
            dev.graft.training,
            dev.graft.peft.testkit;
}
