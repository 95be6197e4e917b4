package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Var;
import dev.graft.autograd.memory.Shapes;
import dev.graft.peft.spi.Site;

/** What a hook returned, refused where it does not fit its site: the next operation would fail without naming it. */
final class Returned {
    private Returned() {}

    /**
     * The value itself.
     *
     * @param call before or after
     * @param rows that it must have; -1 for any number
     * @param columns that it must have
     * @throws IllegalStateException if it has another shape; it names the site and both shapes
     */
    static Var as(Site site, String call, long rows, long columns, Var made) {
        long[] shape = made == null ? null : made.shape();
        if (shape == null || shape.length != 2 || rows >= 0 && shape[0] != rows || shape[1] != columns) {
            throw new IllegalStateException("a hook at " + site.path() + " (" + site.slot() + ") returned "
                    + (made == null ? "null" : Shapes.text(shape)) + " from " + call + "; expected: ["
                    + (rows < 0 ? "any" : rows) + ", " + columns + "]");
        }
        return made;
    }
}
