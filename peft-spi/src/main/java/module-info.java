/** The contract between the framework and a PEFT method. */
module dev.graft.peft.spi {
    // API
    requires transitive dev.graft.autograd;

    exports dev.graft.peft.spi;

    // Internal
    requires com.fasterxml.jackson.databind;
}
