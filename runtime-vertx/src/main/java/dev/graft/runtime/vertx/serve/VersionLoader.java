package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.AdapterFolder.Stored;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Brings an adapter's files into memory, or says why they are none of this base.
 *
 * @param base that it is to fit
 * @param methods the installed ones
 */
record VersionLoader(BaseModel base, PeftMethods methods) {
    /**
     * Loads it for the base.
     *
     * @throws Failure {@code bad-request} if a file is broken, {@code conflict} if it is none for this base
     */
    Stored load(String name, Path from) {
        try {
            return AdapterFolder.load(base, methods, from);
        } catch (AdapterFolder.MisfitException e) {
            throw new Failure(Failure.Code.CONFLICT, why(name, from, e));
        } catch (FileFormatException | RuntimeException e) {
            throw new Failure(Failure.Code.BAD_REQUEST, why(name, from, e));
        } catch (IOException e) {
            throw new Failure(Failure.Code.INTERNAL, "the adapter " + name + " cannot be read: " + e.getMessage());
        }
    }

    /** Whoever sent the files knows them by name; where they lie here is nobody else's business. */
    private static String why(String name, Path from, Exception e) {
        String message = String.valueOf(e.getMessage());
        return "the adapter " + name + " cannot be used: "
                + message.replace(from + from.getFileSystem().getSeparator(), "")
                        .replace(from.toString(), name);
    }
}
