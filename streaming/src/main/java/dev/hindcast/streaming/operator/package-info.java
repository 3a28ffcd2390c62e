/**
 * What happens to live rows between a source and a sink: refused or taken in, joined with their
 * rewards, put together to episodes. The rules are those of batch; here is only when they apply.
 */
package dev.hindcast.streaming.operator;
