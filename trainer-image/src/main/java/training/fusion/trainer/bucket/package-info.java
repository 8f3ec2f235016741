/** Buckets on AWS and other servers that speak S3, to read from and to write to. */
@NullMarked
package training.fusion.trainer.bucket;

import org.jspecify.annotations.NullMarked;
