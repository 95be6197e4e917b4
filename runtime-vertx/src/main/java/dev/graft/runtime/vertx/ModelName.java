package dev.graft.runtime.vertx;

import dev.graft.runtime.vertx.message.Addresses;

/**
 * What a model is called in addresses.
 *
 * @param value letters, digits, and . _ - within
 */
public record ModelName(String value) {
    /** Checks it. */
    public ModelName {
        Addresses.name("model", value);
    }
}
