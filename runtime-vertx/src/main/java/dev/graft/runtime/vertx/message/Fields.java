package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the keys of a message strictly: a wrong value and an unknown key are failures that name them. */
public final class Fields {
    private static final int SHOWN = 80;

    private final JsonObject json;
    private final Set<String> left;

    /** The keys of an object. */
    public Fields(JsonObject json) {
        this.json = json;
        this.left = new TreeSet<>(json.fieldNames());
    }

    /** A text, or null where there is none. */
    public String text(String key) {
        return read(key, String.class, "a text");
    }

    /** A text that must be there. */
    public String requireText(String key) {
        String text = text(key);
        if (text == null) {
            throw wrong(key, null, "a text");
        }
        return text;
    }

    /** A whole number within limits, or a default. */
    public int whole(String key, int otherwise, int least, int most) {
        Number number = read(key, Number.class, "a whole number");
        if (number == null) {
            return otherwise;
        }
        if (number.doubleValue() != Math.rint(number.doubleValue())
                || number.doubleValue() < least
                || number.doubleValue() > most) {
            throw wrong(key, number, "a whole number from " + least + " to " + most);
        }
        return number.intValue();
    }

    /** A whole number of 64 bits, or a default. */
    public long seed(String key, long otherwise) {
        Number number = read(key, Number.class, "a whole number");
        return number == null ? otherwise : number.longValue();
    }

    /** A number, or a default. */
    public double number(String key, double otherwise) {
        Number number = read(key, Number.class, "a number");
        return number == null ? otherwise : number.doubleValue();
    }

    /** A switch, or a default. */
    public boolean flag(String key, boolean otherwise) {
        Boolean flag = read(key, Boolean.class, "true or false");
        return flag == null ? otherwise : flag;
    }

    /** A list of texts, empty where there is none. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object each : list(key)) {
            if (!(each instanceof String text)) {
                throw wrong(key, each, "a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /** A list of objects, empty where there is none. */
    public List<JsonObject> objects(String key) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object each : list(key)) {
            if (!(each instanceof JsonObject object)) {
                throw wrong(key, each, "a list of objects");
            }
            objects.add(object);
        }
        return objects;
    }

    private JsonArray list(String key) {
        JsonArray array = read(key, JsonArray.class, "a list");
        return array == null ? new JsonArray() : array;
    }

    private <T> T read(String key, Class<T> type, String allowed) {
        left.remove(key);
        Object value = json.getValue(key);
        if (value != null && !type.isInstance(value)) {
            throw wrong(key, value, allowed);
        }
        return type.cast(value);
    }

    /** Refuses keys that were not read. */
    public void finish(String what) {
        if (!left.isEmpty()) {
            throw new Failure(
                    Failure.Code.BAD_REQUEST,
                    what + " has the key '" + shown(left.iterator().next()) + "', which is not known");
        }
    }

    /** A failure that names a key, its value and what is allowed. */
    public static Failure wrong(String key, Object value, String allowed) {
        return new Failure(Failure.Code.BAD_REQUEST, key + " is " + shown(value) + "; allowed: " + allowed);
    }

    /** A value for a message: short, and on one line. */
    static String shown(Object value) {
        String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
