/** The stream as a whole: its operators put together, and a run of it inside this process. */
package dev.hindcast.streaming.job;
