package dev.graft.training;

/** A run could not go on; the message says why, what was kept, and what to do. */
public class TrainingStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A message for the person who started the run. */
    public TrainingStoppedException(String message) {
        super(message);
    }
}
