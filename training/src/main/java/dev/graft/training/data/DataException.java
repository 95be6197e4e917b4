package dev.graft.training.data;

import java.io.IOException;

/** Data cannot be used: the message names the file and line, what is allowed, and what to do. */
public class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    /** A message for the person who made the data. */
    public DataException(String message) {
        super(message);
    }

    /** A message for the person who made the data, and what the system said. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
