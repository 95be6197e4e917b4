package dev.graft.transformer.model;

/** An adapter cannot be merged into its base; the message names the site and the reason. */
public class MergeRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MergeRefusedException(String path, String reason) {
        super("site " + path + " cannot be merged: " + reason);
    }
}
