package dev.graft.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the build made: the descriptor of every module of ours and all their classes, tests left out. */
record Reactor(Map<String, ModuleDescriptor> modules, JavaClasses classes) {
    private static final String DESCRIPTOR = "module-info.class";
    private static final Reactor INSTANCE = load();

    static Reactor get() {
        return INSTANCE;
    }

    /** A module is a jar or a directory of classes, whichever the build has put on the class path. */
    private static Reactor load() {
        var modules = new TreeMap<String, ModuleDescriptor>();
        List<Location> locations = new ArrayList<>();
        try {
            for (URL url : Collections.list(Reactor.class.getClassLoader().getResources(DESCRIPTOR))) {
                try (InputStream in = url.openStream()) {
                    var descriptor = ModuleDescriptor.read(in);
                    if (descriptor.name().startsWith("dev.graft.")) {
                        modules.put(descriptor.name(), descriptor);
                        var at = url.toString();
                        locations.add(Location.of(new URL(at.substring(0, at.length() - DESCRIPTOR.length()))));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Reactor(modules, new ClassFileImporter().importLocations(locations));
    }
}
