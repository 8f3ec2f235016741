package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	v1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// fluxKinds reads a file of Flux's objects by Flux's own types and fails on a kind or field that they do not have.
func fluxKinds(file []byte) error {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(file)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := fluxKind(document); err != nil {
			return err
		}
	}
}

func fluxKind(document []byte) error {
	var kind v1.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	types := map[string]any{
		kustomizev1.GroupVersion.String() + " Kustomization": &kustomizev1.Kustomization{},
		sourcev1.GroupVersion.String() + " GitRepository":    &sourcev1.GitRepository{},
	}
	object, known := types[kind.APIVersion+" "+kind.Kind]
	if !known {
		return fmt.Errorf("Flux has no %s %s", kind.APIVersion, kind.Kind)
	}
	return yaml.UnmarshalStrict(bytes.TrimSpace(document), object)
}
