/** Simulated worlds that the product works in, for people to watch. */
package dev.hindcast.cli.demo;
