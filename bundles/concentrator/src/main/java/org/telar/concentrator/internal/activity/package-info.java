/** What the concentrator does with all its meters besides N2PLoad: one class an activity, one that goes through the meters. */
package org.telar.concentrator.internal.activity;
