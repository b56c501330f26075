package org.telar.collector.integration.requests;

import java.time.ZoneId;
import java.util.Set;

import org.telar.collector.integration.cim.XmlLimits;

/**
 * @param source who we are
 * @param zone of timestamps in headers
 * @param limits of one request
 * @param maximumMeters of one GetMeterReadings; more belong into a plan (3.1)
 * @param sources who may ask; empty = whoever reaches the channel
 * @param replyUrls prefixes of addresses that answers may be posted to
 * @param messageMeters an answer is cut at so many meters
 */
public record RequestSettings(
        String source,
        ZoneId zone,
        XmlLimits limits,
        int maximumMeters,
        Set<String> sources,
        Set<String> replyUrls,
        int messageMeters) {}
