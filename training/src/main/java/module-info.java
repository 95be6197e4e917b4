/** Training runs: data, optimizers, schedules, evaluation. */
module dev.graft.training {
    // API
    requires transitive dev.graft.transformer.model;

    exports dev.graft.training;
    exports dev.graft.training.compare;
    exports dev.graft.training.data;
    exports dev.graft.training.experiment;
    exports dev.graft.training.metric;
    exports dev.graft.training.optimizer;
    exports dev.graft.training.plan;
    exports dev.graft.training.probe;
    exports dev.graft.training.report;
    exports dev.graft.training.statistics;
    exports dev.graft.training.study;

    // Internal
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires org.apache.commons.statistics.distribution;
}
