/** The page that tells about a run: values for the template, section by section. */
@NullMarked
package training.fusion.trainer.report.page;

import org.jspecify.annotations.NullMarked;
