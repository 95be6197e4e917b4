/** Training runs: data, optimizers, schedules, evaluation. */
module dev.graft.training {
    // API
    requires transitive dev.graft.transformer.model;

    exports dev.graft.training;

    // Internal
    requires com.fasterxml.jackson.databind;
}
