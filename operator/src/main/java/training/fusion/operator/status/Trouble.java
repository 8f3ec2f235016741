package training.fusion.operator.status;

/**
 * What is wrong, for people.
 *
 * @param reason one word in CamelCase
 * @param message one sentence: what happened, and what would help
 */
record Trouble(String reason, String message) {}
