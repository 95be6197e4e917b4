package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.Path;

/** A file's content is wrong: the message names the file, what is wrong and what is allowed. */
public class FileFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** A problem in a file. */
    public FileFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /** A problem in a file that another exception explains. */
    public FileFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
