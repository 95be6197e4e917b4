/** One Transformer for every supported family, with its frozen weights. */
@SuppressWarnings("module") // the targets of qualified exports are compiled later
module dev.graft.transformer.model {
    // API
    requires transitive dev.graft.peft.spi;

    exports dev.graft.transformer.model;
    exports dev.graft.transformer.model.chat;
    exports dev.graft.transformer.model.hub;
    exports dev.graft.transformer.model.jinja to
            jinjava;
    exports dev.graft.transformer.model.overlay to
            dev.graft.training,
            dev.graft.runtime.vertx,
            dev.graft.peft.testkit;

    // Internal
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.fasterxml.jackson.databind;
    requires com.sun.jna;
    requires java.desktop; // a type in the interfaces of jinjava
    requires java.net.http;
    requires jinjava;
}
