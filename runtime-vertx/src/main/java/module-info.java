/** Training and inference as services on the event bus of Vert.x. */
module dev.graft.runtime.vertx {
    // API
    requires transitive com.google.guice;
    requires transitive dev.graft.training;
    requires transitive io.vertx.core;

    exports dev.graft.runtime.vertx;
    exports dev.graft.runtime.vertx.client;
    exports dev.graft.runtime.vertx.cluster;
    exports dev.graft.runtime.vertx.http;
    exports dev.graft.runtime.vertx.message;
    exports dev.graft.runtime.vertx.serve;
    exports dev.graft.runtime.vertx.training;
    exports dev.graft.runtime.vertx.transport;

    // Internal
    requires com.fasterxml.jackson.databind;
    requires com.hazelcast.core;
    requires io.vertx.clustermanager.hazelcast;
    requires io.vertx.metrics.micrometer;
    requires io.vertx.web;
    requires jakarta.inject;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.slf4j;

    opens dev.graft.runtime.vertx to
            com.google.guice;
    opens dev.graft.runtime.vertx.http to
            com.google.guice;
}
