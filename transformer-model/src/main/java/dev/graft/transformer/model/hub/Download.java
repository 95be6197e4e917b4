package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.file.Hashes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches one file. What has come stays in a file that ends in {@code .incomplete}, from which this or a later process
 * goes on; the file gets its name when it has the length and the hash that the hub named.
 */
final class Download {
    /** So many new bytes are progress: the server is worth asking again. */
    private static final long PROGRESS = 64 << 10;

    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    private final HubHttp http;
    private final HubApi api;
    private final FileFacts facts;
    private final Path incomplete;
    private final PullProgress progress;

    Download(HubHttp http, HubApi api, FileFacts facts, Path incomplete, PullProgress progress) {
        this.http = http;
        this.api = api;
        this.facts = facts;
        this.incomplete = incomplete;
        this.progress = progress;
    }

    /** Fetches what is lacking and gives the file its name; the caller holds the lock. */
    void to(Path blob, URI address) throws IOException {
        Files.createDirectories(incomplete.getParent());
        long before = Files.exists(incomplete) ? Files.size(incomplete) : 0;
        if (before > facts.size()) {
            Files.delete(incomplete);
            before = 0;
        }
        requireSpace(facts.size() - before);
        came(before);
        fetch(address);
        if (!isWhole() && before > 0) {
            drop(); // what an earlier process had left may be to blame: once more from the start
            fetch(address);
        }
        if (!isWhole()) {
            drop();
            throw new HubException(address + ": what came has not the SHA-256 " + facts.sha256()
                    + " that the hub names for " + facts.name() + "; it was deleted");
        }
        try (FileChannel channel = FileChannel.open(incomplete, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE);
    }

    private void drop() throws IOException {
        came(-Files.size(incomplete));
        Files.delete(incomplete);
    }

    private boolean isWhole() throws IOException {
        return facts.sha256() == null || facts.sha256().equals(Hashes.sha256(incomplete));
    }

    private void requireSpace(long bytes) throws IOException {
        long free = Files.getFileStore(incomplete.getParent()).getUsableSpace();
        if (bytes > free) {
            throw new HubException(facts.name() + " needs " + bytes + " more bytes, but the disk of "
                    + incomplete.getParent() + " has " + free + " left; free some or set HF_HUB_CACHE");
        }
    }

    private void fetch(URI address) throws IOException {
        int failures = 0;
        try (FileChannel file = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (file.size() < facts.size()) {
                long before = file.size();
                IOException failure;
                try {
                    Body body = new Body(address, file);
                    api.requireFound(http.get(address, before, body), facts.name());
                    failure = new IOException(
                            address + ": the connection ended " + (facts.size() - file.size()) + " bytes too early");
                } catch (IOException e) {
                    failure = e;
                }
                if (file.size() < facts.size() || failure instanceof HubException) {
                    failures = file.size() - before >= PROGRESS ? 0 : failures;
                    http.again(failure, failures++);
                }
            }
        }
    }

    private void came(long bytes) {
        progress.came(facts.name(), bytes);
    }

    /** Writes what comes, where it belongs, after a look at what the server says it is. */
    private final class Body implements BodyReceiver {
        private final URI address;
        private final FileChannel file;

        Body(URI address, FileChannel file) throws IOException {
            this.address = address;
            this.file = file;
            file.position(file.size());
        }

        @Override
        public void begin(int status, HttpHeaders headers) throws IOException {
            long from = file.size();
            String encoding = headers.firstValue("Content-Encoding").orElse("identity");
            if (!encoding.equals("identity")) {
                throw new HubException(address + " comes in the encoding " + encoding + ", which was not asked for");
            }
            if (status == 206) {
                checkRange(headers.firstValue("Content-Range").orElse("nothing"), from);
            } else if (status == 200) {
                from = 0; // the server begins at the start, whatever was asked for
            } else {
                throw new HubException(address + " answers " + status + " where a file was asked for");
            }
            long length = headers.firstValueAsLong("Content-Length").orElse(facts.size() - from);
            if (length != facts.size() - from) {
                throw new HubException(address + " says that " + length + " bytes will come, but of " + facts.name()
                        + " " + (facts.size() - from) + " are lacking");
            }
            came(from - file.size());
            file.truncate(from);
        }

        private void checkRange(String range, long from) throws HubException {
            Matcher match = RANGE.matcher(range);
            if (!match.matches()
                    || Long.parseLong(match.group(1)) != from
                    || Long.parseLong(match.group(2)) != facts.size() - 1
                    || Long.parseLong(match.group(3)) != facts.size()) {
                throw new HubException(address + " sends the range '" + range + "'; asked for: bytes " + from + "-"
                        + (facts.size() - 1) + "/" + facts.size());
            }
        }

        @Override
        public void accept(byte[] piece) throws IOException {
            if (file.position() + piece.length > facts.size()) {
                throw new HubException(address + " sends more than the " + facts.size() + " bytes of " + facts.name());
            }
            ByteBuffer bytes = ByteBuffer.wrap(piece);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            came(piece.length);
        }
    }
}
