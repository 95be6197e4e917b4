package dev.graft.training.report;

import java.util.List;

/**
 * How series are told apart: by colour, by the pattern of the line and by the shape of its marks, so that no reader and
 * no printer needs the colours. They are those of Okabe and Ito (2008), which people with any colour vision can tell
 * apart; yellow is left out, as it is too light on white.
 */
public final class Ink {
    /** Number of series that can be told apart in one plot. */
    public static final int SERIES = 7;

    private static final List<String> COLOURS =
            List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00");
    private static final List<String> DASHES = List.of("none", "7 3", "2 2", "9 3 2 3", "12 4", "4 2 1 2", "1 3");

    /** Colours of a heat map from low to high: cividis (Nunez and others 2018), at equal distances. */
    private static final List<Integer> HEAT =
            List.of(0x00204c, 0x00306f, 0x39486b, 0x575d6d, 0x707173, 0x8a8678, 0xa69d75, 0xc3b66c, 0xe1cf5b, 0xffea46);

    private Ink() {}

    /** Colour of a series by its number. */
    static String colour(int series) {
        return COLOURS.get(series % SERIES);
    }

    /** Attributes of its line: colour and pattern. */
    static String stroke(int series) {
        return " stroke=\"" + colour(series) + "\" stroke-width=\"1.8\" stroke-dasharray=\""
                + DASHES.get(series % SERIES) + "\"";
    }

    /** A mark of its shape at a place. */
    static String mark(int series, double x, double y) {
        String style = " fill=\"" + colour(series) + "\" stroke=\"white\" stroke-width=\"0.8\"";
        double r = 4.2;
        return switch (series % SERIES) {
            case 0 -> Svg.tag("circle", "cx", x, "cy", y, "r", r, style);
            case 1 -> Svg.tag("rect", "x", x - r, "y", y - r, "width", 2 * r, "height", 2 * r, style);
            case 2 -> polygon(style, x, y - r, x + r, y + r, x - r, y + r);
            case 3 -> polygon(style, x, y - r, x + r, y, x, y + r, x - r, y);
            case 4 -> polygon(style, x, y + r, x + r, y - r, x - r, y - r);
            case 5 -> polygon(style, x - r, y - r, x + r, y, x - r, y + r);
            default -> polygon(style, x + r, y - r, x - r, y, x + r, y + r);
        };
    }

    private static String polygon(String style, double... places) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < places.length; i += 2) {
            points.append(Svg.number(places[i]))
                    .append(',')
                    .append(Svg.number(places[i + 1]))
                    .append(' ');
        }
        return "<polygon points=\"" + points.toString().strip() + "\"" + style + "/>";
    }

    /**
     * A colour for a share.
     *
     * @param share from 0, dark, to 1, light
     */
    static String heat(double share) {
        double place = Math.max(0, Math.min(1, share)) * (HEAT.size() - 1);
        int at = Math.min(HEAT.size() - 2, (int) place);
        StringBuilder colour = new StringBuilder("#");
        for (int shift = 16; shift >= 0; shift -= 8) {
            int low = HEAT.get(at) >> shift & 0xff;
            int high = HEAT.get(at + 1) >> shift & 0xff;
            colour.append(String.format("%02x", Math.round(low + (place - at) * (high - low))));
        }
        return colour.toString();
    }
}
