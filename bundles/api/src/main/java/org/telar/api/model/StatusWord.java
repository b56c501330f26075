package org.telar.api.model;

/**
 * A status word or alarm register as it was read, raw: the centre decodes it by table (D16).
 *
 * @param object OBIS code, for example {@link Obis#ALARM_REGISTER}
 * @param bits the word, unsigned, up to 63 bits
 */
public record StatusWord(Obis object, long bits) {}
