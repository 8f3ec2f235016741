package training.fusion.operator.progress;

/** The pod that a verified token was issued to. */
record PodIdentity(String namespace, String name, String uid) {}
