/**
 * The REST API under {@code /api/v1}: thin translations between HTTP and the capabilities. Errors are problem+json with
 * our codes (D13); lists come in pages.
 */
package org.telar.collector.api;
