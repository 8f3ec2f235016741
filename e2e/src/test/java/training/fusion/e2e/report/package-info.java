/** Reports of trainers: over HTTP and TLS, too many, and half sent. */
@NullMarked
package training.fusion.e2e.report;

import org.jspecify.annotations.NullMarked;
