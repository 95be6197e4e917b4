/** The contract between the framework and a PEFT method. */
@SuppressWarnings("module") // the targets of qualified exports are compiled later
module dev.graft.peft.spi {
    // API
    requires transitive dev.graft.autograd;

    exports dev.graft.peft.spi;

    uses dev.graft.peft.spi.PeftMethod;

    // Internal
    requires com.fasterxml.jackson.databind;

    exports dev.graft.peft.spi.file to
            dev.graft.transformer.model,
            dev.graft.training,
            dev.graft.runtime.vertx,
            dev.graft.peft.testkit,
            dev.graft.cli;
}
