/** The laws that every PEFT method keeps, as a test class to inherit. */
module dev.graft.peft.testkit {
    // API
    requires transitive dev.graft.training;
    requires transitive com.tngtech.archunit;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;

    exports dev.graft.peft.testkit;

    opens dev.graft.peft.testkit to
            org.junit.platform.commons;
}
