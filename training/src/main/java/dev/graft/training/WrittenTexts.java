package dev.graft.training;

import dev.graft.training.data.ChatExample;
import dev.graft.training.data.GenerationExample;
import dev.graft.training.data.GenerationRow;
import dev.graft.training.metric.Bleu;
import dev.graft.training.metric.RougeL;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Generated;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.TextGenerator;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.chat.ChatMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a model write the completions of rows, the most probable token each time, and compares them with what they should
 * be. Of a conversation it writes the last of the assistant's turns.
 */
public final class WrittenTexts {
    /** Texts at a time. */
    private static final int ROWS = 16;

    private final BaseModel base;
    private final Adapter adapter;
    private final int maxNewTokens;
    private final TextGenerator generator;
    private final RougeL rouge = new RougeL();
    private final Bleu bleu = new Bleu();
    private final List<Written> texts = new ArrayList<>();
    private int seen;
    private int rows;
    private int exact;
    private int left;

    /**
     * For one adapter.
     *
     * @param adapter or null for the bare base
     * @param maxNewTokens most tokens of a text
     */
    public WrittenTexts(BaseModel base, Adapter adapter, int maxNewTokens, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.maxNewTokens = maxNewTokens;
        this.generator = new TextGenerator(base, workers);
    }

    /** A prompt and what should follow. */
    private record Task(int row, int[] prompt, List<String> references) {}

    /**
     * A text.
     *
     * @param row number of the row, in the order of all that were added
     * @param text what the model wrote
     * @param rougeL how near it is to what it should be, from 0 to 1
     */
    public record Written(int row, String text, double rougeL) {}

    /**
     * Writes and compares.
     *
     * @param progress hears of rows that are done
     */
    public void add(List<? extends GenerationRow> examples, Predictor.Progress progress) {
        for (int from = 0; from < examples.size(); from += ROWS) {
            List<? extends GenerationRow> some = examples.subList(from, Math.min(examples.size(), from + ROWS));
            List<Task> tasks = new ArrayList<>();
            for (GenerationRow row : some) {
                Task task = row instanceof ChatExample talk ? task(talk) : task((GenerationExample) row);
                seen++;
                if (task == null) {
                    left++;
                } else {
                    tasks.add(task);
                }
            }
            progress.done(some.size(), write(tasks));
        }
    }

    private Task task(GenerationExample row) {
        return new Task(seen, base.promptTokens(row.prompt()), row.right());
    }

    /** Null where no turn is the assistant's. */
    private Task task(ChatExample talk) {
        List<ChatMessage> messages = talk.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role().equals(ChatMessage.ASSISTANT)) {
                String prompt = base.requireChatTemplate().render(messages.subList(0, i), true);
                return new Task(
                        seen,
                        base.tokenizer().encodePlaced(prompt).ids(),
                        List.of(messages.get(i).content()));
            }
        }
        return null;
    }

    private long write(List<Task> tasks) {
        List<Generated> texts = generator.generate(
                tasks.stream().map(Task::prompt).toList(),
                Collections.nCopies(tasks.size(), adapter),
                Generator.Options.greedy(maxNewTokens),
                List.of(),
                (text, piece) -> {});
        long tokens = 0;
        for (int i = 0; i < tasks.size(); i++) {
            String text = texts.get(i).text();
            List<String> right = tasks.get(i).references();
            rows++;
            exact += right.stream().anyMatch(one -> text.strip().equals(one.strip())) ? 1 : 0;
            rouge.add(text, right);
            this.texts.add(new Written(tasks.get(i).row(), text, RougeL.score(text, right)));
            bleu.add(text, right);
            tokens += texts.get(i).tokens().length;
        }
        return tokens;
    }

    /** Every text, in the order of the rows; those without an assistant's turn have none. */
    public List<Written> texts() {
        return List.copyOf(texts);
    }

    /** For reports: how many texts, and how near they are to what they should be. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("written_rows", rows);
        if (left > 0) {
            map.put("rows_without_assistant", left);
        }
        map.put("written_exact_match", rows == 0 ? 0 : (double) exact / rows);
        map.put("rouge_l", rouge.mean());
        map.put("bleu", bleu.score());
        return map;
    }
}
