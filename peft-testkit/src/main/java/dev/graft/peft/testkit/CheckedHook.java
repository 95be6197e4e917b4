package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Asserts what the SPI says of a {@link Hook}: what it is given, the shapes of what it returns, that it leaves its inputs
 * as they were, that it uses its own tensors alone, and in evaluation that the same call gives the same bits again.
 */
final class CheckedHook implements Hook {
    private final Hook inner;
    private final Site site;
    private final Set<Parameter> declared;
    private final int positions;

    CheckedHook(Hook inner, Site site, Set<Parameter> declared) {
        this.inner = inner;
        this.site = site;
        this.declared = declared;
        this.positions = inner.positions();
        assertTrue(positions >= 0, () -> at("positions are " + positions));
    }

    private String at(String what) {
        return site.path() + " (" + site.slot() + "): " + what;
    }

    @Override
    public Var before(Context context, Var x) {
        int width = site.slot() == Slot.CACHE ? (int) x.size(1) : site.inputSize();
        assertGiven(context, x, width);
        Var result = called(context, inside -> inner.before(inside, x), x);
        assertEquals(width, result.size(1), () -> at("before gave " + result));
        if (site.slot() != Slot.CACHE) {
            assertEquals(x.size(0), result.size(0), () -> at("before gave " + result + " for " + x));
        }
        return result;
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        int width = site.slot() == Slot.CACHE ? (int) y.size(1) : site.outputSize();
        assertGiven(context, y, width);
        Var result = called(context, inside -> inner.after(inside, x, y), x, y);
        assertEquals(width, result.size(1), () -> at("after gave " + result));
        long rows = switch (site.slot()) {
            case CACHE -> x.size(0);
            case EMBEDDING -> y.size(0) + positions;
            default -> y.size(0);
        };
        assertEquals(rows, result.size(0), () -> at("after gave " + result + " for " + y));
        return result;
    }

    /** The framework's side: whole sequences, and rows of the site's width. */
    private void assertGiven(Context context, Var value, int width) {
        assertEquals(width, value.size(1), () -> at("was given " + value));
        int tokens = context.sequences().tokens();
        if (site.slot() != Slot.CACHE) {
            assertTrue(tokens <= value.size(0), () -> at(tokens + " tokens in " + value));
        }
        assertEquals(context.tokenIds().length, context.positions().length, () -> at("token ids and positions"));
    }

    private Var called(Context context, Function<Context, Var> call, Var... inputs) {
        float[][] before = Peek.values(inputs);
        CheckedContext once = new CheckedContext(context, declared);
        Var result = call.apply(once);
        once.close();
        assertNotNull(result, () -> at("a hook gave null; to change nothing return what was given"));
        if (!context.training()) {
            CheckedContext again = new CheckedContext(context, declared);
            Same.bits(Peek.values(result), Peek.values(call.apply(again)), at("the same call again"));
            again.close();
        }
        Same.bits(before, Peek.values(inputs), at("what the hook was given, afterwards"));
        assertEquals(positions, inner.positions(), () -> at("positions are the same whenever they are asked for"));
        return result;
    }

    @Override
    public int positions() {
        return positions;
    }

    @Override
    public List<LowRankTerm> lowRank() {
        List<LowRankTerm> terms = inner.lowRank();
        terms.forEach(term -> assertTrue(
                declared.contains(term.a()) && declared.contains(term.b()), () -> at("a product of " + term)));
        return terms;
    }
}
