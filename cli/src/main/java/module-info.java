/** The graft command. */
module dev.graft.cli {
    // Internal
    requires dev.graft.runtime.vertx;
    requires dev.graft.training;
    requires com.google.guice;
    requires jakarta.inject;
    requires info.picocli;
    requires me.tongfei.progressbar;

    opens dev.graft.cli to
            com.google.guice,
            info.picocli;
}
