/**
 * The scorer behind an HTTP server, and the log of what it answered. How a policy decides is not
 * here.
 */
package dev.hindcast.serving.http;
