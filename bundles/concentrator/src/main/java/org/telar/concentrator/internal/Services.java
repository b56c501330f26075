package org.telar.concentrator.internal;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.telar.api.channel.ChannelFactory;
import org.telar.api.meter.MeterDriver;
import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.KeyReceiver;
import org.telar.api.platform.KeyVault;
import org.telar.api.platform.PlatformHealth;
import org.telar.api.store.Outbox;
import org.telar.api.store.ReadingStore;
import org.telar.api.uplink.Uplink;

/**
 * Everything the concentrator works with.
 *
 * @param drivers driver by name; a driver that comes later is found then
 * @param clock UTC, civil time; moved in a demo
 * @param nanos monotonic clock
 * @param keyReceiver takes keys that the centre sends; empty on a platform that takes none
 * @param health the platforms' knowledge of the machine's parts, those that are there now
 */
public record Services(
        Gateway gateway,
        ReadingStore store,
        Outbox outbox,
        Uplink uplink,
        EventSink events,
        Function<String, Optional<MeterDriver>> drivers,
        ChannelFactory channels,
        KeyVault keys,
        ClockTrust clockTrust,
        Clock clock,
        LongSupplier nanos,
        Optional<KeyReceiver> keyReceiver,
        Supplier<List<PlatformHealth>> health) {}
