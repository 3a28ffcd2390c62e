/**
 * The door to live streams: the verb {@code stream} and what it prints. The work is done in the
 * packages below.
 */
package dev.hindcast.streaming;
