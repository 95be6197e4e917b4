package dev.graft.runtime.vertx.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** Starts a Vert.x that is a node of a cluster. */
public final class Cluster {
    private Cluster() {}

    /** Joins with these options of Vert.x; those of its event bus are set here. */
    public static Future<Vertx> join(ClusterOptions cluster, VertxOptions options) {
        return join(cluster, Vertx.builder().with(options.setEventBusOptions(bus(cluster))));
    }

    /** Joins with a builder, which has options with {@link #bus} and perhaps metrics. */
    public static Future<Vertx> join(ClusterOptions cluster, VertxBuilder builder) {
        return builder.withClusterManager(new HazelcastClusterManager(config(cluster)))
                .buildClustered();
    }

    /** The event bus: with TLS both ends show a certificate of the cluster's authority. */
    public static EventBusOptions bus(ClusterOptions cluster) {
        EventBusOptions bus = new EventBusOptions()
                .setHost(cluster.host())
                .setClusterPublicHost(cluster.host())
                .setPort(cluster.busPort())
                .setTrustAll(false)
                .setTcpNoDelay(true);
        BusTls tls = cluster.tls();
        if (tls != null) {
            bus.setSsl(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .addCertPath(tls.certificate().toString())
                            .addKeyPath(tls.key().toString()))
                    .setTrustOptions(
                            new PemTrustOptions().addCertPath(tls.authority().toString()));
        }
        return bus;
    }

    private static Config config(ClusterOptions cluster) {
        Config config = new Config()
                .setClusterName(cluster.name())
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "15")
                // a node that was stopped, or cut off, for longer comes back soon; by default after minutes
                .setProperty("hazelcast.merge.first.run.delay.seconds", "10")
                .setProperty("hazelcast.merge.next.run.delay.seconds", "10");
        config.getJetConfig().setEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
        network(cluster, config.getNetworkConfig());
        // what Vert.x keeps in the cluster, as its own file has it
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
        return config;
    }

    private static void network(ClusterOptions cluster, NetworkConfig network) {
        boolean any = cluster.port() == 0;
        network.setPort(any ? ClusterOptions.FIRST_PORT : cluster.port()).setPortAutoIncrement(any);
        network.getInterfaces().setEnabled(true).addInterface(cluster.host());
        network.getRestApiConfig().setEnabled(false);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        cluster.members().forEach(join.getTcpIpConfig()::addMember);
    }
}
