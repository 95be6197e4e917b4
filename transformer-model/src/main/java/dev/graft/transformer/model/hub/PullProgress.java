package dev.graft.transformer.model.hub;

/** Hears how far a download is; called by one thread after the other, never by two at once. */
public interface PullProgress {
    /** Says nothing to anybody. */
    PullProgress NONE = new PullProgress() {
        @Override
        public void begins(int files, long bytes) {}

        @Override
        public void came(String file, long bytes) {}
    };

    /** So many files have to come, of so many bytes together. */
    void begins(int files, long bytes);

    /** More of a file is there; fewer than 0 where what had come was of no use. */
    void came(String file, long bytes);
}
