/**
 * The words for logged decisions: action and observation spaces, episodes in flat arrays, splits,
 * normalisation. How they lie in Parquet is the dataset room's business.
 */
package dev.hindcast.core.data;
