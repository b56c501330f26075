package org.telar.contract;

/**
 * All meters of a concentrator, sent whole and retained (R32, R88). The edge answers with a {@link Result.Applied}.
 *
 * @param version grows with every change; one that is already in force changes nothing
 * @param csv text of {@code meters.csv}, header line included, at most {@link Contract#MAX_BODY} bytes of UTF-8
 * @param keys the meters' keys, sealed for this gateway alone: CMS SignedData (by the collector) of EnvelopedData (for
 *     the gateway's certificate) of {@link Contract#encode(KeyTable)}; empty when keys stay as they are (D17). Not
 *     copied
 */
public record Table(long version, String csv, byte[] keys) {}
