/** N2PLoad: what is read of each meter, how a run goes over all media, and how it is summed up (D12). */
package org.telar.concentrator.internal.load;
