package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.informer.Namespaces;
import training.fusion.operator.informer.OwnStores;
import training.fusion.operator.informer.StoreChanges;
import training.fusion.operator.watch.Pruned;

/**
 * The operator SDK's operator with our reconcilers, as its Quarkus extension would make it, but
 * that it watches the namespaces that can be watched, and keeps a store for each.
 */
@Singleton
class Controllers {
  @Produces
  @ApplicationScoped
  Operator operator(
      QuarkusConfigurationService service,
      Instance<Reconciler<? extends HasMetadata>> reconcilers,
      Namespaces namespaces,
      StoreChanges changes) {
    namespaces.look();
    var operator = new Operator(service);
    for (Reconciler<? extends HasMetadata> reconciler : reconcilers) {
      register(operator, service, reconciler, namespaces, changes);
    }
    return operator;
  }

  private static <R extends HasMetadata> void register(
      Operator operator,
      QuarkusConfigurationService service,
      Reconciler<R> reconciler,
      Namespaces namespaces,
      StoreChanges changes) {
    QuarkusControllerConfiguration<R> known = service.getConfigurationFor(reconciler);
    var configuration =
        new QuarkusControllerConfiguration<>(
            new OwnStores<>(
                known.getInformerConfig(),
                namespaces::watched,
                () -> changes.of(namespaces.watching(store(known.getResourceClass())))),
            known.getName(),
            known.isGenerationAware(),
            known.getAssociatedReconcilerClassName(),
            known.getRetry(),
            known.getRateLimiter(),
            known.maxReconciliationInterval().orElseThrow(),
            known.getFinalizerName(),
            known.fieldManager(),
            known.getWorkflow(),
            known.getResourceTypeName(),
            known.getResourceClass());
    configuration.setParent(service);
    operator.register(reconciler, configuration);
  }

  @SuppressWarnings("unchecked") // a store is of the kind that was asked
  private static <R extends HasMetadata> ItemStore<R> store(Class<R> type) {
    return type.equals(FusionTraining.class)
        ? (ItemStore<R>) new Pruned.Trainings()
        : new BasicItemStore<>(Cache::metaNamespaceKeyFunc);
  }
}
