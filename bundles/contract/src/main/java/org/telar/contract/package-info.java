/**
 * The messages between edge and centre as records, and {@link org.telar.contract.Contract}, which turns them into bytes
 * and back. Protobuf stays inside; nobody else sees it. {@code docs/message-contract.md} describes the topics.
 */
package org.telar.contract;
