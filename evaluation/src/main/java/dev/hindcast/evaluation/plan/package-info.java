/**
 * What is to be evaluated: the config section, and the policies and bundles it leads to. Nothing is
 * estimated here.
 */
package dev.hindcast.evaluation.plan;
