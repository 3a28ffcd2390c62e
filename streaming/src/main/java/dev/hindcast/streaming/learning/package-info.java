/**
 * A policy that goes on learning from episodes as they end: what it learns from, when it must not,
 * and the bundles that it leaves. Sources, episodes and their transitions are made elsewhere.
 */
package dev.hindcast.streaming.learning;
