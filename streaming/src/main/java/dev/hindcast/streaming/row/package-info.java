/**
 * What travels through a stream: rows as a log has them, what could not be used, and rows that make
 * up an episode, each with a serializer of its own that knows its version. No mapping, no operator.
 */
package dev.hindcast.streaming.row;
