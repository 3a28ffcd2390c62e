/**
 * Ensembles of regression trees with several outputs, grown by XGBoost from the gradients of any
 * loss, and the same ensembles in plain Java for serving. Nothing here knows of policies or values;
 * no other package of the house touches XGBoost's native code.
 */
package dev.hindcast.gbrl.tree;
