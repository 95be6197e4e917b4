package dev.graft.transformer.model.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;

/**
 * {@code {% generation %}...{% endgeneration %}}: what the model itself writes, as Hugging Face's templates mark it. The
 * text gets two characters around it that stand for nothing else.
 */
final class GenerationTag implements Tag {
    /** Begins what the model writes: a code point for private use. */
    static final char OPEN = '\uE0F0';

    /** Ends it. */
    static final char CLOSE = '\uE0F1';

    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "generation";
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
        StringBuilder text = new StringBuilder().append(OPEN);
        for (Node child : tag.getChildren()) {
            text.append(child.render(interpreter).getValue());
        }
        return text.append(CLOSE).toString();
    }
}
