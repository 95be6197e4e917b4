package dev.graft.transformer.model.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where a server may send a client: to http and https, never from https to http. */
final class Redirects {
    static final int MOST = 10;

    private Redirects() {}

    static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** The address that a Location header means. */
    static URI target(URI from, String location) throws HubException {
        URI to;
        try {
            to = from.resolve(new URI(location == null ? "" : location.replace(" ", "%20")));
        } catch (URISyntaxException e) {
            throw new HubException(from + " leads to " + brief(location) + ", which is no address", e);
        }
        String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
        if (location == null || to.getHost() == null || !scheme.equals("https") && !scheme.equals("http")) {
            throw new HubException(from + " leads to " + brief(location) + "; allowed: https and http");
        }
        if (scheme.equals("http") && !"http".equalsIgnoreCase(from.getScheme())) {
            throw new HubException(from + " leads to " + brief(location) + ", from https to http, where anybody on the "
                    + "way could change what comes; refused");
        }
        if (to.getRawUserInfo() != null) {
            throw new HubException(from + " leads to an address with a user's name in it; refused");
        }
        return to;
    }

    /** True for the same scheme, host and port. */
    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String brief(String text) {
        String shown = String.valueOf(text);
        return shown.length() <= 200 ? shown : shown.substring(0, 200) + "...";
    }
}
