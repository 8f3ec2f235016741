package main

import (
	"context"
	"fmt"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// fluxHealth takes a Flux Kustomization, whose fields must all be Flux's, and answers with the evaluator of its health
// check for objects of that kind.
func fluxHealth(kustomization []byte, apiVersion, kind string) (*cel.StatusEvaluator, error) {
	var parsed kustomizev1.Kustomization
	if err := yaml.UnmarshalStrict(kustomization, &parsed); err != nil {
		return nil, err
	}
	for _, check := range parsed.Spec.HealthCheckExprs {
		if check.APIVersion == apiVersion && check.Kind == kind {
			return cel.NewStatusEvaluator(&check.HealthCheckExpressions)
		}
	}
	return nil, fmt.Errorf("spec.healthCheckExprs has nothing for %s %s", apiVersion, kind)
}

// fluxJudgment is what Flux takes an object for.
func fluxJudgment(object *unstructured.Unstructured, kustomization []byte) (*Judgment, error) {
	evaluator, err := fluxHealth(kustomization, object.GetAPIVersion(), object.GetKind())
	if err != nil {
		return nil, err
	}
	result, err := evaluator.Evaluate(context.Background(), object)
	if err != nil { // then Flux waits on
		return &Judgment{status.UnknownStatus.String(), err.Error()}, nil
	}
	return &Judgment{result.Status.String(), result.Message}, nil
}
