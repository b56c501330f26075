/**
 * Local extractions of gateways (R46): opened, verified and taken in by the rules of an upload (D23). The only package
 * that knows their cryptographic form.
 */
package org.telar.collector.extraction;
