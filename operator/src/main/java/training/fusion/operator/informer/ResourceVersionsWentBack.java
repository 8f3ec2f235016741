package training.fusion.operator.informer;

/**
 * An event: the API server's resource versions have gone back, as when etcd is restored from a
 * backup. What was read before, or written, may not be there any more.
 */
public record ResourceVersionsWentBack() {}
