package org.telar.collector.ingest;

import org.telar.api.model.Poll;

/** A poll with where it came from. */
record Received(String gateway, long epoch, long sequence, Poll poll, byte[] payload) {}
