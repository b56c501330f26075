package org.telar.platform.linux.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the platform services; one PID for all of them. */
@ObjectClassDefinition(id = "org.telar.platform.linux", name = "Telar platform on Linux")
@interface PlatformConfig {
    String PID = "org.telar.platform.linux";

    @AttributeDefinition(name = "Gateway", description = "Id of the gateway, the common name of its certificate")
    String gateway_id();

    @AttributeDefinition(name = "Manufacturer", description = "Three letters of the DLMS system title")
    String manufacturer() default "TLR";

    @AttributeDefinition(name = "Serial", description = "Unique serial of the gateway, 0..1099511627775 (5 bytes)")
    long serial();

    @AttributeDefinition(name = "Data", description = "Folder of the agent's data")
    String data_directory();

    @AttributeDefinition(name = "Keys", description = "Path of keys.csv, readable by its owner only")
    String keys_file();

    @AttributeDefinition(name = "Key store", description = "PKCS#12 with the gateway's key, for keys of the centre")
    String key_store() default "";

    @AttributeDefinition(name = "Trust store", description = "PKCS#12 with the trusted authorities")
    String trust_store() default "";

    @AttributeDefinition(name = "Password file", description = "One line: the password of both stores")
    String password_file() default "";

    @AttributeDefinition(name = "Collector", description = "DNS name or address in the certificate of the collector")
    String collector_name() default "";

    @AttributeDefinition(name = "WAN", description = "Network interfaces that look to the centre")
    String[] network_wan() default {};

    @AttributeDefinition(
            name = "Modems",
            description = "A line each: name=lte kind=cellular health=modem-manager|at|link device=/dev/ttyUSB2")
    String[] modems() default {};

    @AttributeDefinition(name = "Temperature", description = "Degrees Celsius above which it is a fault, 0..150")
    int temperature_limit() default 90;

    @AttributeDefinition(
            name = "Watchdog",
            description = "A watchdog device, for example /dev/watchdog; empty for none")
    String watchdog_device() default "";

    @AttributeDefinition(
            name = "Time source",
            description = "system: the kernel's synchronisation state counts; collector: only the collector's clock")
    String time_source() default "system";
}
