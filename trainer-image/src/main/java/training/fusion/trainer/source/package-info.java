/** Data sets and weights that lie elsewhere: fetched over HTTPS or from S3, once, into a cache. */
@NullMarked
package training.fusion.trainer.source;

import org.jspecify.annotations.NullMarked;
