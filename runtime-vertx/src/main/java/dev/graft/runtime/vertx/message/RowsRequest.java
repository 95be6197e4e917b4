package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Asks for one answer a row: {@code {"op", "adapter", "rows": [{"text", "pair"}], "max_length"}}.
 *
 * @param op what is done with each row
 * @param adapter {@code name} or {@code name@digest}, or null for the bare base
 * @param rows at least one
 * @param maxLength most tokens of a row, longer ones are cut; 0 for as many as in the adapter's training, else as the
 *     base reads
 */
public record RowsRequest(Op op, String adapter, List<Row> rows, int maxLength) {
    /** Most rows of a request. */
    public static final int MOST_ROWS = 4096;

    /** What is done with rows. */
    public enum Op {
        /** A text, or a pair, gets a class. */
        CLASSIFY,
        /** A text becomes a vector. */
        EMBED,
        /** A text and how it goes on, the pair, gets the probability of the latter. */
        SCORE;

        /** As it is written. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A row.
     *
     * @param text the text
     * @param pair the second text, or null
     */
    public record Row(String text, String pair) {
        /** Refuses a missing text. */
        public Row {
            Objects.requireNonNull(text, "text");
        }
    }

    /** Checks what can be checked without a model. */
    public RowsRequest {
        rows = List.copyOf(rows);
        AdapterName.parse(adapter);
        if (rows.isEmpty() || rows.size() > MOST_ROWS) {
            throw Fields.wrong("number of rows", rows.size(), "1 to " + MOST_ROWS);
        }
        if (op == Op.SCORE && rows.stream().anyMatch(row -> row.pair == null)) {
            throw Fields.wrong("pair", null, "for score, the text whose probability is asked for");
        }
    }

    /** As a message. */
    public Packet toPacket() {
        JsonArray written = new JsonArray();
        for (Row row : rows) {
            JsonObject json = new JsonObject().put("text", row.text);
            written.add(row.pair == null ? json : json.put("pair", row.pair));
        }
        JsonObject head = new JsonObject().put("op", op.label()).put("rows", written);
        if (adapter != null) {
            head.put("adapter", adapter);
        }
        return new Packet(maxLength == 0 ? head : head.put("max_length", maxLength));
    }

    /** Reads {@link #toPacket}. */
    public static RowsRequest of(Op op, JsonObject head) {
        Fields fields = new Fields(head);
        fields.text("op");
        fields.text(Addresses.REQUEST_ID);
        RowsRequest request = new RowsRequest(
                op,
                fields.text("adapter"),
                fields.objects("rows").stream().map(RowsRequest::row).toList(),
                fields.whole("max_length", 0, 1, Integer.MAX_VALUE));
        fields.finish("the request");
        return request;
    }

    private static Row row(JsonObject json) {
        Fields fields = new Fields(json);
        Row row = new Row(fields.requireText("text"), fields.text("pair"));
        fields.finish("a row");
        return row;
    }
}
