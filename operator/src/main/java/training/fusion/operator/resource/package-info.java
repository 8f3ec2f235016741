/**
 * What every resource of ours needs: whose an object is, what the API server refused, conditions,
 * and statuses that are patched.
 */
@NullMarked
package training.fusion.operator.resource;

import org.jspecify.annotations.NullMarked;
