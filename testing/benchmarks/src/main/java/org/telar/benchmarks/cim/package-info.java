/**
 * What CIM XML costs: the product's streaming writer and reader against JAXB on the same objects. JAXB is a reference
 * here and nowhere in the product.
 */
package org.telar.benchmarks.cim;
