package dev.graft.transformer.model.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code {% for %}}, so often and no more in one rendering: loops in loops would go on for years. A template comes with a
 * model that somebody else made.
 */
final class BoundedLoop extends ForTag {
    private static final long serialVersionUID = 1;

    /** Loops, not turns of them; Jinjava lets a loop over numbers have a thousand turns. */
    private static final int MOST = 10_000;

    /** No template can name it. */
    private static final String COUNT = "graft.loops";

    /** Values with a count of their own. */
    static Map<String, Object> counted(Map<String, Object> values) {
        Map<String, Object> counted = new HashMap<>(values);
        counted.put(COUNT, new AtomicInteger());
        return counted;
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
        if (interpreter.getContext().get(COUNT) instanceof AtomicInteger count && count.incrementAndGet() > MOST) {
            throw new TemplateException("the chat template goes through more than " + MOST + " loops");
        }
        return super.interpret(tag, interpreter);
    }
}
