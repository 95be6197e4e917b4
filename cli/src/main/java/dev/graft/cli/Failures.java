package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.training.TrainingStoppedException;
import dev.graft.training.data.DataException;
import dev.graft.transformer.model.MergeRefusedException;
import dev.graft.transformer.model.hub.HubException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever goes wrong into a message and an exit code; the one place that does. */
final class Failures {
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    /** The person who gave the command can put these right. */
    private static final List<Class<? extends Exception>> WRONG_INPUT = List.of(
            SettingsException.class,
            FileFormatException.class,
            DataException.class,
            MergeRefusedException.class,
            NoSuchFileException.class,
            NotDirectoryException.class,
            FileAlreadyExistsException.class,
            AccessDeniedException.class);

    private final Console console;
    private final BooleanSupplier stacktrace;

    Failures(Console console, BooleanSupplier stacktrace) {
        this.console = console;
        this.stacktrace = stacktrace;
    }

    /** The command line cannot be understood. */
    int wrongCommand(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        say(e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, command.getErr());
        console.err().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return WRONG;
    }

    /** A command threw. */
    int failed(Exception thrown, CommandLine command, ParseResult parsed) {
        Exception e = thrown instanceof UncheckedIOException wrapped ? wrapped.getCause() : thrown;
        trace(e);
        if (WRONG_INPUT.stream().anyMatch(type -> type.isInstance(e))) {
            say(message(e));
            return WRONG;
        }
        if (e instanceof Failure failure && failure.code() == Failure.Code.BAD_REQUEST) {
            say(e.getMessage());
            return WRONG;
        }
        if (e instanceof TrainingStoppedException || e instanceof HubException || e instanceof Failure) {
            say(message(e));
        } else if (e instanceof ArithmeticException) {
            say("the model gives no numbers: " + e.getMessage() + "; it or its adapter is damaged or diverged");
        } else if (e instanceof IOException) {
            say(message(e) + "; a result that was not complete was not kept");
        } else {
            unexpected(e);
        }
        return FAILED;
    }

    /** Runs a command; errors that picocli lets through end here. */
    int guard(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError e) {
            trace(e);
            say("out of memory (" + e.getMessage() + "); try a smaller --micro-batch, --batch-size or --max-length, or "
                    + "a larger heap: GRAFT_JAVA_OPTS=-Xmx4g");
        } catch (Error e) {
            trace(e);
            unexpected(e);
        }
        return FAILED;
    }

    private void trace(Throwable e) {
        if (stacktrace.getAsBoolean()) {
            e.printStackTrace(console.err());
        }
    }

    private void unexpected(Throwable e) {
        say("unexpected " + e + (stacktrace.getAsBoolean() ? "" : "; --stacktrace shows where"));
    }

    private void say(String message) {
        console.err().println("graft: " + message);
    }

    private static String message(Exception e) {
        if (e instanceof NoSuchFileException missing && missing.getReason() == null) {
            return missing.getFile() + " does not exist; check the path";
        }
        if (e instanceof FileAlreadyExistsException there && there.getReason() == null) {
            return there.getFile() + " exists already; choose another or delete it";
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + " may not be read or written by this user";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getFile() + ": " + system.getReason();
        }
        return e.getMessage();
    }
}
