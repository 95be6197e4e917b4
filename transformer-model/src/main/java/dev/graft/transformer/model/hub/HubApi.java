package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.hub.HubHttp.Answer;
import dev.graft.transformer.model.hub.HubHttp.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a hub says of a repository and of its files. */
final class HubApi {
    private static final int MOST_LISTING = 32 << 20;

    private final HubSettings settings;
    private final HubHttp http;
    private final HubRepository repository;

    HubApi(HubSettings settings, HubHttp http, HubRepository repository) {
        this.settings = settings;
        this.http = http;
        this.repository = repository;
    }

    /**
     * A revision and its files.
     *
     * @param commit that the revision is now
     * @param files names of all files, sorted
     */
    record Listing(String commit, Set<String> files) {}

    /** Asks which files there are. */
    Listing listing() throws IOException {
        URI uri = address("/api/models/" + repository.name() + "/revision/" + quoted(repository.revision()));
        Text text = http.patiently(() -> http.text(uri, MOST_LISTING));
        requireFound(text.answer(), null);
        Map<String, Object> json;
        try {
            json = Json.parse(Path.of("listing"), new String(text.body(), StandardCharsets.UTF_8));
        } catch (FileFormatException e) {
            throw new HubException(uri + " answers with no listing of a model; check HF_ENDPOINT", e);
        }
        if (!(json.get("sha") instanceof String commit) || !HubRepository.isCommit(commit)) {
            throw new HubException(uri + " names no commit ('sha'); check HF_ENDPOINT");
        }
        return new Listing(commit, files(uri, json));
    }

    private static Set<String> files(URI uri, Map<String, Object> json) throws HubException {
        Set<String> files = new TreeSet<>();
        if (json.get("siblings") instanceof List<?> siblings) {
            for (Object sibling : siblings) {
                if (sibling instanceof Map<?, ?> file && file.get("rfilename") instanceof String name) {
                    files.add(name);
                }
            }
        }
        if (files.isEmpty()) {
            throw new HubException(uri + " lists no files ('siblings')");
        }
        return files;
    }

    /** Asks for a file's hash and size. */
    FileFacts facts(String commit, String file) throws IOException {
        Answer answer = http.patiently(() -> http.head(file(commit, file)));
        if (!Redirects.isRedirect(answer.status())) {
            requireFound(answer, file);
        }
        return FileFacts.of(file, commit, answer);
    }

    /** A file's address. */
    URI file(String commit, String file) {
        return address("/" + repository.name() + "/resolve/" + commit + "/" + quoted(file));
    }

    private URI address(String path) {
        return URI.create(settings.endpoint() + path);
    }

    private static String quoted(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Throws in the words of the person who asked, where the hub says no. */
    void requireFound(Answer answer, String file) throws HubException {
        if (answer.good()) {
            return;
        }
        String code = String.valueOf(answer.header("X-Error-Code"));
        String said = answer.header("X-Error-Message");
        String why = " (" + settings.endpoint() + " answers " + answer.status()
                + (said == null ? "" : ": " + said.substring(0, Math.min(200, said.length()))) + ")";
        if (code.equals("GatedRepo")) {
            throw new SettingsException(repository.name() + " is given only to those who agreed to its terms; do so at "
                    + settings.endpoint() + "/" + repository.name() + " and set HF_TOKEN" + why);
        }
        if (code.equals("RevisionNotFound")) {
            throw new SettingsException(
                    repository.name() + " has no revision '" + repository.revision() + "'; check it" + why);
        }
        if (code.equals("EntryNotFound")) {
            throw new SettingsException(repository + " has no file " + file + why);
        }
        if (code.equals("RepoNotFound") || answer.status() == 401 || answer.status() == 404) {
            throw new SettingsException(repository + (file == null ? "" : ", file " + file + ",")
                    + " was not found, or it is private; check the name, and for a private one set HF_TOKEN" + why);
        }
        if (answer.status() == 403) {
            throw new SettingsException(repository + " is not for you; check what HF_TOKEN may do" + why);
        }
        throw new HubException(answer.uri() + " does not give what was asked for" + why);
    }
}
