package dev.graft.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import dev.graft.training.plan.Build;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The graft command. */
@Command(
        name = "graft",
        description = "Parameter-efficient fine-tuning of Transformer models.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        subcommands = {
            CompareCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            GenerateCommand.class,
            MergeCommand.class,
            CombineCommand.class,
            ConvertCommand.class,
            MethodsCommand.class,
            InspectCommand.class,
            EstimateCommand.class,
            PullCommand.class,
            BenchCommand.class,
            ServeCommand.class,
            KeyCommand.class,
            ServeBenchCommand.class,
            MixedBenchCommand.class,
            WorkerCommand.class,
            JobCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the run failed", "2:the command or its input is wrong"})
final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Where something fails, print the stack trace too.")
    private boolean stacktrace;

    /** Runs the command and exits with its code: 0 done, 1 the run failed, 2 the command or its input is wrong. */
    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    /** Runs a command with these streams and returns its exit code. */
    static int run(Console console, String... args) {
        Main main = new Main();
        Failures failures = new Failures(console, () -> main.stacktrace);
        return new CommandLine(main, factory(console))
                .setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a word that begins with @ is that word
                .setParameterExceptionHandler(failures::wrongCommand)
                .setExecutionExceptionHandler(failures::failed)
                .setExecutionStrategy(failures::guard)
                .execute(args);
    }

    /** Commands and their options come from Guice, all else from picocli. */
    static IFactory factory(Console console) {
        Injector injector = Guice.createInjector(Stage.PRODUCTION, new GraftModule(console));
        IFactory otherwise = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type.getModule() == Main.class.getModule() ? injector.getInstance(type) : otherwise.create(type);
            }
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** Reads the version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"graft " + Build.get("version"), "JDK " + Runtime.version()};
        }
    }
}
