package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.BatchedText;
import dev.graft.transformer.model.Generated;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.Sampling;
import dev.graft.transformer.model.TextBatch;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.chat.ChatMessage;
import dev.graft.transformer.model.chat.ChatTemplate;
import dev.graft.transformer.model.chat.ChatTemplateException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Continues texts: those of all requests and adapters go on together, and join and leave between tokens. */
final class TextService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TextService.class);

    private final BaseModel base;
    private final Workers workers;
    private final FairQueue<Text> queue;
    private final int texts;
    private final Thread thread;
    private final Map<BatchedText, Text> going = new IdentityHashMap<>();
    private ChatTemplate template;
    private volatile boolean closing;
    private volatile int running;

    /** A request with its prompt. */
    private record Text(Work work, GenerateRequest request, int[] prompt, Generator.Options options) {}

    TextService(BaseModel base, Workers workers, ServeOptions options) {
        this.base = base;
        this.workers = workers;
        this.texts = options.texts();
        this.queue = new FairQueue<>(options.queue());
        this.thread = new Thread(this::run, "graft-generate");
        thread.setDaemon(true);
        thread.start();
    }

    /** Texts that wait. */
    int waiting() {
        return queue.size();
    }

    /** Texts that are written now. */
    int running() {
        return running;
    }

    /** Makes tokens and lines the text up; not for an event loop. */
    void begin(Work work, GenerateRequest request) {
        GenerateRequest.Sampling by = request.sampling();
        Sampling sampling =
                new Sampling(by.temperature(), by.topK(), by.topP(), by.minP(), by.repetitionPenalty(), by.seed());
        Generator.Options options = new Generator.Options(request.maxTokens(), sampling, true);
        Text refused = queue.offer(work.key(), new Text(work, request, prompt(request), options));
        if (refused != null) {
            refused.work.fail(new Failure(Failure.Code.BUSY, "too many texts wait; try again later"));
        }
    }

    private int[] prompt(GenerateRequest request) {
        if (request.prompt() != null) {
            return base.promptTokens(request.prompt());
        }
        try {
            List<ChatMessage> messages = request.messages().stream()
                    .map(turn -> new ChatMessage(turn.role(), turn.content()))
                    .toList();
            return base.tokenizer()
                    .encodePlaced(template().render(messages, true))
                    .ids();
        } catch (ChatTemplateException e) {
            throw new SettingsException("the base's chat template refuses the conversation: " + e.getMessage());
        }
    }

    private synchronized ChatTemplate template() {
        if (template == null) {
            template = base.requireChatTemplate();
        }
        return template;
    }

    private void run() {
        try (TextBatch batch = new TextBatch(base, workers, texts)) {
            while (!closing) {
                if (going.isEmpty()) {
                    Text first = queue.take();
                    if (first == null) {
                        break;
                    }
                    join(batch, first);
                }
                for (Text next = next(batch); next != null; next = next(batch)) {
                    join(batch, next);
                }
                leave(batch);
                step(batch);
                running = going.size();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No adapter takes all places: a quarter is left to others. */
    private Text next(TextBatch batch) {
        int most = Math.max(1, texts - texts / 4);
        return !batch.hasRoom()
                ? null
                : queue.poll(key -> going.values().stream()
                                .filter(text -> text.work.key().equals(key))
                                .count()
                        < most);
    }

    private void join(TextBatch batch, Text text) {
        if (text.work.stopped()) {
            text.work.finish();
            return;
        }
        try {
            BatchedText joined = batch.add(
                    text.prompt,
                    text.work.lease().adapter(),
                    text.options,
                    text.request.stops(),
                    (number, piece) -> show(text, piece));
            going.put(joined, text);
        } catch (SettingsException e) {
            text.work.fail(e);
        } catch (RuntimeException | Error e) {
            LOG.error("a text cannot join the others", e);
            text.work.fail(e);
        }
    }

    private static void show(Text text, String piece) {
        if (text.request.stream()) {
            text.work.call().send(GenerateAnswer.piece(piece));
        }
    }

    private void leave(TextBatch batch) {
        for (Map.Entry<BatchedText, Text> each : List.copyOf(going.entrySet())) {
            if (each.getValue().work.stopped()) {
                batch.remove(each.getKey());
                going.remove(each.getKey());
                each.getValue().work.finish();
            }
        }
    }

    private void step(TextBatch batch) {
        try {
            for (BatchedText ended : batch.step()) {
                end(ended, going.remove(ended));
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the texts of a batch were lost", e);
            for (Map.Entry<BatchedText, Text> each : new ArrayList<>(going.entrySet())) {
                batch.remove(each.getKey());
                each.getValue().work.fail(e);
            }
            going.clear();
        }
    }

    private static void end(BatchedText ended, Text text) {
        Generated written = ended.generated();
        String adapter = text.work.lease().id();
        if (text.work.finish()) {
            text.work
                    .call()
                    .end(new GenerateAnswer(
                                    adapter,
                                    written.text(),
                                    written.finish().name().toLowerCase(Locale.ROOT),
                                    text.prompt.length,
                                    written.tokens().length)
                            .toPacket());
        }
    }

    @Override
    public void close() {
        closing = true;
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Failure closed = new Failure(Failure.Code.UNREACHABLE, "this node is closing");
        going.values().forEach(text -> text.work.fail(closed));
        for (Text text = queue.poll(); text != null; text = queue.poll()) {
            text.work.fail(closed);
        }
    }
}
