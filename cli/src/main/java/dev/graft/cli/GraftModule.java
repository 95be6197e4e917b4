package dev.graft.cli;

import com.google.inject.AbstractModule;
import java.time.Clock;

/** What the commands are made of. */
final class GraftModule extends AbstractModule {
    private final Console console;

    GraftModule(Console console) {
        this.console = console;
    }

    @Override
    protected void configure() {
        bind(Console.class).toInstance(console);
        bind(Clock.class).toInstance(Clock.systemUTC());
        bind(MethodFinder.class).to(PluginLayer.class);
    }
}
