/** Who may do what: rights, policies, pods' own security. */
@NullMarked
package training.fusion.e2e.security;

import org.jspecify.annotations.NullMarked;
