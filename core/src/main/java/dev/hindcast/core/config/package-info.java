/**
 * Reading config files and saying what is wrong with them. No settings live here: each stands
 * beside the code it configures.
 */
package dev.hindcast.core.config;
