package dev.graft.transformer.model;

import dev.graft.transformer.model.Generated.Finish;
import java.util.List;

/** A text on its way from tokens to pieces, up to a stop string. */
final class WrittenText {
    private final List<Integer> ends;
    private final int number;
    private final TextStream stream;
    private final StopStrings stops;
    private final TextGenerator.Listener listener;
    private final StringBuilder text = new StringBuilder();

    /**
     * Nothing yet.
     *
     * @param number what the listener is told
     * @param prompt in front of it, in models that read and write one text
     */
    WrittenText(BaseModel base, int number, int[] prompt, List<String> stops, TextGenerator.Listener listener) {
        this.ends = base.generation().endTokens();
        this.number = number;
        this.stream = new TextStream(base.tokenizer(), base.config().encoderDecoder() ? new int[0] : prompt);
        this.stops = new StopStrings(stops);
        this.listener = listener;
    }

    /** Takes a token; false if a stop string ends the text. */
    boolean add(int token) {
        if (!ends.contains(token)) {
            write(stops.add(stream.add(token)));
        }
        return !stops.found();
    }

    Generated end(int[] tokens, Generator.Options options) {
        if (!stops.found()) {
            write(stops.add(stream.finish()));
            write(stops.finish());
        }
        boolean ended = options.stops() && tokens.length > 0 && ends.contains(tokens[tokens.length - 1]);
        return new Generated(tokens, text.toString(), stops.found() ? Finish.STOP : ended ? Finish.END : Finish.LENGTH);
    }

    private void write(String piece) {
        if (!piece.isEmpty()) {
            text.append(piece);
            listener.piece(number, piece);
        }
    }
}
