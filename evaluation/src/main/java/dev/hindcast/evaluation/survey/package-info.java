/**
 * The first look at a log, before anybody is judged on it: what it supports, which returns it
 * holds, who is in it. Sums that merge in any order.
 */
package dev.hindcast.evaluation.survey;
