package dev.graft.training.data;

/** The three parts of a data set, each in a file of its own. */
public enum Split {
    /** Rows to train on. */
    TRAIN("train.jsonl"),
    /** Rows that choose the best step. */
    VALIDATION("validation.jsonl"),
    /** Rows that are looked at once, at the end. */
    TEST("test.jsonl");

    private final String file;

    Split(String file) {
        this.file = file;
    }

    /** Name of its file in a data folder. */
    public String file() {
        return file;
    }
}
