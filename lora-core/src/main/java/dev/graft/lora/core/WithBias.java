package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.LowRankTerm;
import java.util.List;

/** An update, and the site's bias or its trained tokens behind it. */
record WithBias(Hook update, Hook bias) implements Hook {
    @Override
    public Var after(Context context, Var x, Var y) {
        return bias.after(context, x, update.after(context, x, y));
    }

    @Override
    public List<LowRankTerm> lowRank() {
        return update.lowRank();
    }
}
