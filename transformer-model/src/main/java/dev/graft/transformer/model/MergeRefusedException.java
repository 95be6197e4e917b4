package dev.graft.transformer.model;

/** An adapter cannot be merged into its base, or converted; the message names the site and the reason. */
public class MergeRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MergeRefusedException(String path, String reason) {
        this(path, "cannot be merged", reason);
    }

    private MergeRefusedException(String path, String verdict, String reason) {
        super("site " + path + " " + verdict + ": " + reason);
    }

    /** What could be merged, but cannot be a low-rank update. */
    static MergeRefusedException noLowRank(String path) {
        return new MergeRefusedException(
                path,
                "cannot be converted",
                "low-rank updates are products with the input of linear sites, and this is none");
    }
}
