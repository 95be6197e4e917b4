package dev.graft.architecture.planted.frozen;

import dev.graft.transformer.model.weights.FrozenWeight;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;

/** Reaches the memory of a frozen weight by reflection. */
public final class Opening {
    private Opening() {}

    /** Opens the field. */
    public static Object tensor(FrozenWeight weight) throws ReflectiveOperationException {
        Field field = FrozenWeight.class.getDeclaredField("tensor");
        field.setAccessible(true);
        return field.get(weight);
    }

    /** Looks into the class. */
    public static MethodHandles.Lookup lookup() throws IllegalAccessException {
        return MethodHandles.privateLookupIn(FrozenWeight.class, MethodHandles.lookup());
    }
}
