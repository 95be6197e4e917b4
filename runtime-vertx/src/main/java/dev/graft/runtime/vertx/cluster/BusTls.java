package dev.graft.runtime.vertx.cluster;

import java.nio.file.Path;

/**
 * The certificates by which nodes know each other on the bus, as PEM files. A node without a certificate of this
 * authority can neither send nor receive.
 *
 * @param certificate this node's, with what leads to the authority
 * @param key this node's private key, PKCS#8
 * @param authority the certificate that all nodes' certificates are signed by
 */
public record BusTls(Path certificate, Path key, Path authority) {}
