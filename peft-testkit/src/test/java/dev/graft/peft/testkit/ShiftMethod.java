package dev.graft.peft.testkit;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;

/** The least that a method can do: it adds a trained row to the output of some linear sites. */
class ShiftMethod implements PeftMethod {
    @Override
    public String id() {
        return "shift";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        List<String> names = model.sites().stream()
                .filter(site -> site.slot() == Slot.QUERY || site.slot() == Slot.VALUE)
                .map(site -> site.path().substring(site.path().lastIndexOf('.') + 1))
                .distinct()
                .toList();
        Targets targets = Targets.read(settings, model, names);
        double scale = settings.number("scale", 1, 0.5, 2);
        double dropout = settings.number("dropout", 0, 0, 0.9);
        return (site, parameters) -> targets.contains(site)
                ? hook(parameters.trainable("shift", start(), site.outputSize()), scale, dropout)
                : Hook.NONE;
    }

    /** First values; for a method that goes wrong there. */
    Init start() {
        return Init.zeros();
    }

    /** What is done at a site; for a method that goes wrong there. */
    Hook hook(Parameter shift, double scale, double dropout) {
        return new Hook() {
            @Override
            public Var after(Context context, Var x, Var y) {
                return y.add(context.dropout(context.use(shift).multiply(scale), dropout));
            }
        };
    }
}
