/** One Transformer for every supported family, with its frozen weights. */
module dev.graft.transformer.model {
    // API
    requires transitive dev.graft.peft.spi;

    exports dev.graft.transformer.model;

    // Internal
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.fasterxml.jackson.databind;
}
